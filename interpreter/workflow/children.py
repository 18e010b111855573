"""Child runs: called flows. How they outlive a parent that continues as new, and their ends reach it, is said in
`outliving.py`.

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
from temporalio.exceptions import FailureError

from dsl.values.references import parted
from interpreter.boundary.beginnings import line
from interpreter.boundary.names import (
    DESCRIBE_RUN_ACTIVITY,
    FLOW_ATTRIBUTE,
    MEMO_FLOW,
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
    RunInput,
    RunResult,
)
from interpreter.boundary.sparse import sparse
from interpreter.core.commands import StartChild
from interpreter.core.events import ChildEnded, ChildStarted
from interpreter.workflow.beside import report_joined
from interpreter.workflow.keeping import whole_ledger
from interpreter.workflow.limits import size_of
from interpreter.workflow.outcomes import child_event
from interpreter.workflow.outliving import CHECK_TIMEOUT, Outliving
from interpreter.workflow.showing import is_indexed


def parent_link() -> ParentLink | None:
    """Who waits for this run, as far as its own id says it."""
    info = workflow.info()
    path = path_of_child(info.workflow_id, info.parent.workflow_id) if info.parent is not None else None
    return ParentLink(info.parent.workflow_id, path) if info.parent is not None and path is not None else None


class Children(Outliving):
    def __init__(self, run_input: RunInput, arrived: Callable[[Callable[[], Any]], None]) -> None:
        super().__init__(run_input.children, arrived)
        self._input = run_input
        self._awaited_before = set(self.told)
        self._ended_early: set[str] = set()

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
        self._tasks.go(self._run(command))

    def look_after(self, id_: str) -> None:
        """Go on waiting, after a continue, for a child that runs; the end of one that has ended is on its way in."""
        self._awaited_before.discard(id_)
        if id_ in self._ended_early:
            self._ended_early.discard(id_)
            return
        self._tasks.go(self._look_after(id_))

    def reported(self, report: ChildReport) -> None:
        """By a child of this run, or by one of a run that was terminated, and had this one's id before it."""
        if report.child and report.child != self._id_of(report.command):
            return
        self._finish(ChildEnded(workflow.time(), report.command, report_joined(report)))

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
        if command.detached:
            self._starting.discard(command.id)
            handle.add_done_callback(_unheard)
            self._arrived(lambda: ChildStarted(workflow.time(), command.id, workflow_id))
            return
        self._begun(command.id, workflow_id)
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

    async def _look(self, id_: str, workflow_id: str) -> None:
        report = await self._describe(id_, workflow_id)
        if report is not None:
            self.reported(report)

    def _finish(self, event: ChildEnded) -> None:
        if event.report.ledger:
            event.report.ledger = whole_ledger(event.report.ledger)
        self._forget(event.id)
        if event.id in self._awaited_before:
            self._ended_early.add(event.id)
        self._arrived(lambda: event)

    def _workflow_id(self, command: StartChild) -> str:
        return self._id_of(command.id, detached_id if command.detached else child_id)

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
