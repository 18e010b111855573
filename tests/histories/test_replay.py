"""Every history that was ever recorded replays: what runs today understands the runs of yesterday."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.histories.record import CONTINUED, IDENTITY, PLAIN
from tests.histories.recorded import FOLDER, Recording, as_history, recordings
from tests.house.checkout import git

LARGEST = 300_000


def replayer() -> Replayer:
    return Replayer(workflows=[], plugins=[FlowPlugin(store=MemoryStore())])


@pytest.mark.parametrize("recording", recordings(), ids=lambda recording: recording.name)
async def test_replays(recording: Recording) -> None:
    for execution in recording.executions():
        await replayer().replay_workflow(as_history(execution))


def test_each_version_has_its_recordings() -> None:
    for version in (folder for folder in FOLDER.iterdir() if folder.is_dir() and folder.name != "__pycache__"):
        names = {recording.path.stem for recording in recordings() if recording.path.parent == version}
        assert names >= {*PLAIN, *(f"{name}-continued" for name in CONTINUED)}


def test_chains_and_children_are_among_them() -> None:
    executions = {recording.name: recording.executions() for recording in recordings()}
    chains = [name for name, found in executions.items() if len(found) > len({one["id"] for one in found})]
    families = [name for name, found in executions.items() if len({one["id"] for one in found}) > 1]
    assert len(chains) >= 8
    assert len(families) >= 3


@pytest.mark.parametrize("recording", recordings(), ids=lambda recording: recording.name)
def test_recordings_are_small_and_name_no_machine(recording: Recording) -> None:
    text = recording.path.read_text(encoding="utf-8")
    assert len(text) < LARGEST
    assert "stackTrace" not in text
    assert _identities(json.loads(text)) <= {IDENTITY, "history-service"}


def test_none_was_ever_deleted() -> None:
    """Where git can tell."""
    deleted = git("log", "--diff-filter=D", "--name-only", "--format=", "--", str(FOLDER / "*.json"))
    assert (deleted or "").split() == []


def _other_activity(events: list[dict[str, Any]]) -> None:
    _attributes(events, "activityTaskScheduledEventAttributes")["activityType"]["name"] = "another.tool"


def _other_step(events: list[dict[str, Any]]) -> None:
    _attributes(events, "activityTaskScheduledEventAttributes")["activityId"] = "main/other"


def _timer_instead(events: list[dict[str, Any]]) -> None:
    event = next(event for event in events if "activityTaskScheduledEventAttributes" in event)
    done = event["activityTaskScheduledEventAttributes"]["workflowTaskCompletedEventId"]
    del event["activityTaskScheduledEventAttributes"]
    event["eventType"] = "EVENT_TYPE_TIMER_STARTED"
    event["timerStartedEventAttributes"] = {
        "timerId": "1",
        "startToFireTimeout": "1s",
        "workflowTaskCompletedEventId": done,
    }


@pytest.mark.parametrize("change", [_other_activity, _other_step, _timer_instead])
async def test_one_altered_command_is_noticed(change: Callable[[list[dict[str, Any]]], None]) -> None:
    recording = next(one for one in recordings() if one.path.stem == "tool_retry")
    execution = copy.deepcopy(recording.executions()[0])
    change(execution["history"]["events"])
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(as_history(execution))


def _attributes(events: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    attributes: dict[str, Any] = next(event[kind] for event in events if kind in event)
    return attributes


def _identities(data: Any) -> set[str]:
    if isinstance(data, dict):
        own = {data["identity"]} if isinstance(data.get("identity"), str) else set()
        return own.union(*(_identities(value) for value in data.values()))
    return set().union(*(_identities(item) for item in data)) if isinstance(data, list) else set()
