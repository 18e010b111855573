"""A query that brings what no workflow task has told the run yet: the run does not take it from there.

`tests/durability/test_asked_while_workers_are_away.py` makes it happen with processes.
"""

import copy
from typing import Any

import pytest
from temporalio.worker import Replayer

from interpreter.boundary.names import AHEAD_OF_TASK
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.histories.recorded import as_history, recordings


def recorded_call() -> dict[str, Any]:
    """An execution that calls a tool."""
    for recording in recordings():
        for execution in recording.executions():
            if any(event["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" for event in _events(execution)):
                return copy.deepcopy(execution)
    raise AssertionError("no recording calls a tool")


def _events(execution: dict[str, Any]) -> list[dict[str, Any]]:
    history: dict[str, Any] = execution["history"]
    events: list[dict[str, Any]] = history["events"]
    return events


def cut_after_a_call() -> dict[str, Any]:
    """Its history as it is when the call has ended, and no task has told."""
    execution = recorded_call()
    types = [event["eventType"] for event in _events(execution)]
    execution["history"]["events"] = _events(execution)[: types.index("EVENT_TYPE_ACTIVITY_TASK_COMPLETED") + 1]
    return execution


async def replay(execution: dict[str, Any]) -> None:
    await Replayer(workflows=[], plugins=[FlowPlugin(store=MemoryStore())]).replay_workflow(as_history(execution))


async def test_what_no_task_has_told_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    await replay(cut_after_a_call())
    assert AHEAD_OF_TASK in caplog.text


async def test_a_run_that_was_ended_there_can_be_asked(caplog: pytest.LogCaptureFixture) -> None:
    execution = cut_after_a_call()
    last = _events(execution)[-1]
    _events(execution).append(
        {
            "eventId": str(int(last["eventId"]) + 1),
            "eventTime": last["eventTime"],
            "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
            "workflowExecutionTerminatedEventAttributes": {"reason": "a test"},
        }
    )
    await replay(execution)
    assert AHEAD_OF_TASK not in caplog.text
