"""After a mistake the rest is read: what is good gives nodes, what is bad is reported once."""

import random
import time
import timeit
from pathlib import Path

import pytest

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration, TypeDeclaration
from dsl.ast.node import walk
from dsl.ast.statements import Let, Step
from dsl.syntax.scanner import MAXIMUM_NESTING
from tests.syntax.reading import messages, read

CASES = sorted((Path(__file__).parents[1] / "cases" / "syntax").rglob("*.flow"))
SEED = 20261121
QUICK, SOAK = 8, 400
PIECES = ["{", "}", "(", ")", "[", "]", '"', '"""', "{{", "}}", "\n", "step ", "flow ", "if ", "\\", "5", "'", ":", "é"]


def names(text: str) -> list[str]:
    kinds = (TypeDeclaration, ToolDeclaration, FlowDeclaration, Step, Let)
    return [node.name for node in walk(read(text).module) if isinstance(node, kinds)]


def test_statements_around_a_broken_one_are_kept() -> None:
    text = (
        "edition 1 flow f() {\n let a = 1\n let b = = 2 3\n if a == 1 {\n let c = )\n let d = 1\n }\n step e = t()\n}"
    )
    assert names(text) == ["f", "a", "d", "e"]
    assert len(messages(text)) == 2


def test_declarations_around_a_broken_one_are_kept() -> None:
    text = "edition 1\ntype A { }\ntool 5 -> text read\ntype C { }\nflow d() { let e = 1\ntool f() read\n"
    assert names(text) == ["A", "C", "d", "e", "f"]


def test_one_token_too_few_or_too_many_loses_nothing() -> None:
    assert names("edition 1 flow f() { step a = t(x: 1 y: 2) let b = [1, 2 let c = 3 }") == ["f", "a", "b", "c"]
    assert names("edition 1 flow f() { let a = 1 } } flow g() { }") == ["f", "a", "g"]


def test_every_line_with_a_mistake_is_reported() -> None:
    lines = ["let a = ", "stepp b = t()", "returnx", "let c = 1 2", "if d = 1 { }", "while e { }"]
    text = "edition 1\nflow f() {\n" + "\n".join(lines) + "\n}\n"
    source_lines = {text.count("\n", 0, each.primary.span.start) for each in read(text).diagnostics}
    # A value that is missing at the end of a line is missed where the next line begins.
    assert source_lines == {3, 4, 5, 6, 7}


@pytest.mark.parametrize(
    "text",
    [
        "flow f() { let a = " + "(" * 5000 + "1" + ")" * 5000 + " }",
        "flow f() { let a = " + "[" * 5000,
        "flow f() { " + "if true { " * 1000 + "}" * 1000 + " }",
        "flow f() { let a = " + "not " * 5000 + "true }",
        "flow f() { let a = b" + ".c" * 5000 + " }",
        'flow f() { let a = "' + '{{ "' * 1000,
        "type T = " + "[" * 1000 + "text" + "]" * 1000,
        "type T = text" + " | text" * 5000,
    ],
    ids=lambda text: text[:30],
)
def test_depth_is_a_diagnostic_and_no_crash(text: str) -> None:
    said = messages("edition 1 " + text)
    assert said == ([] if " | text" in text else [f"SF001 nested more than {MAXIMUM_NESTING} deep"])


def test_a_chain_of_else_if_is_no_nesting() -> None:
    assert read("edition 1 flow f() { if true { } " + "else if true { } " * 5000 + "else { } }").diagnostics == ()


def test_numbers_of_any_length_are_read() -> None:
    assert len(messages(f"edition 1 flow f() {{ let a = {'9' * 5000} }}")) == 1


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_no_mutation_makes_it_raise(file: Path) -> None:
    _read_mutations(file, QUICK)


@pytest.mark.soak
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_no_mutation_of_many_makes_it_raise(file: Path) -> None:
    _read_mutations(file, SOAK)


def _read_mutations(file: Path, number: int) -> None:
    text = file.read_text(encoding="utf-8")
    chance = random.Random(f"{SEED} {file.stem}")
    for _ in range(number):
        mutated = text
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutated))
            gone = chance.choice((0, 0, 1, 1, 20))
            mutated = mutated[:at] + chance.choice(["", *PIECES]) + mutated[at + gone :]
        parsed = read(mutated)
        assert all(0 <= each.primary.span.start <= each.primary.span.end <= len(mutated) for each in parsed.diagnostics)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_file_may_end_anywhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for end in range(0, len(text), 97):
        read(text[:end])


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ['step a = t("x)', "# \u202e", "step a = = t()", "stpe a = t()", "  }", "  if true {", "uses: x", '$5 f"x"']
)
def test_thousands_of_mistakes_take_time_in_proportion(line: str) -> None:
    def seconds(number: int) -> float:
        text = "edition 1\nflow f() {\n" + f"  {line}\n" * number + "}\n"
        return min(timeit.repeat(lambda: read(text), timer=time.process_time, number=1, repeat=2))

    seconds(10)
    assert seconds(4_000) < 20 * seconds(500) + 0.1
