"""Texts of tools as they can go on record: any text, cut to a limit; no exception breaks the telling of it.

History is UTF-8 without NUL, so half a character or a NUL is written as its escape. What is told on one line, as in a
log, has its line ends and control characters escaped as well.
"""

import inspect
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from dsl.diagnostics.inert import ACTIVE

LONGEST_MESSAGE = 2_000
LONGEST_NAME = 100
MOST_PARTS = 3
"""Of an exception group, how many exceptions are named."""

_CONTROL = re.compile(f"[{ACTIVE}]")


def short(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """`text` as it can be recorded: encodable, and no longer than `longest`."""
    plain = str.__str__(text)  # a class of the author's may be a text with other manners
    mended = plain[: longest + 1].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return mended if len(mended) <= longest else mended[: longest - 1] + "…"


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """`text` as one line of a log, which nothing in it can leave."""
    return short(_CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text[: longest + 1]), longest)


def said(error: BaseException) -> str:
    """What an exception says, also one that fails when it is asked."""
    try:
        return short(str(error))
    except BaseException as second:  # noqa: BLE001 - the author's own code, which may raise anything
        return f"its text cannot be read: {class_of(second)}"


def class_of(error: BaseException) -> str:
    return short(type.__dict__["__name__"].__get__(type(error)), LONGEST_NAME)


def described(error: BaseException, file: str | None = None) -> str:
    """`ValueError: no such page (tools.py:14, in fetch)`: class, text, and where it happened in the author's `file`."""
    text = said(error)
    if isinstance(error, BaseExceptionGroup):
        text = "; ".join([text, *_parts(error)])
    places = places_in(error, file)
    place = f" ({places[-1]})" if places else ""
    head = f"{class_of(error)}: {text}" if text else class_of(error)
    return short(head, LONGEST_MESSAGE - len(place)) + place


def _parts(group: BaseExceptionGroup[BaseException]) -> list[str]:
    try:
        return [f"{class_of(one)}: {said(one)}" for one in group.exceptions[:MOST_PARTS]]
    except BaseException as second:  # noqa: BLE001 - as in `said`
        return [f"its parts cannot be read: {class_of(second)}"]


def file_of(function: Callable[..., Any]) -> str | None:
    """The author's file, which a failure names a place in; None for what was not written in Python."""
    code = _code_of(function)
    return code.co_filename if code is not None else None


def place_of(function: Callable[..., Any]) -> str | None:
    """`tools.py:7`, where the function begins."""
    code = _code_of(function)
    return None if code is None else short(f"{_file_name(code.co_filename)}:{code.co_firstlineno}", 2 * LONGEST_NAME)


def _code_of(function: Callable[..., Any]) -> Any:
    inner = inspect.unwrap(function)
    return getattr(inner, "__code__", None) or getattr(type(inner).__call__, "__code__", None)


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def places_in(error: BaseException, file: str | None) -> list[str]:
    """The frames of `file` that the exception came through, the innermost last."""
    frames = traceback.walk_tb(error.__traceback__)
    return [place(frame, line) for frame, line in frames if frame.f_code.co_filename == file]


def place(frame: Any, line: int) -> str:
    """`tools.py:14, in fetch`."""
    return short(f"{_file_name(frame.f_code.co_filename)}:{line}, in {frame.f_code.co_name}", 2 * LONGEST_NAME)


def mended(value: Any) -> Any:
    """JSON whose texts can all be recorded."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    if isinstance(value, Mapping):
        return {mended(name): mended(item) for name, item in value.items()}
    if isinstance(value, list):
        return [mended(item) for item in value]
    return value
