"""The one workflow. Its input carries the sealed definition, so a run never changes when a file does."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

import dsl.values.spoken  # noqa: F401 - loaded with the worker, not amid the first run that needs it
from dsl.expressions.values import Reference
from dsl.values.references import parted
from interpreter.boundary.archive import archived
from interpreter.boundary.ledgers import row_of
from interpreter.boundary.move import Move
from interpreter.boundary.names import (
    ACQUIRED_SIGNAL,
    ANSWER_UPDATE,
    CANCEL_RUN_ACTIVITY,
    CARRIED_SIGNAL,
    CHILD_ENDED_SIGNAL,
    EVENT_QUERY,
    EVENT_REFUSED,
    MEMO_DOUBTS,
    MEMO_HASH,
    MEMO_RECORD,
    MEMO_SOURCE,
    MOVE_UPDATE,
    PART_QUERY,
    QUEUE_FULL,
    REPORT_QUERY,
    REPORT_SIGNAL,
    SEND_SIGNAL,
    SEND_UPDATE,
    STATE_QUERY,
    TELL_UPDATE,
    WORKFLOW,
)
from interpreter.boundary.parts import Part, part_of
from interpreter.boundary.payloads import (
    JSON,
    Answer,
    AnswerReply,
    ChildReport,
    References,
    ReportRequest,
    RunInput,
    RunResult,
)
from interpreter.boundary.send import EventReply, Send
from interpreter.boundary.sparse import sparse
from interpreter.boundary.tell import Tell
from interpreter.boundary.view import RunView
from interpreter.core import arrivals, event_replies, telling
from interpreter.core.ballot import why_not
from interpreter.core.commands import Finish
from interpreter.core.discretion import keeps_back
from interpreter.core.outcomes import Failure
from interpreter.core.purses import is_all_of
from interpreter.core.reports import in_doubt, lost
from interpreter.core.snapshot import decode, encode
from interpreter.core.view import view
from interpreter.workflow.children import parent_link
from interpreter.workflow.definitions import admit
from interpreter.workflow.driver import Driver
from interpreter.workflow.limits import LARGEST_PAYLOAD, over_soft_limit, size_of
from interpreter.workflow.moving import can_move, moved_input, why_not_moved
from interpreter.workflow.showing import Showing, with_hash
from interpreter.workflow.undisturbed import undisturbed

LARGEST_FAILURE = 200_000
LONGEST_MESSAGE = 2_000
LARGEST_END = 2_000_000
"""Bytes of all that a run ends with; the server takes two megabytes."""
CANCEL_TIMEOUT = timedelta(seconds=10)
_REFUSED = {"refused": EVENT_REFUSED, "full": QUEUE_FULL}


@workflow.defn(name=WORKFLOW, sandboxed=False)
class FlowWorkflow:
    """Without Temporal's sandbox: what it loads is shared by all runs of a process, and that is pure by a list that the
    tests hold (`tests/house/purity.py`), and by recorded histories that are replayed. The sandbox would let a clock or
    a random number in such modules pass all the same, and be entered twice for each payload.
    """

    @workflow.init
    def __init__(self, run_input: RunInput) -> None:
        admit(run_input)
        self._driver = Driver(run_input)
        self._report_to = run_input.report_to
        self._parent = run_input.parent or parent_link()
        self._showing = Showing(private=run_input.options.private, listed=self._parent is None)

    @workflow.run
    async def run(self, run_input: RunInput) -> JSON:
        """A `RunResult`, without what has its default or is known: it stands in the parent's history too."""
        driver = self._driver
        finish = None
        while finish is None:
            self._show()
            finish = await driver.step()
            if finish is None and self._should_continue(run_input) and await driver.ready_to_continue():
                self._continue(run_input)
        driver.keeper.need_no_more()
        self._show()
        await driver.close()
        result = await self._end(finish)
        if self._parent is not None and is_all_of(result.spent, run_input.lease):
            result = replace(result, spent=None)
        return sparse(result)

    @workflow.update(name=ANSWER_UPDATE)
    async def answer(self, answer: Answer) -> AnswerReply:
        return await self._driver.answer(answer)

    @answer.validator
    def check_answer(self, answer: Answer) -> None:
        """Refuse what cannot count, so that it leaves no event."""
        problem = why_not(self._driver.definition, self._driver.state, answer, workflow.time())
        if problem is not None:
            raise ApplicationError(problem, type="AnswerRefused")

    @workflow.update(name=TELL_UPDATE)
    async def tell(self, tell: Tell) -> AnswerReply:
        return await self._driver.tell(tell)

    @tell.validator
    def check_tell(self, tell: Tell) -> None:
        """Refuse what nobody would hear, so that it leaves no event."""
        problem = telling.why_not(self._driver.definition, self._driver.state, tell)
        if problem is not None:
            raise ApplicationError(problem, type="TellRefused")

    @workflow.update(name=MOVE_UPDATE)
    async def move(self, move: Move) -> AnswerReply:
        return await self._driver.move_to(move)

    @move.validator
    def check_move(self, move: Move) -> None:
        """Refuse what this run cannot go on with, so that it leaves no event."""
        problem = why_not_moved(self._driver, move, is_called=self._parent is not None)
        if problem is not None:
            raise ApplicationError(problem, type="MoveRefused")

    @workflow.update(name=SEND_UPDATE)
    async def send(self, send: Send) -> AnswerReply:
        return await self._driver.send(send)

    @send.validator
    def check_send(self, send: Send) -> None:
        """Refuse what the run does not take, so that it leaves no event."""
        refusal = arrivals.why_not(self._driver.definition, self._driver.state, send)
        if refusal is not None:
            raise ApplicationError(refusal.message, type=_REFUSED[refusal.outcome])

    @workflow.signal(name=SEND_SIGNAL)
    def send_unanswered(self, send: Send) -> None:
        self._driver.room.take_signal()
        self._driver.send_unanswered(send)

    @workflow.signal(name=REPORT_SIGNAL)
    def report_to_parent(self, request: ReportRequest) -> None:
        self._driver.room.take_signal()
        self._report_to = request.parent

    @workflow.signal(name=CHILD_ENDED_SIGNAL)
    def child_ended(self, report: ChildReport) -> None:
        self._driver.room.take_signal()
        self._driver.child_ended(report)

    @workflow.signal(name=CARRIED_SIGNAL)
    def carried(self, command: str, carrier: str) -> None:
        self._driver.room.take_signal()
        self._driver.carrier_ends(command, carrier)

    @workflow.signal(name=ACQUIRED_SIGNAL)
    def acquired(self, command: str, first_run: str = "") -> None:
        """It may be meant for a run that was terminated, and had this one's id before it."""
        self._driver.room.take_signal()
        if first_run in ("", workflow.info().first_execution_run_id):
            self._driver.acquired(command)

    @workflow.query(name=STATE_QUERY)
    def state(self, after: int = 0) -> RunView:
        return view(self._driver.definition, self._driver.state, after)

    @workflow.query(name=EVENT_QUERY)
    def event(self, id: str) -> EventReply:
        return event_replies.told(self._driver.state, id)

    @workflow.query(name=REPORT_QUERY)
    def report(self) -> ChildReport:
        return lost(self._driver.state)

    @workflow.query(name=PART_QUERY)
    def part(self, query: str, number: int, argument: Any = 0) -> Part:
        told: dict[str, Callable[[], Any]] = {
            STATE_QUERY: lambda: self.state(argument),
            EVENT_QUERY: lambda: self.event(argument),
            REPORT_QUERY: self.report,
        }
        return part_of(workflow.payload_converter().to_payload(told[query]()).data, number)

    def _show(self) -> None:
        self._showing.show(self._driver.state, self._driver.keeper.trouble)

    def _should_continue(self, run_input: RunInput) -> bool:
        if self._driver.move is not None:
            return self._driver.may_continue() and can_move(self._driver, self._driver.move)
        if not self._driver.may_continue() or not self._driver.advanced:
            return False
        return run_input.options.continue_eagerly or over_soft_limit() or self._driver.is_full

    def _continue(self, run_input: RunInput) -> NoReturn:
        driver = self._driver
        run_input = replace(run_input, moved=None)
        if driver.move is not None:
            run_input = moved_input(run_input, driver, driver.move)
        children, carriers = driver.told
        next_input = RunInput(
            definition=run_input.definition,
            flow=run_input.flow,
            input=None,
            requester=run_input.requester,
            prices=run_input.prices,
            max_output=run_input.max_output,
            refuses=run_input.refuses,
            lanes=run_input.lanes,
            caps=run_input.caps,
            config=run_input.config,
            lease=run_input.lease,
            parent=run_input.parent,
            options=run_input.options,
            state=driver.kept_state,
            children=children,
            carriers=carriers,
            report_to=self._report_to,
            repair=None if run_input.repair is None else replace(run_input.repair, ledger=[]),
            moved=run_input.moved,
        )
        if driver.move is None:
            workflow.continue_as_new(sparse(next_input))
        hash_, source = driver.move.definition.hash, driver.move.source
        memo = {**workflow.memo(), MEMO_HASH: hash_, MEMO_SOURCE: source}
        workflow.continue_as_new(sparse(next_input), memo=memo, search_attributes=with_hash(hash_))

    async def _end(self, finish: Finish) -> RunResult:
        state, report = self._driver.state, finish.report
        doubts, record = in_doubt(report), self._record()
        if report.result is not None:
            value, report.result.references = await undisturbed(self._transportable(finish))
            report.ledger = await undisturbed(self._travelling(report.ledger or [], size_of(value) + len(record)))
            report.result.value, report.result.ledger, report.result.record = value, report.ledger, record
            report.result.heard = report.heard if self._parent is not None else None
            report.result.costs = report.costs if self._parent is not None else []
            await self._report(report)
            return report.result
        if report.outcome == "cancelled":
            self._report_to = self._report_to or self._parent
            report.ledger = await undisturbed(self._travelling(report.ledger or [], 0))
            await self._report(report)
            if record:
                workflow.upsert_memo({MEMO_RECORD: record})
            await _make_cancelled(state.cancelled)
            raise asyncio.CancelledError
        if doubts:
            workflow.upsert_memo({MEMO_DOUBTS: doubts})
        failure = _tellable(decode(report.failure))
        report.failure = encode(failure)
        beside = 2 * size_of(report.failure) + len(record)
        report.ledger = await undisturbed(self._travelling(report.ledger or [], beside))
        await self._report(report)
        details: dict[str, Any] = {
            "failure": report.failure,
            "spent": vars(report.spent),
            "rehearsal": state.rehearsal,
            "ledger": report.ledger,
        }
        if keeps_back(self._driver.definition, state.flow, failure):
            details["kept_back"] = True
        if record:
            details["record"] = record
        if report.heard is not None and self._parent is not None:
            details["heard"] = sparse(report.heard)
        if report.costs and self._parent is not None:
            details["costs"] = [sparse(cost) for cost in report.costs]
        raise ApplicationError(failure.message, details, type=failure.kind, non_retryable=True)

    def _record(self) -> str:
        """How it went, for those who look at it later. Of a child its parent's notes tell, and its own history."""
        return archived(view(self._driver.definition, self._driver.state)) if self._parent is None else ""

    async def _transportable(self, finish: Finish) -> tuple[Any, References]:
        """The run's value, or a reference to it when it is too large; and what of it is a reference."""
        value, references = parted(finish.value)
        if size_of(value) <= LARGEST_PAYLOAD:
            return value, references
        kept = await self._kept(finish.exact)
        return parted(Reference(kept["kept"], kept["size"]))

    async def _travelling(self, ledger: list[JSON], beside: int) -> list[JSON]:
        """The run's ledger, or what stands for it where it would be too much with the bytes `beside` it. No history of
        before ends with more, so none needs a mark of this.
        """
        if size_of(ledger) + beside <= LARGEST_END:
            return ledger
        kept = await self._kept(ledger)
        return row_of(kept["kept"], kept["size"])

    async def _kept(self, data: JSON) -> dict[str, Any]:
        """Where the store has `data` now. While it cannot be written that is shown, and waited for."""
        keeper = self._driver.keeper
        while (kept := await keeper.keep(data)) is None:
            self._show()
            await keeper.paused()
        self._show()
        found: dict[str, Any] = kept
        return found

    async def _report(self, report: ChildReport) -> None:
        """Tell a parent how this run ended: one that has continued as new, and has no handle any more, or one that
        could not be told otherwise what a cancelled run spent. A parent that is gone needs no report.
        """
        if self._report_to is None:
            return
        report.command, report.child = self._report_to.command, workflow.info().workflow_id
        parent = workflow.get_external_workflow_handle(self._report_to.workflow_id)
        try:
            await undisturbed(parent.signal(CHILD_ENDED_SIGNAL, report))
        except ApplicationError:
            workflow.logger.info("the parent %s has ended", self._report_to.workflow_id)


def _tellable(failure: Failure) -> Failure:
    """A failure that can stand in history: without its details, and the end of its message, when it is too large."""
    if size_of(encode(failure)) <= LARGEST_FAILURE:
        return failure
    return replace(failure, message=failure.message[:LONGEST_MESSAGE], details=None)


async def _make_cancelled(requested: bool) -> None:
    """A run ends as CANCELED only when a cancel was requested in this very run; after a continue that is no longer so.

    It asks for its own cancel, by an activity, because the server refuses that from a workflow to itself.
    """
    if workflow.cancellation_reason() is not None or not requested:
        return
    try:
        await workflow.execute_activity(
            CANCEL_RUN_ACTIVITY,
            workflow.info().workflow_id,
            start_to_close_timeout=CANCEL_TIMEOUT,
            cancellation_type=workflow.ActivityCancellationType.ABANDON,
        )
        await workflow.wait_condition(lambda: False)
    except (asyncio.CancelledError, ActivityError):  # the cancel that was asked for
        return
