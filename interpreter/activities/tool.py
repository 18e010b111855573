"""A tool as an activity, named after it: one JSON object in, JSON out, its failures told apart for the interpreter.

A declared error promises that nothing happened. Everything else that is not a result, from an exception to a stopping
worker, leaves the outcome unknown, and the interpreter decides by the tool's effect whether to call again: Temporal
itself never does.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from keyword import iskeyword
from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio import activity

from dsl.ast.types import Field, Type
from dsl.expressions.values import File
from dsl.values.signature import Signature
from dsl.values.structure import holds
from dsl.values.validate import validate, validate_record
from interpreter.activities.at_work import AT_WORK
from interpreter.activities.context import CALL, ToolContext
from interpreter.activities.failing import failure_of, undeclared, worker_says
from interpreter.activities.function import FunctionCall, NotBegun, Outcome
from interpreter.activities.given_files import GivenFiles
from interpreter.activities.headers import HEADERS, OURS, CallHeaders, DeclaredSignature, own_key, run_id
from interpreter.activities.heartbeats import heartbeating
from interpreter.activities.missing import object_missing
from interpreter.activities.results import Unrecordable, is_scalar, plain, recordable
from interpreter.activities.running import LeftBehind, ToolRunner, undisturbed
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.telling import tell_failed
from interpreter.activities.threads import NoFreeThread
from interpreter.activities.wording import class_of, described, file_of
from interpreter.boundary.failures import (
    NOT_CALLED,
    SIGNATURE_MISMATCH,
    STILL_RUNNING,
    TIMED_OUT,
    UNDECLARED,
    WORKER_BUSY,
)
from interpreter.boundary.payloads import JSON, References
from interpreter.stores.kept_files import spelled_out
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import resolve


@dataclass(frozen=True, eq=False)
class Tool:
    """A typed Python function that implements a tool. `types` are the records it names; `optional` may be left out.

    `unchecked`: it says nothing that a declaration could be compared with. `whole` is then the one parameter, if there
    is one, that takes all arguments as one object. `served` is what is said of the MCP server that carries it out, as
    in the signature; its function is the worker's own.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[Field, ...]
    optional: frozenset[str]
    returns: Type | None
    types: Mapping[str, Type]
    adapters: Mapping[str, TypeAdapter[Any]]
    signature: Signature
    unchecked: bool = False
    whole: str | None = None
    served: str | None = None

    @cached_property
    def takes_scalars(self) -> bool:
        """Whether arguments are converted by nothing that the author wrote, and in no time."""
        return all(adapter.core_schema["type"] in _SCALARS for adapter in self.adapters.values())

    @cached_property
    def returns_json(self) -> bool:
        return self.returns is not None and holds("json", self.returns, self.types)


def in_python(name: str, offered: Container[str]) -> str:
    """What a function's parameter is called for one that is declared: `from_` for `from`, which is a word of Python's
    (PEP 8: a trailing underscore).
    """
    return f"{name}_" if iskeyword(name) and name not in offered else name


_SCALARS = frozenset({"bool", "int", "float", "str"})
"""Of pydantic's core schemas: those of Python's own types, with nothing around them."""

Accepts = Callable[[Tool, DeclaredSignature], bool]
"""Whether a tool can serve calls that are declared so."""


def tool_activity(
    tool: Tool, accepts: Accepts, runner: ToolRunner, store: ObjectStore | None = None
) -> Callable[[dict[str, Any]], Awaitable[JSON]]:
    """The activity of `tool`. Its function runs in `runner`; large values come from and go to `store`."""
    file = file_of(tool.function) if tool.served is None else None

    @activity.defn(name=tool.name)
    async def call(arguments: dict[str, Any]) -> Any:
        began, headers = time.monotonic(), HEADERS.get()
        _refuse_what_runs(headers)
        _refuse_mismatch(tool, headers, accepts)
        context = _context(headers)
        CALL.set(context)
        one = FunctionCall(tool.name, tool.function, {}, context, _ends_at(began))
        try:
            async with heartbeating():
                converting = partial(_converted, tool, arguments, headers.references, store)
                at_once = tool.takes_scalars and not headers.references
                looking = None if at_once else runner.looked_at(converting, one.seconds_left())
                converted = converting() if looking is None else await _before(tool, looking)
                outcome = await runner.run(replace(one, arguments=converted))
                ended = await _ended(partial(_recorded, tool, outcome, store, file), outcome, runner, one)
        except (NoFreeThread, LeftBehind) as ours:
            failure = _failure(tool, ours, file)
            if isinstance(ours, LeftBehind) and not ours.told:
                tell_failed(tool.name, context, failure, ours, file)
            raise failure from None
        if ended.error is not None:
            raise ended.error from None
        return ended.value

    setattr(call, OURS, True)
    return call


async def _ended(recording: Callable[[], Outcome], outcome: Outcome, runner: ToolRunner, call: FunctionCall) -> Outcome:
    """How the call goes on record. What the author wrote may be looked at for that, which can take its time."""
    if outcome.error is None and is_scalar(outcome.value):
        return recording()
    return await undisturbed(runner.looked_at(recording, call.seconds_left_to_end()))


def _ends_at(began: float) -> float | None:
    timeout = activity.info().start_to_close_timeout
    return began + timeout.total_seconds() if timeout is not None else None


def _refuse_what_runs(headers: CallHeaders) -> None:
    """Asked about a call that is at work, a tool could only say what it has not done yet."""
    if headers.verifies is not None and headers.verifies in AT_WORK:
        raise worker_says(STILL_RUNNING, "the call that is asked about still runs in this worker")


