"""The check takes work in proportion to the text: counted in lines of Python, so it is the same on every machine."""

import sys
from types import FrameType
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.source import Source

HEAD = "edition 1\nflow main(a: text) -> text { "
TEXTS = {
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


@pytest.mark.parametrize("sign", ["@", "$", "`", "'"])
def test_a_hundred_messages_are_enough(sign: str) -> None:
    def told(number: int) -> list[str]:
        return [each.message for each in analyse(Source("large.flow", HEAD + f"{sign} " * number + " }")).diagnostics]

    few, many = told(30), told(3_000)
    assert not any(" more messages" in message for message in few)
    assert len(many) == 100
    assert sum(" more messages" in message for message in many) == 1
