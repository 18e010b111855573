"""What a model wrote, read as the JSON that it was asked for.

Models wrap their JSON: in a code fence, after what they thought. One of each around the whole is taken off, because
nothing else can have been meant; anything else around the JSON is a reason to ask again, and the model is told which.
Fractions keep their digits, and a key that stands twice in an object is no answer, because nobody can say which was
meant.

How a text is read decides what a run does next, and a run that is replayed reads it again: what changes here needs an
entry in `workflow/patches.py` once it is released.
"""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from dsl.expressions.json_reading import unique_pairs
from dsl.expressions.values import Value

LONGEST_SHOWN = 8_000
"""Characters of a refused answer that its model is shown again."""

_THOUGHTS = (
    *((f"<{name}>", f"</{name}>") for name in ("think", "thinking", "thought", "reasoning")),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
)
"""What stands before and behind what a model thought, in the templates of the models that tell it."""
_FENCES = ("```", "~~~")
_LANGUAGES = ("json", "jsonc", "json5", "javascript", "js")
_LONGEST_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Read:
    """The value, or why there is none, for the model and for people."""

    value: Value = None
    problem: str | None = None


def read(text: str, *, any_text: bool = False) -> Read:
    """`any_text`: any text will do, so one that is not the JSON object that was asked for, and was not meant to be, is
    the answer itself."""
    alone = _without_thoughts(text)
    if not alone:
        return Read(problem="there is reasoning, and no answer after it")
    inside = _inside_fence(alone)
    try:
        value = _json(alone if inside is None else inside)
        return Read(value if not any_text or type(value) in (str, dict) else alone)
    except (ValueError, RecursionError) as error:
        if any_text and (alone if inside is None else inside)[:1] != "{":
            return Read(alone)
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        return Read(problem=f"the answer is not the JSON that was asked for: {reason}{_around(alone, inside)}")


def shown_again(text: str) -> str:
    """A refused answer for its model: of a long one the beginning and the end."""
    if len(text) <= LONGEST_SHOWN:
        return text
    half = LONGEST_SHOWN // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters …\n{text[-half:]}"


def _without_thoughts(text: str) -> str:
    """Templates of some models put the opening tag into the prompt, so it may be missing."""
    text = text.strip("\ufeff \t\r\n")
    for opening, closing in _THOUGHTS:
        before, found, after = text.partition(closing)
        if found and (before.startswith(opening) or (opening not in text and before[:1] not in ("{", "["))):
            return _without_thoughts(after)
        if text.startswith(opening):
            return ""
    return text


def _inside_fence(text: str) -> str | None:
    """What stands in the one fence around all of it, without the word that names its language."""
    for fence in _FENCES:
        if text.startswith(fence) and text.endswith(fence):
            inside = text.strip(fence[0])
            return _without_language(inside).strip() if inside else None
    return None


def _without_language(text: str) -> str:
    """The word stands on a line of its own, or before the JSON on the same line, and then it is one that is known."""
    first, line_end, rest = text.partition("\n")
    if (
        line_end
        and (not first.strip() or (len(first.split()) == 1 and first.strip()[0].isalpha()))
        and "{" not in first
    ):
        return rest
    beginning = text.lstrip()
    word = beginning[: next((at for at, each in enumerate(beginning) if not each.isalnum()), len(beginning))]
    return beginning[len(word) :] if word.lower() in _LANGUAGES else text


def _around(text: str, inside: str | None) -> str:
    if inside is not None:
        return " (it stood in a code fence: answer with the JSON alone)"
    if any(fence in text for fence in _FENCES):
        return " (there is text around a code fence: answer with the JSON alone)"
    return " (answer with the JSON alone)" if text[:1] not in ("{", "[") and "{" in text else ""


def _json(text: str) -> Value:
    value: Value = json.loads(
        text,
        object_pairs_hook=unique_pairs,
        parse_int=_int,
        parse_float=_fraction,
        parse_constant=_constant,
    )
    if "\\u" in text:
        _refuse_half_characters(value)
    return value


def _int(digits: str) -> Value:
    return int(digits) if len(digits) < 40 else _fraction(digits)


def _fraction(digits: str) -> Value:
    if len(digits) > _LONGEST_DIGITS:
        raise ValueError("a number has hundreds of digits")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError("a number is too large") from None


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _refuse_half_characters(value: Value) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half of a character") from None
