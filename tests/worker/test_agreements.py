"""What fits and what does not, at the worker's start (against a definition) and on a call (from the readable form)."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypedDict

import pytest

from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.semantics.spending import UNKNOWN
from dsl.semantics.understand import understand
from dsl.source import Source
from dsl.syntax.parse import parse
from interpreter.activities.headers import DeclaredSignature
from interpreter.activities.tool import Tool
from interpreter.worker.agreements import Agreements, SignatureError
from interpreter.worker.tools import tool, tool_of, unique


def definition(declarations: str, flow: str) -> Definition:
    source = Source("test.flow", f"edition 1\n{declarations}\nflow main() {{ {flow} }}")
    parsed = parse(source)
    assert not parsed.diagnostics
    sealed = seal(understand(parsed.module, source.text), source, gates=lambda _: (), spends=lambda _: UNKNOWN)
    return unseal(sealed.json, sealed.hash)


def declared(text: str) -> tuple[Definition, DeclaredSignature]:
    found = definition(f"type Tree {{ name: text, children: [Tree] }}\ntool t{text}", "step t()")
    sealed = found.signature("t")
    return found, DeclaredSignature(sealed.digest, sealed.readable)


@dataclass
class Ref:
    ref: str


@dataclass
class Tree:
    name: str
    children: "list[Tree]"


class Kind(TypedDict):
    kind: Literal["a"]
    size: int


@tool("t")
def charge(customer: str, amount: Decimal, note: str = "") -> Ref:
    return Ref(customer)


@tool("t")
def loose(value: Any) -> dict[str, Any]:
    return {}


@tool("t")
def nothing() -> None: ...


@tool("t")
def planted(tree: Tree) -> Tree | None:
    return tree


@tool("t")
def kind(kind: Literal["a", "b"], maybe: str | None) -> Kind:
    return {"kind": "a", "size": 1}


@tool("t")
def keyed(amount: Decimal, idempotency: str) -> None: ...


@tool("t")
def two_texts(amount: Decimal, idempotency: str, currency: str) -> None: ...


@tool("t")
def dictionary(tags: dict[str, str]) -> dict[str, str]:
    return tags


@tool("t")
def moved(from_: str, to: str) -> None: ...


FITS: list[tuple[Any, str]] = [
    (moved, "(from: text, to: text) read"),
    (moved, "(from_: text, to: text) read"),
    (charge, "(customer: text, amount: decimal, note: text) -> { ref: text } read"),
    (charge, "(amount: decimal, customer: text) -> { ref: text } read"),
    (charge, '(amount: int, customer: "x" | "y") -> { ref: text } read'),
    (charge, "(amount: decimal at least 0 = 5, customer: text) -> { ref: text?, more: text? } read"),
    (charge, "(amount: decimal, customer: text) read"),
    (charge, "(amount: decimal, customer: text) -> json read"),
    (loose, "(value: { a: [map[int]] }) -> { id: text } read"),
    (nothing, "() read"),
    (dictionary, "(tags: map[text]) -> map[text] read"),
    (dictionary, "(tags: { a: text }) -> { ref: text } read"),
    (planted, "(tree: Tree) -> Tree? read"),
    (kind, '(kind: "b", maybe: text) -> { kind: text, size: number } read'),
    (kind, '(kind: "a" | "b", maybe: text?) -> { kind: "a", size: int } | { kind: "b" } read'),
    (keyed, '(amount: decimal) write keyed { key as idempotency compensate none "x" }'),
    (keyed, '(amount: decimal, idempotency: text) write keyed { key as idempotency compensate none "x" }'),
    (keyed, "(amount: decimal, idempotency: text) read"),
]

MISFITS: list[tuple[Any, str, str]] = [
    (moved, "(import: text, to: text) read", "the function has no parameter `import_`"),
    (moved, "(from: int, to: text) read", "parameter `from`: int is not text"),
    (keyed, '(amount: decimal) write keyed { compensate none "x" }', "the function demands `idempotency`"),
    (keyed, '(amount: decimal) write keyed { key as other compensate none "x" }', "has no parameter `other`"),
    (two_texts, '(amount: decimal) write keyed { key as idempotency compensate none "x" }', "demands `currency`"),
    (
        charge,
        '(customer: text, amount: decimal) write keyed { key as by compensate none "x" }',
        "has no parameter `by`",
    ),
    (charge, "(customer: text) -> { ref: text } read", "the function demands `amount`, which is not declared"),
    (charge, "(customer: text, amount: decimal, by: text) read", "the function has no parameter `by`"),
    (charge, "(customer: text, amount: number) read", "parameter `amount`: number is not decimal"),
    (charge, "(customer: text?, amount: decimal) read", "parameter `customer`: text? may be null, text may not"),
    (charge, "(customer: text, amount: decimal) -> { id: text } read", "has no field `ref`"),
    (charge, "(customer: text, amount: decimal) -> { ref: text, at: time } read", "the field `at` is missing"),
    (charge, "(customer: text, amount: decimal) -> { ref: int } read", "field `ref`: text is not int"),
    (charge, "(customer: text, amount: decimal) -> [text] read", "is not [text]"),
    (nothing, "() -> text read", "the function returns nothing"),
    (dictionary, "(tags: { a: int }) read", "int is not text"),
    (dictionary, "(tags: map[text]) -> { size: int } read", "text is not int"),
    (planted, "(tree: Tree) -> Tree read", "may be null"),
    (planted, "(tree: { name: text, children: [text] }) read", "text is not"),
    (kind, '(kind: "a" | "c", maybe: text?) read', '"c" is not "a" | "b"'),
    (kind, "(kind: text, maybe: text?) read", 'text is not "a" | "b"'),
]


@pytest.mark.parametrize(("function", "text"), FITS, ids=[case[1] for case in FITS])
def test_it_fits_at_the_start_and_on_a_call(function: Any, text: str) -> None:
    found, on_call = declared(text)
    one = tool_of(function)
    Agreements().check([found], {"t": one}, "q")
    recursive = "^1" in on_call.readable and on_call.digest != one.signature.digest
    assert Agreements().accepts(one, on_call) or recursive


@pytest.mark.parametrize(("function", "text", "reason"), MISFITS, ids=[case[1] for case in MISFITS])
def test_it_does_not_fit_and_both_sides_are_shown(function: Any, text: str, reason: str) -> None:
    found, on_call = declared(text)
    one = tool_of(function)
    agreements = Agreements()
    with pytest.raises(SignatureError) as caught:
        agreements.check([found], {"t": one}, "q")
    message = str(caught.value)
    assert reason in message
    assert on_call.readable in message
    assert one.signature.readable in message
    assert not agreements.accepts(one, on_call)
    assert not Agreements().accepts(one, on_call)


TWO = """
tool here.a(x: text) read
tool here.b(x: text) read
tool elsewhere.c(x: text) read { queue "other" }
tool never.called(x: text) read
"""


def tools(*names: str) -> dict[str, Tool]:
    def function(x: int) -> None: ...

    return unique(tool_of(tool(name)(function)) for name in names)


def test_in_staged_runs_alone_only_what_reads_has_to_be_there() -> None:
    found = definition(
        "tool a.read(x: text) read\ntool a.write(x: text) write final", 'step a.read(x: "1") step a.write(x: "2")'
    )
    read = unique([tool_of(tool("a.read")(_text))])
    Agreements().check([found], read, "q", staged=True)
    for staged, tools_there, missing in ((False, read, "a.write"), (True, {}, "a.read")):
        with pytest.raises(SignatureError) as caught:
            Agreements().check([found], tools_there, "q", staged=staged)
        assert re.findall(r"`([a-z.]+)` has no implementation", str(caught.value)) == [missing]
    with pytest.raises(SignatureError, match=r"`a\.write`: parameter `x`: text is not int"):
        Agreements().check([found], read | tools("a.write"), "q", staged=True)


def _text(x: str) -> None: ...


def test_every_difference_is_told_at_once_for_what_runs_on_this_queue() -> None:
    found = definition(TWO, 'step here.a(x: "1") step here.b(x: "2") step elsewhere.c(x: "3")')
    with pytest.raises(SignatureError) as caught:
        Agreements().check([found], tools("here.a", "here.bb", "unused"), "mine")
    message = str(caught.value)
    assert "`here.a`: parameter `x`: text is not int" in message
    assert "`here.b` has no implementation: give the worker a function marked @tool('here.b')" in message
    assert "there is @tool('here.bb'), which `main` does not declare" in message
    assert "elsewhere.c" not in message
    assert "never.called" not in message
    with pytest.raises(SignatureError, match=r"`elsewhere\.c` has no"):
        Agreements().check([found], {}, "other")


def test_a_partial_worker_may_lack_tools_but_what_it_has_must_fit() -> None:
    found = definition(TWO, 'step here.a(x: "1") step here.b(x: "2")')
    Agreements().check([found], {}, "mine", partial=True)
    with pytest.raises(SignatureError) as caught:
        Agreements().check([found], tools("here.a"), "mine", partial=True)
    assert "here.b" not in str(caught.value)
