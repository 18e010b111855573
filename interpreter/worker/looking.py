"""How a run stands, found out from its history here: no task of it is taken, so it does not go on because of that.

The machine is pure, so a replay of the history gives the state that the latest workflow task left; what has come since
then has not been decided by anybody. The view is made before the replay is torn down, because that cancels what waits.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
)

from interpreter.boundary.payloads import ChildReport
from interpreter.boundary.view import RunView
from interpreter.converter.failures import SAID_INSTEAD
from interpreter.stores.store import ObjectStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.workflow.run import FlowWorkflow

_TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_OF_UPDATES = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
)
_MESSAGE = re.compile(r'Failure \{ message: "((?:[^"\\]|\\.)*)"')
LONGEST_REASON = 300
LONGEST = 20.0
"""Seconds for one replay."""


class Unreadable(Exception):
    """The history cannot be replayed here, and why."""


async def look(temporal: TemporalClient, store: ObjectStore, handle: WorkflowHandle[Any, Any]) -> "Look":
    """Raises `Unreadable`."""
    history = _decided(await handle.fetch_history())
    found: list[FlowWorkflow] = []
    runner = _Looking(found)
    try:  # a history of another version may end the replay in any way
        replayer = Replayer(
            workflows=[],
            namespace=temporal.namespace,
            data_converter=temporal.data_converter,
            unsandboxed_workflow_runner=runner,
            interceptors=[_Finding(found)],
            plugins=[FlowPlugin(store=store, rehearse=True)],
        )
        with _in_silence():
            await asyncio.wait_for(replayer.replay_workflow(history), LONGEST)
    except Exception as error:
        raise Unreadable(f"its history cannot be replayed here{_reason(str(error))}") from error
    if runner.seen is None:
        raise Unreadable("its history ends before it begins")
    return runner.seen


@contextmanager
def _in_silence() -> Iterator[None]:
    """What the SDK would log of a history that cannot be replayed, whoever asks is told."""
    logger, nowhere = logging.getLogger("temporalio"), logging.NullHandler()
    before, logger.propagate = logger.propagate, False
    logger.addHandler(nowhere)
    try:
        yield
    finally:
        logger.removeHandler(nowhere)
        logger.propagate = before


def _reason(told: str) -> str:
    """What was wrong, out of all that the SDK tells of a task that failed; nothing where that is encrypted."""
    said = _MESSAGE.search(told)
    words = (said[1] if said is not None else told).replace('\\"', '"')
    return "" if words == SAID_INSTEAD else f": {words[:LONGEST_REASON]}"


def _decided(history: WorkflowHistory) -> WorkflowHistory:
    """As far as a workflow task has told of it: up to what the latest one that was carried out has asked for."""
    ends = [place for place, event in enumerate(history.events) if event.event_type == _TASK_COMPLETED]
    if not ends:
        raise Unreadable("no worker has begun it yet")
    after = ends[-1] + 1
    asked = takewhile(_is_of_a_task, history.events[after:])
    return WorkflowHistory(history.workflow_id, [*history.events[:after], *asked])


def _is_of_a_task(event: HistoryEvent) -> bool:
    attributes = getattr(event, event.WhichOneof("attributes") or "")
    return event.event_type in _OF_UPDATES or hasattr(attributes, "workflow_task_completed_event_id")


class Look:
    """The run as it stood when its latest task was over."""

    def __init__(self, flow: FlowWorkflow) -> None:
        self.view: RunView = flow.state()
        self.report: ChildReport = flow.report()


class _Looking(UnsandboxedWorkflowRunner):
    """Looks at the workflow just before it is put away."""

    def __init__(self, found: list[FlowWorkflow]) -> None:
        self._found = found
        self.seen: Look | None = None

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = super().create_instance(det)
        activate = instance.activate

        def looked_at(act: Any) -> Any:
            if self._found and any(job.HasField("remove_from_cache") for job in act.jobs):
                self.seen = Look(self._found[0])
            return activate(act)

        instance.activate = looked_at  # type: ignore[method-assign]
        return instance


class _Finding(Interceptor):
    """Finds the object of the workflow when it begins."""

    def __init__(self, found: list[FlowWorkflow]) -> None:
        self._found = found

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        found = self._found

        class Finder(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                found.append(workflow.instance())
                return await super().execute_workflow(input)

        return Finder
