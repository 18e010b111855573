"""What a history tells by itself, of a run that left no record and has no worker: one that was terminated, a child, one
that waits for somebody to carry it on.

It knows the calls, the runs below and the answers, by path and time; not what was noted beside them, nor what was
spent.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from interpreter.boundary import names
from interpreter.boundary.carried import Carried
from interpreter.boundary.payloads import Answer
from interpreter.boundary.tell import Tell
from interpreter.boundary.view import Note
from interpreter.client.failures import words_of
from interpreter.client.waiting import OURS

if TYPE_CHECKING:
    from interpreter.client.run import Run

_ENDS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: "completed",
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: "failed",
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: "failed",
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED: "cancelled",
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: "completed",
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: "failed",
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT: "failed",
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: "failed",
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED: "cancelled",
}
_OF_AN_UNDO = {"completed": "undone", "failed": "undo_failed"}
_KIND_OF_CALL = {names.CHAT_ACTIVITY: "agent"}


@dataclass
class _Retelling:
    notes: list[Note] = field(default_factory=list)
    begun: dict[int, Note] = field(default_factory=dict)
    """By the number of the event that asked for it."""

    def note(self, event: HistoryEvent, kind: str, like: Note, detail: str = "") -> Note:
        at = event.event_time.seconds + event.event_time.nanos / 1e9
        note = Note(len(self.notes) + 1, at, kind, like.path, like.name, like.node, like.attempt, detail)
        self.notes.append(note)
        return note


async def retold(run: "Run") -> list[Note]:
    """The notes that the history of its latest execution comes to."""
    telling, converter = _Retelling(), run.temporal.data_converter
    async for event in run.handle.fetch_history_events():
        begun = _begun(event, run.id) or await _carried(event, run.id, converter)
        if begun is not None:
            kind = "undoing" if begun.node == "undo" else "attempt" if begun.attempt > 1 else "started"
            telling.begun[event.event_id] = telling.note(event, kind, begun, begun.detail)
        elif event.event_type in _ENDS:
            await _ended(telling, event, converter)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            await _answered(telling, event, converter)
    return telling.notes


def _begun(event: HistoryEvent, parent: str) -> Note | None:
    """The call or the run below that an event asks for."""
    call = event.activity_task_scheduled_event_attributes
    if call.activity_id:
        tool = call.activity_type.name
        return None if tool.startswith(OURS) and tool not in _KIND_OF_CALL else _call(call.activity_id, tool)
    below = event.start_child_workflow_execution_initiated_event_attributes
    if below.workflow_id and below.workflow_type.name != names.CARRIER:
        path = _path_of(below.workflow_id, parent)
        return Note(0, 0, "", path, path, "flow", 0, below.workflow_id)
    return None


async def _carried(event: HistoryEvent, parent: str, converter: DataConverter) -> Note | None:
    """A call that a workflow of its own is asked for."""
    below = event.start_child_workflow_execution_initiated_event_attributes
    if below.workflow_type.name != names.CARRIER:
        return None
    carried, *_ = await converter.decode(list(below.input.payloads), [Carried])
    return _call(_path_of(below.workflow_id, parent), carried.call.get("tool", names.CHAT_ACTIVITY))


def _call(id_: str, tool: str) -> Note:
    path, _, attempt = id_.partition("~")
    inside = path.rsplit("/", 1)
    number = int(attempt) if attempt.isdecimal() else 1
    step = names.path_of_an_undo(path)
    if step is not None:
        return Note(0, 0, "", path, step, "undo", number, tool)
    path = inside[0] if inside[-1] == "verify" else path
    return Note(0, 0, "", path, path, _KIND_OF_CALL.get(tool, "tool"), number, tool)


def _path_of(child: str, parent: str) -> str:
    """The path of the step in the id of a run that it started (`names.child_id`)."""
    ours = names.parent_of(child, parent) is not None or names.is_detached(child, parent)
    return child.removeprefix(f"{parent}/").partition("/")[2] if ours else child


async def _ended(telling: _Retelling, event: HistoryEvent, converter: DataConverter) -> None:
    attributes = getattr(event, event.WhichOneof("attributes") or "")
    asked = getattr(attributes, "scheduled_event_id", 0) or getattr(attributes, "initiated_event_id", 0)
    begun = telling.begun.get(asked)
    if begun is None:
        return
    kind = _ENDS[event.event_type]
    kind = _OF_AN_UNDO.get(kind, kind) if begun.node == "undo" else kind
    reason = await _reason(attributes.failure, converter) if hasattr(attributes, "failure") else ""
    telling.note(event, kind, begun, reason)


async def _reason(failure: Failure, converter: DataConverter) -> str:
    kind, words = failure.application_failure_info.type, await words_of(converter, failure)
    return f"{kind}: {words}" if kind else words


async def _answered(telling: _Retelling, event: HistoryEvent, converter: DataConverter) -> None:
    given = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
    if given.name == names.TELL_UPDATE and given.args.payloads:
        (tell,) = await converter.decode(list(given.args.payloads), [Tell])
        step = tell.step or "an agent"
        telling.note(event, "told", Note(0, 0, "", step, step, "agent"), f"by {tell.by}: {tell.text}")
        return
    if given.name != names.ANSWER_UPDATE or not given.args.payloads:
        return
    (answer,) = await converter.decode(list(given.args.payloads), [Answer])
    for_ = f" for {answer.group}" if answer.group else ""
    said = f"{answer.decision} by {answer.by}{for_}" + (f": {answer.note}" if answer.note else "")
    name = answer.question.rsplit("/", 1)[-1]
    telling.note(event, "voted", Note(0, 0, "", answer.question, name, "approval"), said)
