"""The text that a model is writing, as a heartbeat tells it."""

from dataclasses import dataclass

from interpreter.boundary.payloads import JSON

LONGEST_TAIL = 2_000
"""Characters of the end of a text."""


@dataclass
class Written:
    """The `number` counts the pieces that have come, so it only grows; `length` are the characters so far, of which
    `text` is the end.
    """

    number: int = 0
    length: int = 0
    text: str = ""


def written_of(told: JSON) -> Written | None:
    """What a heartbeat has told; any activity may tell anything."""
    if type(told) is not dict:
        return None
    number, length, text = (told.get(name) for name in ("number", "length", "text"))
    if type(number) is not int or type(length) is not int or type(text) is not str or number < 1:
        return None
    return Written(number, length, text[-LONGEST_TAIL:])
