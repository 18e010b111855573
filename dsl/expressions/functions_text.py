"""Built-in functions on texts, and conversions to and from text. Characters are Unicode code points."""

from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.equality import equal
from dsl.expressions.errors import EvaluationError, NeedsReference, refuse
from dsl.expressions.json_reading import parse, size_of_json
from dsl.expressions.json_writing import json_text
from dsl.expressions.size import charge_walk
from dsl.expressions.text import render
from dsl.expressions.values import references


def join(evaluation: Evaluation, items: Any, separator: Any = "") -> str:
    """The texts of a list as one."""
    if type(items) is not list:
        refuse(items, "`join` needs a list")
    evaluation.charge(len(items))
    glue = text_of(separator, "join")
    texts = [text_of(item, "join") for item in items]
    evaluation.fits(sum(map(len, texts)) + len(glue) * (len(texts) - 1))
    return evaluation.produced(glue.join(texts))


def split(evaluation: Evaluation, value: Any, separator: Any) -> list[str]:
    text, glue = text_of(value, "split"), text_of(separator, "split")
    if not glue:
        raise EvaluationError("InvalidArgument", "`split` needs a separator that is not empty")
    parts = evaluation.searched(text).split(glue)
    evaluation.charge(len(parts))
    return parts


def lower(evaluation: Evaluation, value: Any) -> str:
    return evaluation.produced(evaluation.searched(text_of(value, "lower")).lower())


def upper(evaluation: Evaluation, value: Any) -> str:
    return evaluation.produced(evaluation.searched(text_of(value, "upper")).upper())


def trim(evaluation: Evaluation, value: Any) -> str:
    """Without white space at both ends."""
    return evaluation.produced(evaluation.searched(text_of(value, "trim")).strip())


def contains(evaluation: Evaluation, value: Any, part: Any) -> bool:
    """Whether a text has a part, or a list an item."""
    if type(value) is list:
        evaluation.charge(len(value))
        return any(equal(part, item, evaluation.charge) for item in value)
    return text_of(part, "contains") in evaluation.searched(text_of(value, "contains"))


def starts_with(evaluation: Evaluation, value: Any, part: Any) -> bool:
    return text_of(value, "starts_with").startswith(evaluation.searched(text_of(part, "starts_with")))


def ends_with(evaluation: Evaluation, value: Any, part: Any) -> bool:
    return text_of(value, "ends_with").endswith(evaluation.searched(text_of(part, "ends_with")))


def replace(evaluation: Evaluation, value: Any, old: Any, new: Any) -> str:
    """Every `old` in the text becomes `new`."""
    text, gone, put = text_of(value, "replace"), text_of(old, "replace"), text_of(new, "replace")
    if not gone:
        raise EvaluationError("InvalidArgument", "`replace` needs something to replace")
    evaluation.searched(text)  # once to count, once to replace
    evaluation.searched(text)
    evaluation.fits(len(text) + text.count(gone) * (len(put) - len(gone)))
    return evaluation.produced(text.replace(gone, put))


def truncate(evaluation: Evaluation, value: Any, length: Any) -> str:
    """At most `length` characters; where something is cut off, the last one is `…`."""
    text = text_of(value, "truncate")
    if type(length) is not int:
        refuse(length, "`truncate` counts in ints")
    if length < 1:
        raise EvaluationError("InvalidArgument", f"`truncate` cannot keep {length} characters")
    return evaluation.produced(text if len(text) <= length else text[: length - 1] + "…")


MASKED = "•••"
MOST_UNMASKED = 4


def mask(evaluation: Evaluation, value: Any, last: Any = 0) -> str:
    """The same for every value, but for the `last` characters of a text, of which at least as many stay hidden."""
    if type(last) is not int:
        refuse(last, "`mask` counts in ints")
    if not 0 <= last <= MOST_UNMASKED:
        raise EvaluationError("InvalidArgument", f"`mask` shows 0 to {MOST_UNMASKED} characters, not {last}")
    if last == 0:
        return evaluation.produced(MASKED)
    text = text_of(value, "mask")
    return evaluation.produced(MASKED + (text[-last:] if len(text) >= 2 * last else ""))


def to_text(evaluation: Evaluation, value: Any) -> str:
    charge_walk(value, evaluation)
    return evaluation.produced(render(value))


def to_json(evaluation: Evaluation, value: Any) -> str:
    charge_walk(value, evaluation)
    needed = references(value)
    if needed:
        raise NeedsReference(needed)
    return evaluation.produced(json_text(value))


def parse_json(evaluation: Evaluation, value: Any) -> Any:
    """The value that a JSON text writes; its fractions are numbers."""
    text = text_of(value, "parse_json")
    evaluation.charge(size_of_json(text))
    try:
        return parse(text)
    except ValueError as error:
        raise EvaluationError("InvalidArgument", f"this text is not JSON: {error}") from None


def text_of(value: Any, name: str) -> str:
    if type(value) is str:
        return value
    refuse(value, f"`{name}` needs a text")
