"""Texts that stand in messages and questions. Of a value that is kept elsewhere only the beginning is fetched."""

from typing import cast

from dsl.ast.expressions import Literal, Name, Slice, Template
from dsl.expressions.text import render
from dsl.expressions.values import Value, references
from interpreter.core.machine import Machine
from interpreter.core.state import Frame

LONGEST_FETCHED = 2000
"""Characters of a large value that are shown."""

_BEGINNING = Slice(Template((Name("value"),)), None, Literal(LONGEST_FETCHED))


def text_of(machine: Machine, frame: Frame, slot: str, value: Value) -> str:
    """`value` as text. May suspend."""
    if not references(value):
        return render(value)
    return cast(str, machine.evaluate(frame, slot, _BEGINNING, {"value": value}, closed=True))
