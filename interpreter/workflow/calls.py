"""Activities of a run: started, and cancelled."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, assert_never

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import FailureError, is_cancelled_exception

from dsl.definition.definition import Definition
from dsl.values.references import parted
from interpreter.boundary.batches import BatchReply
from interpreter.boundary.caps import Claim, ClaimReply
from interpreter.boundary.names import BATCH_ACTIVITY, CHAT_ACTIVITY, CHAT_GRACE, fitting
from interpreter.boundary.payloads import JSON, ChatResult, InlineResult, References
from interpreter.boundary.sparse import sparse
from interpreter.core.caps import claims_of
from interpreter.core.commands import AskBatch, AttemptModel, CallTool, Evaluate, Pause, Settle, VerifyAnswer
from interpreter.workflow import limits, local
from interpreter.workflow.beside import batch_parted, request_parted
from interpreter.workflow.carriers import Carriers, NeverSent
from interpreter.workflow.headers import for_call
from interpreter.workflow.receiving import is_large, received

Call = CallTool | AttemptModel | AskBatch | Evaluate | Pause | VerifyAnswer | Settle
Ended = Callable[[Call, Any, BaseException | None], None]
"""Told how a call ended, in a callback: it may only take note."""
Sent = Callable[[CallTool, JSON, References], Any]
"""Sends a call with arguments that can travel, and their references."""

CHAT_HEARTBEAT = timedelta(seconds=15)


class Calls:
    def __init__(self, definition: Definition, ended: Ended, room: limits.Room, carriers: Carriers) -> None:
        self._definition = definition
        self._ended = ended
        self._room = room
        self._carriers = carriers
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._begun: dict[str, int] = {}
        self._abandoned: set[str] = set()
        self._receiving: set[asyncio.Task[RawValue]] = set()

    @property
    def in_flight(self) -> int:
        """How many keep the run from continuing as new."""
        return len(self._running) - len(self._abandoned) + len(self._receiving) - self._carriers.under_way

    @property
    def carried(self) -> int:
        """How many carriers this execution has under way."""
        return self._carriers.in_flight

    def start(self, command: Call) -> None:
        claims = claims_of(command)
        self._await(command, asyncio.create_task(self._claimed(command, claims)) if claims else self._handle(command))

    def runs(self, id_: str) -> bool:
        """Whether a call has been carried since before a continue."""
        return self._carriers.runs(id_)

    def look_after(self, command: CallTool | AttemptModel) -> None:
        """Go on waiting for one that is carried since before a continue."""
        self._await(command, self._carriers.look_after(command.id))

    def _await(self, command: Call, handle: Any) -> None:
        self._running[command.id] = handle
        self._begun[command.id] = workflow.info().get_current_history_length()
        handle.add_done_callback(lambda ended: self._done(command, ended))

    def cancel(self, id_: str) -> None:
        """Cancel a call, if it still runs; how it ended comes all the same."""
        if self._carriers.has(id_):
            self._carriers.cancel(id_)
        elif id_ in self._running:
            self._running[id_].cancel()

    def abandon(self, id_: str) -> None:
        """Cancel a call whose end nobody waits for: also not before continuing as new."""
        if id_ in self._running:
            self._abandoned.add(id_)
            if self._carriers.has(id_):
                self._carriers.abandon(id_)
            else:
                self._running[id_].cancel()

    def _handle(self, command: Call) -> Any:
        match command:
            case CallTool():
                return _start_tool(command, self._room, self._sent)
            case AttemptModel():
                return self._asked(command)
            case AskBatch():
                return _start_batch(command)
            case Evaluate():
                return local.evaluation(command, self._room)
            case Pause():
                return local.pause(command)
            case VerifyAnswer():
                return local.verification(command)
            case Settle():
                return local.settlement(command, self._room)
            case _:
                assert_never(command)

    def _sent(self, command: CallTool, arguments: JSON, references: References) -> Any:
        if self._carriers.takes(command):
            return self._carriers.carry(command, arguments, references)
        return started(command, arguments, references)

    def _asked(self, command: AttemptModel) -> Any:
        request = sparse(request_parted(command.request))
        if self._carriers.takes(command):
            return self._carriers.carry(command, request, [])
        return asked(
            request, ChatResult, id=command.id, timeout=command.timeout, summary=command.summary, queue=command.queue
        )

    def _done(self, command: Call, ended: "asyncio.Task[Any]") -> None:
        del self._running[command.id]
        same_task = self._begun.pop(command.id) == workflow.info().get_current_history_length()
        if command.id in self._abandoned:
            self._abandoned.discard(command.id)
            if not ended.cancelled():
                ended.exception()
            return
        if ended.cancelled():
            self._ended(command, None, NeverSent() if same_task else asyncio.CancelledError())
            return
        error = ended.exception()
        result = None if error else ended.result()
        if same_task and is_local(command):
            self._room.take(_bytes_of(result) - limits.LOCAL_RESULT)
        if type(command) is CallTool and type(result) is RawValue and self._is_foreign(command, result):
            self._receive(command, result)
        else:
            self._ended(command, result, error)

    async def _claimed(self, command: Call, claims: list[Claim]) -> Any:
        """The call, when what it may cost is set aside; until it has gone out nothing has happened, however a cancel
        comes. Where that is refused, the reply says so.
        """
        sent_at = None
        try:
            await self._room.for_local()
            reply: ClaimReply = await local.claimed(command.id, claims)
            if reply.outcome != "granted":
                return reply
            await self._room.for_sending(0)
            sent_at = workflow.info().get_current_history_length()
            return await self._handle(command)
        except (asyncio.CancelledError, FailureError) as error:
            if is_cancelled_exception(error) and sent_at in (None, workflow.info().get_current_history_length()):
                raise NeverSent from None
            raise

    def _is_foreign(self, command: CallTool, result: RawValue) -> bool:
        """Whether it is too large to be read here, and no worker of ours has read it."""
        return is_large(result) and not command.staged and self._definition.tools[command.tool].returns is not None

    def _receive(self, command: CallTool, result: RawValue) -> None:
        returns, types = self._definition.tools[command.tool].returns, self._definition.types
        assert returns is not None
        task = asyncio.create_task(received(command.id, result, returns, types, self._room))
        self._receiving.add(task)
        task.add_done_callback(lambda ended: self._received(command, ended))

    def _received(self, command: CallTool, ended: "asyncio.Task[RawValue]") -> None:
        self._receiving.discard(ended)
        error = ended.exception()
        self._ended(command, None if error else ended.result(), error)


def is_local(command: Call) -> bool:
    """Whether it is done within the workflow task, if that can be."""
    if type(command) is CallTool:
        return command.staged or command.quick
    return type(command) not in (AttemptModel, AskBatch)


def _bytes_of(result: Any) -> int:
    """About what stands in history of the result of local work."""
    return len(result.payload.data) if type(result) is RawValue else limits.size_of(result)


def _start_tool(command: CallTool, room: limits.Room, sent: Sent) -> Any:
    if command.staged:
        return local.capture(command)
    arguments, references = parted(command.arguments)
    if references and command.queue is not None:
        return asyncio.create_task(_call_inline(command, arguments, references, room, sent))
    if not command.quick:
        return sent(command, arguments, references)
    with for_call(command, references):
        return local.quick_call(command, arguments, lambda: started(command, arguments, references))


async def _call_inline(command: CallTool, arguments: Any, references: References, room: limits.Room, sent: Sent) -> Any:
    """What the references stand for is known only now, so it waits for room in a workflow task of its own. Until it has
    gone out nothing has happened, however a cancel comes.
    """
    sent_at = None
    try:
        await room.for_local()
        room.take(min(sum(size for _, _, size, *_ in references), limits.LARGEST_PAYLOAD))
        inline: InlineResult = await local.inlined(command, arguments, references)
        if inline.data is None:
            return inline
        await room.for_sending(inline.size)
        sent_at = workflow.info().get_current_history_length()
        return await sent(command, inline.data, [])
    except (asyncio.CancelledError, FailureError) as error:
        if is_cancelled_exception(error) and sent_at in (None, workflow.info().get_current_history_length()):
            raise NeverSent from None
        raise


def started(command: CallTool, arguments: Any, references: References) -> Any:
    """The call as an activity, by the workflow that asks: the run, or who carries it."""
    with for_call(command, references):
        return workflow.start_activity(
            command.tool,
            arguments,
            result_type=RawValue,
            activity_id=fitting(command.id),
            task_queue=command.queue,
            schedule_to_start_timeout=_milliseconds(command.start_within),
            start_to_close_timeout=timedelta(milliseconds=command.timeout),
            heartbeat_timeout=_milliseconds(command.heartbeat),
            retry_policy=local.ONCE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=command.summary if command.summary != command.tool else None,
        )


def _milliseconds(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(milliseconds=number)


def _start_batch(command: AskBatch) -> Any:
    return workflow.start_activity(
        BATCH_ACTIVITY,
        batch_parted(command.request),
        result_type=BatchReply,
        activity_id=fitting(command.id),
        task_queue=command.queue,
        start_to_close_timeout=timedelta(milliseconds=command.timeout),
        heartbeat_timeout=CHAT_HEARTBEAT,
        retry_policy=local.ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=command.summary,
    )


def asked(
    request: JSON,
    result_type: type,
    *,
    id: str,
    timeout: int,
    summary: str,
    queue: str | None = None,
    carried: bool = False,
) -> Any:
    """An attempt at a model as an activity, by the workflow that asks."""
    return workflow.start_activity(
        CHAT_ACTIVITY,
        request,
        result_type=result_type,
        activity_id=fitting(id),
        task_queue=queue,
        start_to_close_timeout=timedelta(milliseconds=timeout, seconds=CHAT_GRACE),
        heartbeat_timeout=CHAT_HEARTBEAT,
        retry_policy=local.ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )
