"""What agents were told and what they answered, as the history of a run and the store tell it.

An attempt at a model has a request and an answer in history. Where the agent had a conversation, the answer has the
reference of the last chunk of it, and the request says how many of the messages before were shown; so from the latest
answer of a step follows all that its agent has been told and has said. No worker is asked, and a run that is over tells
as much as one under way.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from dsl.diagnostics.inert import inert
from dsl.expressions.values import Reference
from dsl.values import chunks
from dsl.values.codec import load
from dsl.values.conversations import Message, text_of
from interpreter.boundary.names import CARRIER, CHAT_ACTIVITY
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult
from interpreter.client.errors import ClientError, UnknownRun
from interpreter.stores.conversations import readable_messages, reading, whole
from interpreter.stores.kept_files import named
from interpreter.stores.store import ObjectStore, StoreError, read
from interpreter.stores.values import resolve

if TYPE_CHECKING:
    from interpreter.client.run import Run

_TURN = "/turn#"


@dataclass(frozen=True)
class Transcript:
    """Of one step, by its path: the agent, the model that answered last, and `messages` as people read them: `role`,
    `text`, and which calls are asked for or answered. `rehearsal`: no model was asked.
    """

    step: str
    agent: str
    model: str
    rehearsal: bool
    instructions: str | None
    messages: list[JSON]


@dataclass
class _Asked:
    """The answers to one step's agent, the last one to each turn."""

    answers: dict[str, tuple[ChatRequest, ChatResult]] = field(default_factory=dict)


async def transcripts(run: "Run") -> list[Transcript]:
    """Of each step that has called an agent, in the order in which they began. Raises `ClientError`."""
    steps: dict[str, _Asked] = {}
    async for handle in _executions(run):
        await _gather(handle, run, steps)
    try:
        return [_told(step, asked, run.store) for step, asked in steps.items() if asked.answers]
    except StoreError as error:
        raise ClientError(f"a part of the conversation cannot be read: {error}") from error


async def _executions(run: "Run") -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """Those of which the run has consisted, the first one first."""
    handles = [run.handle]
    try:
        while before := await _continued(handles[-1]):
            handles.append(run.temporal.get_workflow_handle(run.id, run_id=before))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND and len(handles) == 1:
            raise UnknownRun(f"there is no run {inert(run.id)} here; `dsl runs` lists them") from error
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        handles.pop()  # its history was kept for long enough
    for handle in reversed(handles):
        yield handle


async def _continued(handle: WorkflowHandle[Any, Any]) -> str:
    async for event in handle.fetch_history_events(page_size=1):
        return event.workflow_execution_started_event_attributes.continued_execution_run_id
    return ""


async def _gather(handle: WorkflowHandle[Any, Any], run: "Run", steps: dict[str, _Asked]) -> None:
    under_way: dict[int, tuple[str, ChatRequest]] = {}
    converter = run.temporal.data_converter
    async for event in handle.fetch_history_events():
        call = event.activity_task_scheduled_event_attributes
        if call.activity_type.name == CHAT_ACTIVITY:
            (request,) = await converter.decode(list(call.input.payloads), [ChatRequest])
            under_way[event.event_id] = call.activity_id.partition("~")[0], request
            steps.setdefault(_step_of(under_way[event.event_id][0]), _Asked())
        below = event.start_child_workflow_execution_initiated_event_attributes
        if below.workflow_type.name == CARRIER:
            await _gather_carried(run.temporal.get_workflow_handle(below.workflow_id), run, steps)
        ended = event.activity_task_completed_event_attributes
        if ended.scheduled_event_id in under_way and ended.result.payloads:
            place, request = under_way[ended.scheduled_event_id]
            (result,) = await converter.decode(list(ended.result.payloads), [ChatResult])
            steps[_step_of(place)].answers[place] = request, result


async def _gather_carried(handle: WorkflowHandle[Any, Any], run: "Run", steps: dict[str, _Asked]) -> None:
    """From the history of who has carried the question, as long as that is kept."""
    try:
        await _gather(handle, run, steps)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise


def _step_of(place: str) -> str:
    """The path of the step; of one with turns, the last of them says which one it is."""
    step, turn, number = place.rpartition(_TURN)
    return step if turn and "/" not in number else place


def _told(step: str, asked: _Asked, store: ObjectStore) -> Transcript:
    answers = list(asked.answers.values())
    request, result = answers[-1]
    instructions, messages = _alone(request, result, store) if request.talk is None else _talked(answers, store)
    return Transcript(step, request.agent, result.response_model, result.rehearsal, instructions, messages)


def _alone(request: ChatRequest, result: ChatResult, store: ObjectStore) -> tuple[str | None, list[JSON]]:
    """One question and its answer."""
    given = [request.prompt, request.instructions, request.files]
    prompt, instructions, files = resolve(store, given, request.references, named)
    answer = result.text if result.text is not None else text_of(result.output)
    asked = {"role": "user", "text": text_of(prompt), **({"files": files} if files else {})}
    return instructions, [asked, {"role": "assistant", "text": answer}]


def _talked(answers: list[tuple[ChatRequest, ChatResult]], store: ObjectStore) -> tuple[str | None, list[JSON]]:
    """What the agent went on with, as far as it was shown, and all since: each turn adds what came before its answer,
    and the first one its prompt as well. Where a summary begins the conversation anew, it is told where it was
    made: after what it stands for, and before the answer that was given with it."""
    messages: list[Message] = []
    for number, (request, result) in enumerate(answers):
        talk = request.talk
        assert talk is not None
        if result.head is None:
            continue
        added = len(talk.opening) + len(talk.messages) - talk.hidden * bool(talk.opening) + 1 + (number == 0)
        known = talk.shown if number == 0 or talk.opening else 0
        found = chunks.last_messages(Reference(*result.head), known + added, reading(store))
        opening = found[: len(talk.opening)] if number else []
        new = found[len(opening) + known :] if number else found
        messages += [*new[:-1], *opening, *new[-1:]]
    return _instructions(answers[0][1], store), readable_messages(store, messages)


def _instructions(began: ChatResult, store: ObjectStore) -> str | None:
    if began.preamble is None:
        return None
    kept = load(json.loads(read(store, began.preamble[0])))
    told = whole(store, kept.get("instructions"))
    return None if told is None else text_of(told)
