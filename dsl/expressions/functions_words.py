"""Built-in functions on the layout of texts: lines, words, places, padding."""

from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.functions_text import text_of


def split_lines(evaluation: Evaluation, value: Any) -> list[str]:
    """Without their ends; a last line that is empty is none."""
    text = evaluation.searched(text_of(value, "split_lines"))
    parts = text.replace("\r\n", "\n").split("\n")
    evaluation.charge(len(parts) + 1)
    return parts[:-1] if parts[-1] == "" else parts


def split_words(evaluation: Evaluation, value: Any) -> list[str]:
    """What stands between white space."""
    parts = evaluation.searched(text_of(value, "split_words")).split()
    evaluation.charge(len(parts) + 1)
    return parts


def position(evaluation: Evaluation, value: Any, part: Any) -> int | None:
    """Where `part` begins first, counted from 0."""
    found = evaluation.searched(text_of(value, "position")).find(text_of(part, "position"))
    return None if found < 0 else found


def repeat(evaluation: Evaluation, value: Any, count: Any) -> str:
    text, times = text_of(value, "repeat"), _count(count, "repeat")
    evaluation.fits(len(text) * times)
    return evaluation.produced(text * times)


def pad_start(evaluation: Evaluation, value: Any, length: Any, fill: Any = " ") -> str:
    """At least `length` characters, the missing ones before it."""
    text = text_of(value, "pad_start")
    return evaluation.produced(_missing(evaluation, text, length, fill, "pad_start") + text)


def pad_end(evaluation: Evaluation, value: Any, length: Any, fill: Any = " ") -> str:
    """At least `length` characters, the missing ones behind it."""
    text = text_of(value, "pad_end")
    return evaluation.produced(text + _missing(evaluation, text, length, fill, "pad_end"))


def _missing(evaluation: Evaluation, text: str, length: Any, fill: Any, name: str) -> str:
    wanted, sign = _count(length, name), text_of(fill, name)
    if len(sign) != 1:
        raise EvaluationError("InvalidArgument", f"`{name}` fills with one character, not {len(sign)}")
    evaluation.fits(wanted)
    return sign * (wanted - len(text))


def _count(value: Any, name: str) -> int:
    if type(value) is not int:
        refuse(value, f"`{name}` counts in ints")
    if value < 0:
        raise EvaluationError("InvalidArgument", f"`{name}` cannot count to {value}")
    return value
