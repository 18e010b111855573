"""The runs that a server knows, and those that are stuck, with the reason in plain words."""

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import EventType, PendingWorkflowTaskState
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from interpreter.boundary import names
from interpreter.client.carried import begun_with
from interpreter.client.errors import ClientError
from interpreter.client.failures import words_of
from interpreter.client.run import Run
from interpreter.client.statuses import status_word
from interpreter.encryption.errors import EncryptionError

logger = logging.getLogger(__name__)

RECENT_EVENTS = 20
"""Among them is how the first try of a workflow task ended; later ones leave no event."""

_ENDS_OF_TASKS = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
)

MOST_BELOW = 200
"""Runs below one that are looked at."""


@dataclass(frozen=True)
class RunSummary:
    """A run in a list. `status`: `running completed failed cancelled terminated timed_out continued`."""

    id: str
    flow: str
    hash: str
    status: str
    started: datetime
    closed: datetime | None
    task_queue: str
    doubts: int = 0
    """How many of its effects nobody knows of, or could not be undone: of a run that has ended."""
    stuck: str | None = None
    """Why the run does not go on: of one that waits for an object of the store; of any, when it was asked about."""
    rehearsal: bool = False
    """Whether answers of models were made up in it."""
    staged: bool = False
    """Whether it writes nothing."""
    repairs: str = ""
    """The run that it repairs: of a repair."""


async def list_runs(
    client: TemporalClient, *, flow: str | None, status: str | None, children: bool = False
) -> AsyncIterator[RunSummary]:
    """The latest first. Neither executions that only continued as new nor `children` are runs of their own, nor what
    only records what somebody has settled.
    """
    query = f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus != 'ContinuedAsNew'"
    async for execution in client.list_workflows(query):
        parent = execution.parent_id
        if parent is not None and not children and not names.is_detached(execution.id, parent):
            continue
        if not children and (await _memo(execution)).get(names.MEMO_RECORDS):
            continue
        if status not in (None, status_word(execution.status)):
            continue
        summary = await _summary(client, execution)
        if flow is None or summary.flow == flow:
            yield summary


async def why_stuck(client: TemporalClient, run: Run) -> str | None:
    """The failure that a workflow task repeats, or None when it does not: one that ran out of time once may only have
    lost its worker.
    """
    raw = (await run.describe()).raw_description
    task = raw.pending_workflow_task
    if task.attempt <= 1:
        return None
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=Execution(workflow_id=run.id, run_id=raw.workflow_execution_info.execution.run_id),
        maximum_page_size=RECENT_EVENTS,
    )
    history = (await client.workflow_service.get_workflow_execution_history_reverse(request)).history
    first = next((event for event in history.events if event.event_type in _ENDS_OF_TASKS), None)
    if first is not None and first.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        failure = first.workflow_task_failed_event_attributes.failure
        words = _in_plain_words(await words_of(client.data_converter, failure))
        times = "once" if task.attempt == 2 else f"{task.attempt - 1} times"
        return f"its workflow task has failed {times}: {words}"
    if task.attempt == 2:
        return None
    if task.state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED:
        return f"its workflow task has been tried {task.attempt} times; a worker has it now"
    return f"its workflow task has been tried {task.attempt} times; no worker finished it in time"


async def stuck_below(run: Run) -> list[RunSummary]:
    """The runs below `run`, its children and theirs, that do not go on, and why: their ids begin with its own. What
    carries a call is among them.
    """
    query = f"{_ids_below(run, names.WORKFLOW, names.CARRIER)} AND ExecutionStatus = 'Running'"
    found = []
    async for execution in run.temporal.list_workflows(query, limit=MOST_BELOW):
        if names.parent_of(execution.id, run.id) is None:
            continue
        is_run = execution.workflow_type == names.WORKFLOW
        summary = await _summary(run.temporal, execution) if is_run else _carrier(execution)
        reason = await why_stuck(run.temporal, replace(run, id=summary.id)) or summary.stuck
        if reason is not None:
            found.append(replace(summary, stuck=reason))
    return found


