"""A tool as an activity, named after it: one JSON object in, JSON out, its failures told apart for the interpreter.

A declared error promises that nothing happened. Everything else that is not a result, from an exception to a stopping
worker, leaves the outcome unknown, and the interpreter decides by the tool's effect whether to call again: Temporal
itself never does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from dsl.ast.types import Field, Type
from dsl.values.signature import Signature
from dsl.values.validate import validate, validate_record
from interpreter.activities.context import CALL, ToolContext
from interpreter.activities.errors import ToolError
from interpreter.activities.headers import HEADERS, CallHeaders, DeclaredSignature
from interpreter.activities.heartbeats import heartbeating
from interpreter.activities.results import Unrecordable, plain, recordable
from interpreter.activities.running import run_function, undisturbed
from interpreter.activities.undeclared import short, undeclared
from interpreter.boundary.failures import NOT_CALLED, SIGNATURE_MISMATCH
from interpreter.boundary.payloads import JSON
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import holds_reference, resolve


@dataclass(frozen=True, eq=False)
class Tool:
    """A typed Python function that implements a tool. `types` are the records it names; `optional` may be left out."""

    name: str
    function: Callable[..., Any]
    parameters: tuple[Field, ...]
    optional: frozenset[str]
    returns: Type | None
    types: Mapping[str, Type]
    adapters: Mapping[str, TypeAdapter[Any]]
    signature: Signature


Accepts = Callable[[Tool, DeclaredSignature], bool]
"""Whether a tool can serve calls that are declared so."""


def tool_activity(
    tool: Tool, accepts: Accepts, store: ObjectStore | None = None, threads: Executor | None = None
) -> Callable[[dict[str, Any]], Awaitable[JSON]]:
    """The activity of `tool`. Sync functions run in `threads`; large values come from and go to `store`."""

    @activity.defn(name=tool.name)
    async def call(arguments: dict[str, Any]) -> Any:
        headers = HEADERS.get()
        _refuse_mismatch(tool, headers, accepts)
        converted = await _converted(tool, arguments, store)
        context = _context(headers)
        CALL.set(context)
        try:
            async with heartbeating():
                returned = await run_function(tool.function, converted, context, threads)
                return await undisturbed(asyncio.to_thread(_result, tool, returned, store))
        except asyncio.CancelledError as error:
            if _was_cancelled():
                raise
            failure = undeclared("the worker stopped" if activity.is_worker_shutdown() else "it was cancelled", error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - all that a tool can raise goes on record
            failure = _failure(error, store)
        raise failure

    return call


def _refuse_mismatch(tool: Tool, headers: CallHeaders, accepts: Accepts) -> None:
    declared = headers.signature
    if declared is None or accepts(tool, declared):
        return
    message = f"`{tool.name}` is declared as `{declared.readable}`, but this worker offers `{tool.signature.readable}`"
    details = (declared.readable, tool.signature.readable)
    raise ApplicationError(message, *details, type=SIGNATURE_MISMATCH, non_retryable=True)


async def _converted(tool: Tool, arguments: dict[str, Any], store: ObjectStore | None) -> dict[str, Any]:
    """The arguments as the function's own types; whatever is wrong with them, nothing was called."""
    if holds_reference(arguments):
        arguments = await asyncio.to_thread(_resolved, tool, arguments, store)
    fields = tuple(field for field in tool.parameters if field.name in arguments or field.name not in tool.optional)
    checked = validate_record(arguments, fields, tool.types)
    if checked.problems:
        raise _not_called(tool, "; ".join(map(str, checked.problems)))
    try:
        return {name: tool.adapters[name].validate_python(value) for name, value in checked.value.items()}
    except ValidationError as error:
        raise _not_called(tool, str(error)) from None


def _resolved(tool: Tool, arguments: dict[str, Any], store: ObjectStore | None) -> JSON:
    if store is None:
        raise _not_called(tool, "an argument is a reference, and this worker has no store")
    try:
        return resolve(store, arguments)
    except (StoreError, OSError) as error:
        raise _not_called(tool, str(error)) from error


def _not_called(tool: Tool, reason: str) -> ApplicationError:
    return ApplicationError(short(f"`{tool.name}` was not called: {reason}"), type=NOT_CALLED)


def _context(headers: CallHeaders) -> ToolContext:
    info = activity.info()
    own_key = f"{info.workflow_id}/{info.workflow_run_id}/{info.activity_id}"
    return ToolContext(
        key=headers.key or own_key,
        attempt=headers.attempt or info.attempt,
        path=info.activity_id,
        workflow_id=info.workflow_id or "",
    )


def _result(tool: Tool, returned: Any, store: ObjectStore | None) -> JSON:
    """A result that goes to the store is not seen by the interpreter again, so it is checked here.

    It stays as it was returned: validation as `json` would turn decimals into numbers, and a flow may declare decimals.
    """
    value = plain(returned)
    problems = validate(value, tool.returns, tool.types).problems if tool.returns is not None else ()
    if problems:
        raise Unrecordable("; ".join(map(str, problems)))
    return recordable(value, store)


def _was_cancelled() -> bool:
    details = activity.cancellation_details()
    return details is not None and not details.worker_shutdown


def _failure(error: BaseException, store: ObjectStore | None) -> ApplicationError:
    if isinstance(error, ToolError):
        details = () if error.details is None else (_details(error.details, store),)
        return ApplicationError(
            short(error.message), *details, type=error.kind, category=ApplicationErrorCategory.BENIGN
        )
    if isinstance(error, ApplicationError) and error.type:
        return error
    return undeclared(f"{type(error).__name__}: {error}", error)


def _details(details: JSON, store: ObjectStore | None) -> JSON:
    try:
        return recordable(plain(details), store)
    except Unrecordable as error:
        return f"the details cannot be recorded: {error}"
