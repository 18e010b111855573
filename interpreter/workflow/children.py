"""Child runs. They outlive a parent that continues as new, so they are started as `ABANDON` and this module does the
rest.

The end of a child reaches its parent in every case, and counts once:

- While the execution that started it lasts, it comes by its native handle.
- That handle dies with the execution. So before the parent continues, each open child is told to report by signal, and
  the acknowledgement is awaited: from then on the request stands in the child's history. The signal is refused only
  when the child has ended; then its end is about to come by the handle, and the parent does not continue yet.
- A child that was told signals its end to the parent's workflow id, which is the same in every execution. When the end
  comes both ways, the second finds nothing pending.
- One that is terminated never reports. So a parent that has continued looks after told children from time to time.

A cancel goes by workflow id: a handle's cancel names the child's first run and is lost once the child has continued. It
waits for the start, because before that there is nobody to cancel.

All that a child is started with is kept twice, in its history and in its parent's, for each of maybe thousands. So it
is told nothing that follows from its id or stands in the run above it: its place is the end of its id, hash and
requester are those of the run that people started, and it has search attributes when it waits for people or has spent
something (`showing.py`). What it is of is the beginning of its history.

One that is detached is a run of its own: it is told of no parent, and its id names none, so nobody waits for it, looks
after it or takes it for an orphan; it is found by its flow. Its step is over when its start is acknowledged.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError

from dsl.values.references import parted
from interpreter.boundary.beginnings import line
from interpreter.boundary.names import (
    DESCRIBE_RUN_ACTIVITY,
    FLOW_ATTRIBUTE,
    MEMO_FLOW,
    REPORT_SIGNAL,
    WORKFLOW,
    child_id,
    detached_id,
    path_of_child,
)
from interpreter.boundary.payloads import (
    JSON,
    ChildReport,
    DescribeRunRequest,
    HeardOfModels,
    ParentLink,
    ReportRequest,
    RunInput,
    RunResult,
)
from interpreter.boundary.sparse import sparse
from interpreter.core.commands import StartChild
from interpreter.core.events import ChildEnded, ChildStarted
from interpreter.core.wording import title
from interpreter.workflow.beside import report_joined
from interpreter.workflow.keeping import whole_ledger
from interpreter.workflow.limits import size_of
from interpreter.workflow.outcomes import child_event
from interpreter.workflow.showing import is_indexed

FIRST_CHECK = timedelta(minutes=1)
LONGEST_CHECK = timedelta(hours=1)
"""How often a parent that has continued looks after its children: doubling waits between the two."""
CHECK_TIMEOUT = timedelta(seconds=30)


def parent_link() -> ParentLink | None:
    """Who waits for this run, as far as its own id says it."""
    info = workflow.info()
    path = path_of_child(info.workflow_id, info.parent.workflow_id) if info.parent is not None else None
    return ParentLink(info.parent.workflow_id, path) if info.parent is not None and path is not None else None


class Children:
    """`told` maps the command of a child that reports by signal to its workflow id, over continue-as-new."""

    def __init__(self, run_input: RunInput, arrived: Callable[[Callable[[], Any]], None]) -> None:
        self._input = run_input
        self._arrived = arrived
        self.told: dict[str, str] = dict(run_input.children)
        self._awaited_before = set(self.told)
        self._ended_early: set[str] = set()
        self._open: dict[str, str] = {}
        self._starting: set[str] = set()
        self._signalling = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def settled(self) -> bool:
        """Whether no start, signal or cancel waits for its acknowledgement."""
        return not self._starting and self._signalling == 0

    @property
    def in_flight(self) -> int:
        return len(self._starting) + len(self._open)

    def size(self, command: StartChild) -> int:
        """The bytes that starting it sends."""
        return len(self._input.definition.inline or "") + size_of(parted(command.input))

    def runs(self, id_: str) -> bool:
        """Whether a child has run since before a continue. Its end may have come before anybody asks that: with the
        first workflow task, whose signals are handled before any command is carried out.
        """
        return id_ in self.told or id_ in self._ended_early

    def start(self, command: StartChild) -> None:
        self._starting.add(command.id)
        self._go(self._run(command))

    def look_after(self, id_: str) -> None:
        """Go on waiting, after a continue, for a child that runs; the end of one that has ended is on its way in."""
        self._awaited_before.discard(id_)
        if id_ in self._ended_early:
            self._ended_early.discard(id_)
            return
        self._go(self._look_after(id_))

    def cancel(self, id_: str) -> None:
        self._signalling += 1
        self._go(self._cancel(id_))

    def reported(self, report: ChildReport) -> None:
        """By a child of this run, or by one of a run that was terminated, and had this one's id before it."""
        if report.child and report.child != self._id_of(report.command):
            return
        self._finish(ChildEnded(workflow.time(), report.command, report_joined(report)))

    async def tell_all_to_report(self) -> bool:
        """Ask each open child to report; False when one has just ended, so its event is about to come."""
        info = workflow.info()
        for id_, workflow_id in list(self._open.items()):
            if id_ in self.told:
                continue
            request = ReportRequest(ParentLink(info.workflow_id, id_))
            try:
                await workflow.get_external_workflow_handle(workflow_id).signal(REPORT_SIGNAL, request)
            except ApplicationError:
                return False
            if id_ in self._open:
                self.told[id_] = workflow_id
        return True

    def _go(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._gone)

    def _gone(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._arrived(task.result)  # raises there

    async def _run(self, command: StartChild) -> None:
        workflow_id, indexed = self._workflow_id(command), is_indexed()
        attributes = _attributes(command) if indexed and command.detached else None
        try:
            handle = await workflow.start_child_workflow(
                WORKFLOW,
                self._begins_with(command),
                id=workflow_id,
                result_type=RunResult,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.ABANDON,
                task_timeout=workflow.info().task_timeout,
                memo=None if indexed else {MEMO_FLOW: command.flow},
                static_summary=None if self._is_told_by_its_id(command) else command.summary,
                search_attributes=attributes,
            )
        except FailureError as error:
            self._finish(child_event(command.id, workflow.time(), None, error))
            return
        self._starting.discard(command.id)
        if command.detached:
            handle.add_done_callback(_unheard)
            self._arrived(lambda: ChildStarted(workflow.time(), command.id, workflow_id))
            return
        self._open[command.id] = workflow_id
        try:
            result = await handle
            event = child_event(command.id, workflow.time(), result, None)
        except FailureError as error:
            event = child_event(command.id, workflow.time(), None, error)
        if event.report.outcome == "lost":
            event = await self._asked(event)
        self._finish(event)

    async def _asked(self, event: ChildEnded) -> ChildEnded:
        """A child that did not end by itself has not said what it leaves behind: its history is asked."""
        report = await self._describe(event.id, self._open[event.id])
        return event if report is None else ChildEnded(workflow.time(), event.id, report)

    async def _describe(self, id_: str, workflow_id: str) -> ChildReport | None:
        report: ChildReport | None = await workflow.execute_activity(
            DESCRIBE_RUN_ACTIVITY,
            DescribeRunRequest(workflow_id, id_),
            result_type=ChildReport | None,  # type: ignore[arg-type]
            start_to_close_timeout=CHECK_TIMEOUT,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1)),
        )
        return report

    async def _cancel(self, id_: str) -> None:
        try:
            await workflow.wait_condition(lambda: id_ not in self._starting)
            workflow_id = self._open.get(id_) or self.told.get(id_)
            if workflow_id is not None:
                await workflow.get_external_workflow_handle(workflow_id).cancel()
        except ApplicationError:
            workflow.logger.debug("the child %s has just ended", id_)
        finally:
            self._signalling -= 1

    async def _look_after(self, id_: str) -> None:
        wait = FIRST_CHECK
        while True:
            await workflow.sleep(wait, summary=f"look after {title(id_)}")
            workflow_id = self.told.get(id_)
            if workflow_id is None:
                return
            wait = min(wait * 2, LONGEST_CHECK)
            report = await self._describe(id_, workflow_id)
            if report is not None:
                self.reported(report)

    def _finish(self, event: ChildEnded) -> None:
        if event.report.ledger:
            event.report.ledger = whole_ledger(event.report.ledger)
        self._starting.discard(event.id)
        self._open.pop(event.id, None)
        self.told.pop(event.id, None)
        if event.id in self._awaited_before:
            self._ended_early.add(event.id)
        self._arrived(lambda: event)

    def _workflow_id(self, command: StartChild) -> str:
        return self._id_of(command.id, detached_id if command.detached else child_id)

    def _id_of(self, command: str, made: Callable[[str, str, str], str] = child_id) -> str:
        info = workflow.info()
        return made(info.workflow_id, info.first_execution_run_id, command)

    def _is_told_by_its_id(self, command: StartChild) -> bool:
        """Whether its path stands in its id, as it does unless that would be too long."""
        return path_of_child(self._workflow_id(command), workflow.info().workflow_id) == command.id

    def _begins_with(self, command: StartChild) -> JSON:
        """Its input without what has its default, and in a line what that can say."""
        given = self._child_input(command)
        said = line(given.definition, given.flow, command.lease)
        if not said:
            return sparse(given)
        rest = {name: value for name, value in sparse(given).items() if name not in ("definition", "flow", "lease")}
        return {"child": said, **rest}

    def _child_input(self, command: StartChild) -> RunInput:
        input_, references = parted(command.input)
        parent = workflow.info().workflow_id
        link, heard = ParentLink(parent, command.id), command.heard or HeardOfModels()
        return RunInput(
            definition=self._input.definition,
            flow=command.flow,
            input=input_,
            references=references,
            requester=self._input.requester,
            prices=self._input.prices,
            max_output=self._input.max_output | heard.max_output,
            refuses=self._input.refuses | heard.refuses,
            lanes=self._input.lanes,
            caps=self._input.caps,
            config=self._input.config,
            locks=list(command.locks),
            lease=command.lease,
            parent=None if command.detached or self._is_told_by_its_id(command) else link,
            options=self._input.options,
            rehearsal=command.rehearsal,
        )


def _unheard(ended: "asyncio.Task[Any]") -> None:
    """How it ended is nobody's business here."""
    if not ended.cancelled():
        ended.exception()


def _attributes(command: StartChild) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE), command.flow)])
