"""What goes on record of an exception that ended a tool: its kind, if the tool may have it, its words and its details.

This is the only place where an error of a tool becomes the error of an activity. A kind is taken from a tool only when
it is a plain name that is not the machine's; whether the tool declares it, and so promises that nothing happened, is
the interpreter's to decide. All else is `Undeclared`, with class and place. See `interpreter.boundary.told`.
"""

import json
from typing import Any

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from dsl.ast.types import NamedType
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.activities.errors import ToolError
from interpreter.activities.results import plain
from interpreter.activities.wording import LONGEST_NAME, class_of, described, mended, said, short
from interpreter.boundary.failures import UNDECLARED
from interpreter.boundary.payloads import JSON
from interpreter.boundary.told import may_be_a_tools, told_by_worker

MOST_DETAILS = 64 * 1024
"""Bytes of JSON. Details that have more are cut: long texts, then the ends of lists and records."""
_TEXT, _ITEMS, _DEPTH = 500, 20, 4
"""What is left of details that are cut."""


def failure_of(error: BaseException, file: str | None) -> ApplicationError:
    """The activity's error for an exception of the tool that is in `file`."""
    if isinstance(error, ToolError):
        return _of_tool(error, file)
    if isinstance(error, ApplicationError) and error.type:
        return _of_temporal(error, file)
    return undeclared(described(error, file))


def undeclared(message: str, *, at_work: bool = False) -> ApplicationError:
    """The tool ended in a way that it did not declare, or has not ended and is at work still."""
    return worker_says(UNDECLARED, message, at_work=at_work)


def worker_says(kind: str, message: str, *details: JSON, at_work: bool = False, again: bool = True) -> ApplicationError:
    """An error in which the worker itself speaks, not the tool; `again`: another attempt may come to something else."""
    type_ = told_by_worker(kind, at_work=at_work)
    return ApplicationError(short(message), *details, type=type_, non_retryable=not again)


def _of_tool(error: ToolError, file: str | None) -> ApplicationError:
    """A class of the author's may have forgotten to call ours, so nothing is taken for granted."""
    kind = getattr(error, "kind", class_of(error))
    message = getattr(error, "message", None)
    words = short(message) if isinstance(message, str) else said(error)
    if not isinstance(kind, str) or not may_be_a_tools(kind, words):
        return _misnamed(kind, error, file)
    details = getattr(error, "details", None)
    recorded = () if details is None else (_details(details),)
    kind = str.__str__(kind)  # it may be a member of an enumeration of texts
    return ApplicationError(words or kind, *recorded, type=kind, category=ApplicationErrorCategory.BENIGN)


def _of_temporal(error: ApplicationError, file: str | None) -> ApplicationError:
    words = short(error.message)
    if not may_be_a_tools(error.type, words):
        return _misnamed(error.type, error, file)
    details = (_details(one) for one in error.details)
    return ApplicationError(
        words, *details, type=error.type, non_retryable=error.non_retryable, category=ApplicationErrorCategory.BENIGN
    )


def _misnamed(kind: object, error: BaseException, file: str | None) -> ApplicationError:
    shown = repr(short(kind, LONGEST_NAME)) if isinstance(kind, str) else f"a {type(kind).__name__}"
    return undeclared(f"{described(error, file)}; its kind, {shown}, is not one that a tool can have")


def _details(details: Any) -> JSON:
    """As plain JSON that can be recorded beside the message."""
    try:
        whole = to_wire(_as_json(mended(plain(details))))
        size = len(json.dumps(whole, allow_nan=False))
        return whole if size <= MOST_DETAILS else _cut(whole)
    except BaseException as error:  # noqa: BLE001 - objects of the author's, which may do anything when they are looked at
        return f"the details cannot be recorded: {said(error)}"


def _as_json(details: Value) -> Value:
    """What a flow gets of them is `json`, in which a decimal is a number."""
    checked = validate(details, NamedType("json"), {})
    return details if checked.problems else checked.value


def _cut(whole: JSON) -> JSON:
    less = _shorter(whole, _DEPTH)
    return less if len(json.dumps(less)) <= MOST_DETAILS else short(json.dumps(less))


def _shorter(value: JSON, depth: int) -> JSON:
    if isinstance(value, str):
        return short(value, _TEXT)
    if not depth and isinstance(value, dict | list):
        return "…"
    if isinstance(value, dict):
        return {short(name, _TEXT): _shorter(value[name], depth - 1) for name in list(value)[:_ITEMS]}
    if isinstance(value, list):
        return [_shorter(item, depth - 1) for item in value[:_ITEMS]]
    return value