def _refuse_mismatch(tool: Tool, headers: CallHeaders, accepts: Accepts) -> None:
    declared = headers.signature
    if declared is None or accepts(tool, declared):
        return
    if not declared.readable:
        raise worker_says(SIGNATURE_MISMATCH, f"`{tool.name}` is declared with a signature that this worker must read")
    message = f"`{tool.name}` is declared as `{declared.readable}`, but this worker offers `{tool.signature.readable}`"
    raise worker_says(SIGNATURE_MISMATCH, message, declared.readable, tool.signature.readable)


async def _before(tool: Tool, converting: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """What comes before the call: whoever is told to stop here has not begun it."""
    try:
        return await converting
    except (asyncio.CancelledError, LeftBehind):
        raise _not_called(tool, "nobody waited for it any more before it began") from None


def _converted(
    tool: Tool, arguments: dict[str, Any], references: References, store: ObjectStore | None
) -> dict[str, Any]:
    """The arguments as the function's own types; whatever is wrong with them, nothing was called."""
    if references:
        arguments = _resolved(tool, arguments, references, store)
    if tool.whole is not None:
        arguments = {tool.whole: arguments}
    else:
        arguments = {in_python(name, tool.adapters): value for name, value in arguments.items()}
    files = GivenFiles(store)
    if not tool.unchecked:
        try:
            arguments = files.taken(arguments, tool.parameters, tool.types)
        except (KeyError, TypeError, ValueError) as error:
            raise _not_called(tool, f"a file cannot be read: {described(error)}") from None
    fields = tuple(field for field in tool.parameters if field.name in arguments or field.name not in tool.optional)
    checked = validate_record(arguments, fields, tool.types)
    if checked.problems:
        raise _not_called(tool, "; ".join(map(str, checked.problems)))
    try:
        given = files.for_the_tool(checked.value)
        return {name: tool.adapters[name].validate_python(value) for name, value in given.items()}
    except ValidationError as error:
        raise _not_called(tool, str(error)) from None
    except BaseException as error:  # noqa: BLE001 - validators of the author's own, which may raise anything
        raise _not_called(tool, described(error)) from None


def _resolved(tool: Tool, arguments: dict[str, Any], references: References, store: ObjectStore | None) -> JSON:
    if store is None:
        raise _not_called(tool, "an argument is a reference, and this worker has no store")
    try:
        return resolve(store, arguments, references, partial(spelled_out, store) if tool.unchecked else _as_it_is)
    except StoreError as error:
        raise object_missing(error) from error


def _as_it_is(file: File) -> File:
    return file


def _not_called(tool: Tool, reason: str) -> BaseException:
    return worker_says(NOT_CALLED, f"`{tool.name}` was not called: {reason}")


def _context(headers: CallHeaders) -> ToolContext:
    info = activity.info()
    return ToolContext(
        key=headers.key or own_key(),
        attempt=headers.attempt or info.attempt,
        path=info.activity_id,
        workflow_id=run_id(),
    )


def _recorded(tool: Tool, outcome: Outcome, store: ObjectStore | None, file: str | None) -> Outcome:
    """How the call ended, as it goes on record: a result, or the activity's error. It never raises."""
    error = outcome.error
    try:
        if error is None:
            return Outcome(_result(tool, outcome.value, store))
    except Unrecordable as unfit:
        error = unfit
    except RecursionError:
        error = Unrecordable("it is nested too deeply")
    except BaseException as broken:  # noqa: BLE001 - what is returned may do anything when it is looked at
        error = Unrecordable(described(broken, file))
    try:
        failure = _failure(tool, error, file)
        tell_failed(tool.name, CALL.get(), failure, error, file)
    except BaseException as second:  # noqa: BLE001 - an exception of the author's may as well
        failure = undeclared(f"{class_of(error)}; it cannot be told: {described(second, file)}")
    return Outcome(error=failure)


def _result(tool: Tool, returned: Any, store: ObjectStore | None) -> Any:
    """A result that goes to the store is not seen by the interpreter again, so it is checked here.

    It stays as it was returned: validation as `json` would turn decimals into numbers, and a flow may declare decimals
    where an annotation says `Any`.
    """
    value = plain(returned, store)
    problems = validate(value, tool.returns, tool.types, received=True).problems if tool.returns is not None else ()
    if problems:
        raise Unrecordable("; ".join(map(str, problems)))
    return recordable(value, store, exactly=tool.returns_json)


def _failure(tool: Tool, error: BaseException, file: str | None) -> BaseException:
    """What goes on record of a call that has no result."""
    match error:
        case NoFreeThread():
            return worker_says(WORKER_BUSY, str(error))
        case NotBegun():
            return _not_called(tool, "nobody waited for it any more when its turn came")
        case LeftBehind() if activity.is_worker_shutdown():
            return undeclared("the worker stopped; the call was at work still", at_work=True)
        case LeftBehind():
            return worker_says(TIMED_OUT, "timed out; the call was at work still", at_work=True)
        case asyncio.CancelledError():
            return _cancelled(error)
        case activity._CompleteAsyncError():
            return error
        case SaidByWorker() if tool.served is not None:
            details = () if error.details is None else (error.details,)
            return worker_says(error.kind, error.message, *details, at_work=error.at_work)
        case Unrecordable():
            words = f"the result of `{tool.name}` cannot be recorded: {error}"
            return worker_says(UNDECLARED, words, again=False)
        case _:
            return failure_of(error, file)


def _cancelled(error: asyncio.CancelledError) -> BaseException:
    """The function has ended because it was told to, or says so."""
    details = activity.cancellation_details()
    if details is not None and details.cancel_requested:
        return error
    if activity.is_worker_shutdown():
        return undeclared("the worker stopped")
    if CALL.get().cancelled:
        return worker_says(TIMED_OUT, "timed out; the call has ended since")
    return undeclared("it was cancelled")
