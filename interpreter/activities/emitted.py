"""A tool that an event carries out, as the function of a tool: what is sent, and what each end says about its effect.

The event has the idempotency key for its id, so a run that has it already takes it for known. Nothing happened where
the run refused it, or is not there; it is sent later where too many wait to be taken. Whoever heard nothing knows
nothing, and sends it again under the same key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from dsl.ast.declarations import Emit, ToolDeclaration
from dsl.ast.types import Type
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.validate import converting
from interpreter.activities.context import CALL
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.wording import LONGEST_NAME, one_line
from interpreter.boundary.failures import EVENT_NOT_TAKEN, NOT_CALLED, SERVER_UNAVAILABLE, UNDECLARED
from interpreter.boundary.names import QUEUE_FULL, SEND_UPDATE, UNPROCESSED
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.send import Send

PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, eq=False)
class EmitFunction:
    """`types` are those that the declaration names."""

    declaration: ToolDeclaration
    emit: Emit
    types: Mapping[str, Type]

    async def __call__(self, **arguments: Value) -> None:
        id_, send = self._worded(arguments)
        run = one_line(id_, LONGEST_NAME)
        if not id_:
            raise SaidByWorker(EVENT_NOT_TAKEN, "nobody is meant: the id of the run is empty")
        try:
            handle = activity.client().get_workflow_handle(id_)
            reply: AnswerReply = await handle.execute_update(
                SEND_UPDATE, send, result_type=AnswerReply, rpc_timeout=PATIENCE
            )
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            if not isinstance(cause, ApplicationError):
                raise self._refused(run, str(cause), False) from None
            if cause.type == UNPROCESSED:
                raise SaidByWorker(UNDECLARED, f"the run {run} has not heard of the event") from None
            raise self._refused(run, cause.message, cause.type == QUEUE_FULL) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise SaidByWorker(UNDECLARED, f"the run {run} has not said whether it has the event") from None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise SaidByWorker(EVENT_NOT_TAKEN, f"no run {run} is under way") from None
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise SaidByWorker(EVENT_NOT_TAKEN, f"no run can be called {run}: {error.message}") from None
            raise SaidByWorker(UNDECLARED, f"the run {run} cannot be reached: {error.message}") from None
        if not reply.accepted:
            raise self._refused(run, reply.message, reply.outcome == "full")

    def _worded(self, arguments: Mapping[str, Value]) -> tuple[str, Send]:
        def value_of(expression: Any) -> Any:
            return None if expression is None else evaluate(expression, arguments, converting(CONSTANT, self.types))

        try:
            run, key, value = map(value_of, (self.emit.to, self.emit.key, self.emit.value))
        except EvaluationError as error:
            raise SaidByWorker(NOT_CALLED, f"`{self.declaration.name}` was not called: {error.message}") from None
        call = CALL.get()
        sender = call.workflow_id or "a run"
        return str(run), Send(str(call.key), self.emit.event, to_wire(value), sender[:100], key)

    def _refused(self, run: str, words: str, full: bool) -> SaidByWorker:
        if full:
            return SaidByWorker(SERVER_UNAVAILABLE, f"the run {run} takes no more for now: {words}")
        return SaidByWorker(EVENT_NOT_TAKEN, f"the run {run} does not take it: {words}")