async def runs_below(run: Run) -> list[str]:
    """The ids of the runs that `run` has started, and those in turn, detached ones too: one more than `MOST_BELOW` at
    most. An earlier run of the same id has others.
    """
    mark = (await run.first_run_id())[-names.MARK_OF_AN_EXECUTION :]
    query = f"{_ids_below(run, names.WORKFLOW)} AND ExecutionStatus != 'ContinuedAsNew'"
    ours = (f"{run.id}/{mark}/", f"{run.id}/~{mark}/")
    found: list[str] = []
    async for execution in run.temporal.list_workflows(query):
        if execution.id.startswith(ours) and len(found) <= MOST_BELOW:
            found.append(execution.id)
    return found


def _ids_below(run: Run, *types: str) -> str:
    """A query for whatever of these types has an id that begins as those of its children do."""
    prefix = f"{run.id}/".replace("\\", "\\\\").replace("'", "\\'")
    ours = ", ".join(f"'{each}'" for each in types)
    return f"WorkflowType IN ({ours}) AND WorkflowId STARTS_WITH '{prefix}'"


def lacking(memo: Mapping[str, Any]) -> str | None:
    """What the run waits for, when that is an object of the store that cannot be read."""
    waits: Mapping[str, str] = memo.get(names.MEMO_LACKING) or {}
    return "; ".join(f"{path} {reason}" for path, reason in waits.items()) or None


async def _memo(execution: WorkflowExecution) -> Mapping[str, Any]:
    """What cannot be decrypted is said in place of the flow's name: the list goes on."""
    try:
        return await execution.memo()
    except EncryptionError as error:
        how = f"encrypted with the key {error.key}" if error.key else "not encrypted"
    except KeyError:  # a client of the caller's own, whose converter does not know what encrypted payloads are
        how = "encrypted"
    return {names.MEMO_FLOW: f"? ({how})"}


async def what_it_is_of(
    client: TemporalClient, execution: WorkflowExecution, memo: Mapping[str, Any]
) -> tuple[str, str]:
    """Its flow and the hash of its definition, empty where they cannot be had. Of a child the beginning of its history
    says them."""
    flow = memo.get(names.MEMO_FLOW) or _attribute(execution, names.FLOW_ATTRIBUTE)
    hash = memo.get(names.MEMO_HASH) or _attribute(execution, names.HASH_ATTRIBUTE)
    if execution.parent_id is not None and not (flow and hash):
        try:
            given = await begun_with(client, execution.id, execution.run_id)
            return given.flow, given.definition.hash
        except (ClientError, EncryptionError, KeyError, RPCError) as error:
            logger.debug("what the run %s is of cannot be read: %s", execution.id, error)
    return str(flow or ""), str(hash or "")


def _attribute(execution: WorkflowExecution, name: str) -> str | None:
    return execution.typed_search_attributes.get(SearchAttributeKey.for_keyword(name))


async def _summary(client: TemporalClient, execution: WorkflowExecution) -> RunSummary:
    memo = await _memo(execution)
    flow, hash = await what_it_is_of(client, execution, memo)
    made_up: list[str] = memo.get(names.MEMO_MADE_UP) or []
    return RunSummary(
        id=execution.id,
        flow=flow or "?",
        hash=hash,
        status=status_word(execution.status),
        started=execution.start_time,
        closed=execution.close_time,
        task_queue=execution.task_queue,
        doubts=int(memo.get(names.MEMO_DOUBTS, 0)),
        stuck=lacking(memo) if execution.status == WorkflowExecutionStatus.RUNNING else None,
        rehearsal=names.REHEARSAL_WORD in made_up,
        staged=names.STAGED_WORD in made_up,
        repairs=str(memo.get(names.MEMO_REPAIRS) or ""),
    )


def _carrier(execution: WorkflowExecution) -> RunSummary:
    """Of no flow: it makes one call of a run."""
    return RunSummary(
        id=execution.id,
        flow="?",
        hash="",
        status=status_word(execution.status),
        started=execution.start_time,
        closed=execution.close_time,
        task_queue=execution.task_queue,
        doubts=0,
    )


_KNOWN_CAUSES = (
    ("TMPRL1100", "this version of the interpreter does not repeat what the run did (non-determinism)"),
    ("TMPRL1101", "a step of the interpreter took longer than two seconds without pause"),
    ("is damaged", "an object in the worker's store is damaged"),
    ("MissingObject", "the worker's store does not hold an object that the run needs"),
    ("no object", "the worker's store does not hold an object that the run needs"),
)


def _in_plain_words(message: str) -> str:
    cause = next((words for sign, words in _KNOWN_CAUSES if sign in message), None)
    return f"{cause} ({message})" if cause else message
