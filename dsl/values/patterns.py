"""`matches "…"`: RE2 patterns, which take linear time whatever the text. The pattern must match the whole text.

`re2` is loaded when the first pattern is used. Matching is pure, so it is allowed inside a workflow.
"""

from functools import cache
from typing import Any


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; no text matches a pattern that is not valid."""
    compiled = _compile(pattern)
    return type(compiled) is not str and compiled.fullmatch(text) is not None


def has_match(pattern: str, text: str) -> bool:
    """Whether some part of the text matches."""
    compiled = _compile(pattern)
    return type(compiled) is not str and compiled.search(text) is not None


def pattern_problem(pattern: str) -> str | None:
    """Why this is not a pattern, or None."""
    compiled = _compile(pattern)
    return compiled if type(compiled) is str else None


@cache
def _compile(pattern: str) -> Any:
    """The compiled pattern, or what is wrong with it."""
    import re2  # type: ignore[import-untyped,unused-ignore]

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0]
        return reason.decode() if type(reason) is bytes else str(reason)
