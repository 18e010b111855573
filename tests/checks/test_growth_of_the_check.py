"""The check takes work in proportion to the text: counted in lines of Python, so it is the same on every machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.source import Source

HEAD = "edition 1\nflow main(a: text) -> text { "
TOOLS = "edition 1\ntool t(a: text) -> text read\ntool pay(a: text) -> text irreversible keyed final\n"
MAIN = "flow main(a: text) -> text { "
GATE = 'await approval q{0} "?" {{ show a from "x" timeout 1h then reject }} if q{0}.approved {{ step p{0} = pay(a) }} '


def repeated(part: str) -> Callable[[int], str]:
    return lambda number: TOOLS + MAIN + "".join(part.format(each) for each in range(number)) + "return a }"


FLOWS: dict[str, Callable[[int], str]] = {
    "steps": repeated("step s{0} = t(a) "),
    "choices": repeated('if a == "{0}" {{ step s{0} = t(a) return s{0} }} '),
    "what is known": repeated('let b{0} = a != "{0}" if b{0} {{ let c{0} = a }} '),
    "tries": repeated("try {{ step s{0} = t(a) }} on error {{ step o{0} = t(a) }} "),
    "branches": repeated("parallel {{ step s{0} = t(a) step r{0} = t(a) }} "),
    "gates": repeated(GATE),
}
TEXTS: dict[str, Callable[[int], str]] = {
    "templates": lambda number: HEAD + 'return "' + "{{ a }} " * number + '" }',
    "templates with expressions": lambda number: HEAD + 'return "' + "{{ upper(a) + a }} " * number + '" }',
    "lets": lambda number: HEAD + "".join(f"let x{n} = a " for n in range(number)) + "return a }",
    "list": lambda number: HEAD + "let xs = [" + "a, " * number + "a] return xs[0] }",
}


def lines_of(text: str) -> int:
    counted = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal counted
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        analyse(Source("large.flow", text))
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
def test_one_flow_with_hundreds_of_statements(name: str) -> None:
    lines_of(FLOWS[name](5))
    small, large = (lines_of(FLOWS[name](number)) for number in (100, 400))
    assert large < 4.4 * small


@pytest.mark.parametrize("name", TEXTS)
def test_one_text_with_thousands_of_templates(name: str) -> None:
    lines_of(TEXTS[name](5))  # what is made once
    small, large = (lines_of(TEXTS[name](number)) for number in (100, 400))
    assert large < 4.4 * small


def test_a_condition_is_gone_through_in_proportion() -> None:
    """Once for what holds where it is true and once for where it is not, however deep it is nested."""

    def text(depth: int) -> str:
        condition = "c"
        for level in range(depth):
            condition = f"({condition} {('or', 'and')[level % 2]} c)"
        return f"edition 1\nflow main(c: bool) -> int {{ if {condition} {{ return 1 }} return 2 }}"

    lines_of(text(2))
    small, large = (lines_of(text(depth)) for depth in (5, 20))
    assert large < 16 * small


@pytest.mark.parametrize("mistake", ["5K", "7eur", "3x"])
def test_a_hundred_messages_are_enough(mistake: str) -> None:
    few, many = told_of(mistake, 30), told_of(mistake, 3_000)
    assert not any(" more messages" in message for message in few)
    assert len(many) == 100
    assert sum(" more messages" in message for message in many) == 1


@pytest.mark.parametrize("sign", ["@", "$", "`", "'", ";"])
def test_a_sign_that_means_nothing_is_told_once(sign: str) -> None:
    few, many = told_of(sign, 30), told_of(sign, 3_000)
    assert few == many
    assert many.count(f"`{sign}` means nothing here") == 1


def told_of(mistake: str, number: int) -> list[str]:
    text = HEAD + f"{mistake} " * number + " }"
    return [each.message for each in analyse(Source("large.flow", text)).diagnostics]
