"""What a run waits for in vain: a task queue that no worker polls looks, from outside, exactly like a slow step."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import PendingActivityState, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary import names

POLL_FRESH = timedelta(seconds=70)
"""A poll lasts at most a minute: a worker that has not asked for longer is gone, though the server still lists it."""

OURS = "steadflow."
MOST_CARRIERS = 20
"""Of one run that are looked at: each is asked for."""


@dataclass(frozen=True)
class MissingWorker:
    """Nothing polls `queue`. `tools` are the calls that wait there; none: the run itself waits."""

    queue: str
    tools: tuple[str, ...]
    since: datetime

    @property
    def advice(self) -> str:
        """What to do, as a sentence."""
        return self.advice_at("")

    def advice_at(self, server: str) -> str:
        """`server`: the options of a command that say which it is."""
        if self.queue.startswith(names.LANE):
            provider = self.queue.removeprefix(names.LANE)
            return (
                f"no worker asks the models of the provider {provider}, for which the run waits; "
                f"start one with [providers.{provider}] in its steadflow.toml, and the key in its environment"
            )
        waits = f"the tool {', '.join(self.tools)}" if self.tools else "the run"
        return (
            f"nothing works on the task queue {self.queue}, where {waits} waits; "
            f"start a worker: dsl worker --task-queue {shlex.quote(self.queue)} --tools MODULE{server}"
        )


@dataclass(frozen=True)
class WaitingCall:
    """A call that is asked for, and that no worker has taken yet: all are busy, or there is none (`MissingWorker`)."""

    path: str
    name: str
    queue: str
    since: datetime


Pending = tuple[str, PendingActivityInfo]
"""A call that is under way, and the id of the workflow that has asked for it: the run, or who carries it."""


async def with_carriers(client: TemporalClient, run: WorkflowExecutionDescription) -> list[Pending]:
    """The calls that are under way for the run, and those that are carried beside it. Which those are the server says
    of the execution that has begun them; of earlier ones they are looked for.
    """
    raw = run.raw_description
    below = [child.workflow_id for child in raw.pending_children if child.workflow_type_name == names.CARRIER]
    first = raw.workflow_execution_info.first_run_id
    if first != run.run_id and run.status == WorkflowExecutionStatus.RUNNING:
        open_ones = client.list_workflows(names.carriers_of(run.id, first), limit=MOST_CARRIERS)
        below += [each.id async for each in open_ones if each.id not in below]
    calls = [(run.id, call) for call in raw.pending_activities]
    for carrier in below[:MOST_CARRIERS]:
        try:
            found = (await client.get_workflow_handle(carrier).describe()).raw_description
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue  # it has been over for as long as histories are kept
        calls += [(carrier, call) for call in found.pending_activities]
    return calls


def waiting_calls(calls: Iterable[Pending]) -> list[WaitingCall]:
    """Those of tools and models that nobody has taken yet."""
    return [
        WaitingCall(
            activity.activity_id,
            activity.activity_type.name,
            activity.activity_options.task_queue.name,
            activity.scheduled_time.ToDatetime(tzinfo=UTC),
        )
        for _, activity in calls
        if activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    ]


async def missing_workers(client: TemporalClient, run: WorkflowExecutionDescription) -> list[MissingWorker]:
    """The queues with waiting work of `run` and nobody to do it."""
    raw = run.raw_description
    if run.status != WorkflowExecutionStatus.RUNNING:
        return []
    missing = []
    if not await _is_polled(client, run.task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW):
        missing.append(MissingWorker(run.task_queue, (), _waiting_since(raw, run)))
    for queue, waiting in _scheduled_activities(await with_carriers(client, run)).items():
        if not await _is_polled(client, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
            tools = tuple(sorted({name for name, _ in waiting if not name.startswith(OURS)}))
            missing.append(MissingWorker(queue, tools or (names.CHAT_ACTIVITY,), min(since for _, since in waiting)))
    return missing


async def is_polled(client: TemporalClient, queue: str) -> bool:
    """Whether a worker that carries out runs has asked at `queue` lately; one that was killed has, for a minute."""
    return await _is_polled(client, queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)


def _waiting_since(raw: DescribeWorkflowExecutionResponse, run: WorkflowExecutionDescription) -> datetime:
    if raw.HasField("pending_workflow_task"):
        return raw.pending_workflow_task.scheduled_time.ToDatetime(tzinfo=UTC)
    return run.start_time


def _scheduled_activities(calls: Iterable[Pending]) -> dict[str, list[tuple[str, datetime]]]:
    """The activities that nobody has taken yet, by task queue: name, and since when."""
    waiting: dict[str, list[tuple[str, datetime]]] = {}
    for _, activity in calls:
        if activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
            queue = activity.activity_options.task_queue.name
            since = activity.scheduled_time.ToDatetime(tzinfo=UTC)
            waiting.setdefault(queue, []).append((activity.activity_type.name, since))
    return waiting


async def _is_polled(client: TemporalClient, queue: str, kind: TaskQueueType.ValueType) -> bool:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    answer = await client.workflow_service.describe_task_queue(request)
    now = datetime.now(UTC)
    return any(now - poller.last_access_time.ToDatetime(tzinfo=UTC) < POLL_FRESH for poller in answer.pollers)
