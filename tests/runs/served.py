"""Runs cases on a real Temporal server.

The tools are one dynamic activity, as any Temporal SDK could have it: plain JSON in, plain JSON out. The models are
planned (a provider that says what the case says); how real ones are asked is tested with the providers.
"""

import asyncio
import base64
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError

from dsl.values.references import parted
from interpreter.activities.headers import HEADERS, run_id
from interpreter.activities.results import answered
from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.names import ANSWER_UPDATE, EVENT_QUERY, SEND_UPDATE, STATE_QUERY, TELL_UPDATE, WORKFLOW
from interpreter.boundary.payloads import (
    Answer,
    AnswerReply,
    ChatRequest,
    ChatResult,
    ChatUsage,
    RunInput,
    RunOptions,
    RunResult,
)
from interpreter.boundary.send import EventReply, Send
from interpreter.boundary.tell import Tell
from interpreter.boundary.told import told_by_worker
from interpreter.boundary.view import QuestionView, RunView
from interpreter.core.snapshot import decode
from interpreter.providers.provider import ProviderFailure
from interpreter.simulation.batches import Batches
from interpreter.simulation.world import noticed, shown, spoken
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import ObjectStore
from tests.runs import conversations
from tests.runs.case import Case, Plan, Seen, begun, call_text, stored

_RUN = re.compile(r"/~?[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?(?=/)")
POLL = 0.05
LONGEST = 60.0
MOST_TRIES = 20


@dataclass
class ServedRun:
    """One run of a case: what was called, who answered, how it ended."""

    case: Case
    id: str
    handle: "WorkflowHandle[Any, RunResult]"
    first_run: str = ""
    calls: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    answering: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    telling: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    replies: dict[str, Any] = field(default_factory=dict)
    batches: Batches = field(default_factory=Batches)
    view: RunView | None = None
    cancelled: bool = False


class Served:
    """The world of all runs on one server."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self.client = client
        self.task_queue = task_queue
        self.runs: dict[str, ServedRun] = {}
        self.store: ObjectStore = MemoryStore()

    async def run(self, case: Case, *, continue_eagerly: bool = False) -> tuple[Seen, ServedRun]:
        run = await self._start(case, continue_eagerly)
        async with asyncio.timeout(LONGEST):
            ending = asyncio.create_task(run.handle.result())
            while run.case.is_attended and not ending.done():
                await self._look(run)
                await asyncio.wait([ending], timeout=POLL)
            await asyncio.wait([ending])
            run.view = await run.handle.query(STATE_QUERY, 0, result_type=RunView)
            for send in (each.tell for each in case.tells if isinstance(each.tell, Send)):
                reply = await run.handle.query(EVENT_QUERY, send.id, result_type=EventReply)
                if reply.state == "replied":
                    run.replies[send.id] = reply.value
            for answering in [*run.answering.values(), *run.telling.values()]:
                await answering
            await self._runs_on(run)
        return _seen(run, ending, self.store), run

    async def _runs_on(self, run: ServedRun) -> None:
        """What it has started and did not wait for does what is expected of it."""
        expected = len(run.case.expected.get("calls", []))
        for _ in range(int(LONGEST / POLL) if run.case.leaves_something else 0):
            if len(run.calls) >= expected:
                return
            await asyncio.sleep(POLL)

    async def _start(self, case: Case, continue_eagerly: bool) -> ServedRun:
        id_ = f"{case.name}--{uuid4().hex[:8]}"
        definition = case.definition
        given, references = parted(case.input)
        run_input = RunInput(
            definition=DefinitionEnvelope(definition.hash, base64.b64encode(zlib.compress(case.sealed)).decode()),
            flow=definition.flow,
            input=given,
            references=references,
            requester=case.data.get("requester"),
            prices=case.prices,
            config=case.data.get("config", {}),
            options=RunOptions(continue_eagerly=continue_eagerly),
        )
        handle = self.client.get_workflow_handle(id_, result_type=RunResult)
        run = self.runs[id_] = ServedRun(case, id_, handle, batches=Batches(case.batches))
        started = await self.client.start_workflow(WORKFLOW, run_input, id=id_, task_queue=self.task_queue)
        run.first_run = started.first_execution_run_id or ""
        return run

    async def _look(self, run: ServedRun) -> None:
        """Do what people do: answer what is asked, cancel when it is time."""
        view = await self._look_at(run, run.id)
        if view is None:
            return
        views = [view]
        for step in view.steps:
            if step.node == "flow":
                child = await self._look_at(run, f"{run.id}/{run.first_run[-8:]}/{step.path}")
                views += [child] if child is not None else []
        cancel = run.case.data.get("cancel", {})
        noted = cancel.get("when") in [f"{note.kind} {note.name}" for each in views for note in each.notes]
        if noted and not run.cancelled and any(call.startswith(cancel.get("called", "")) for call in ["", *run.calls]):
            run.cancelled = True
            await run.handle.cancel()

    async def _look_at(self, run: ServedRun, id_: str) -> RunView | None:
        view = await self._view(id_)
        for question in view.questions if view is not None else ():
            if f"{id_} {question.id}" not in run.answering:
                run.answering[f"{id_} {question.id}"] = asyncio.create_task(self._answer(run, id_, question))
        if view is None:
            return None
        noted = {f"{note.kind} {note.name}" for note in view.notes} | begun([call.split()[0] for call in run.calls])
        for number, planned in enumerate(run.case.tells):
            if planned.when in noted and number not in run.telling:
                run.telling[number] = asyncio.create_task(self._tell(run, id_, number))
        return view

    async def _tell(self, run: ServedRun, id_: str, number: int) -> None:
        """In their order."""
        planned = run.case.tells[number]
        await asyncio.sleep(planned.after)
        if number - 1 in run.telling:
            await asyncio.wait([run.telling[number - 1]])
        update = SEND_UPDATE if isinstance(planned.tell, Send) else TELL_UPDATE
        refusal = await self._give(id_, update, planned.tell)
        assert (refusal is None) == (planned.refused is None), refusal
        if refusal is not None:
            run.refusals.append(refusal)

    async def _view(self, id_: str) -> RunView | None:
        try:
            return await self.client.get_workflow_handle(id_).query(STATE_QUERY, 0, result_type=RunView)
        except RPCError:
            return None  # it has not begun, or is just continuing as new

    async def _answer(self, run: ServedRun, id_: str, question: QuestionView) -> None:
        asked = asyncio.get_running_loop().time()
        for planned in run.case.answers(question.name, question.id):
            await asyncio.sleep(max(0.0, asked + planned.after - asyncio.get_running_loop().time()))
            named = {"question": question.id, "id": f"{question.id}-{planned.answer.id}"}
            if planned.refused is None:
                named |= await self._seen(id_, question, planned.answer)
            refusal = await self._give(id_, ANSWER_UPDATE, Answer(**vars(planned.answer) | named))
            assert (refusal is None) == (planned.refused is None), refusal
            if refusal is not None:
                run.refusals.append(refusal)

    async def _seen(self, id_: str, question: QuestionView, answer: Answer) -> dict[str, Any]:
        """What somebody saw who answers now: the proposal, and the only group that is asked, when it is one."""
        view = await self._view(id_)
        now = next((each for each in view.questions if each.id == question.id), question) if view else question
        groups = now.groups
        group = answer.group or (groups[0] if len(groups) == 1 else None)
        return {"group": group, "proposal": now.proposal_digest if answer.answer is None else None}

    async def _give(self, id_: str, update: str, given: Answer | Tell | Send) -> str | None:
        """Give it until it arrives: the same id is the same answer, however often. Says why it was refused."""
        handle = self.client.get_workflow_handle(id_)
        for _ in range(MOST_TRIES):
            try:
                reply = await handle.execute_update(update, given, result_type=AnswerReply)
            except WorkflowUpdateFailedError as error:
                return cast(ApplicationError, error.cause).message
            except RPCError:
                await asyncio.sleep(POLL)  # the run was just continuing as new
            else:
                assert reply.accepted, reply
                return None
        raise AssertionError(f"{given} never arrived")

    def keep(self, case: Case, store: ObjectStore) -> None:
        """Put what the case refers to into the store."""
        self.store = store
        for value in case.objects.values():
            store.put(stored(value))
        for content in case.data.get("files", {}).values():
            store.put(content.encode())

    def plan(self, workflow_id: str, group: str, name: str, arguments: dict[str, Any], place: str, shown: Any) -> Plan:
        run = self.runs[workflow_id.split("/", 1)[0]]
        chooser = run.case.chooses_by_argument(group, name)
        counter = f"{group}/{name}/{arguments[chooser]}" if chooser else f"{group}/{name}"
        number = run.numbers[counter]
        run.numbers[counter] += 1
        run.calls.append(call_text(name, shown, _within(place, run.id)))
        return run.case.plan(group, name, arguments, number)

    async def told(self, workflow_id: str, number: int) -> None:
        """Wait until so many of the planned messages have been given."""
        run = self.runs[workflow_id.split("/", 1)[0]]
        while sum(task.done() for task in run.telling.values()) < number:
            await asyncio.sleep(POLL)
            activity.heartbeat()

    def tool(self) -> Any:
        @activity.defn(dynamic=True)
        async def planned_tool(args: Sequence[RawValue]) -> Any:
            info = activity.info()
            arguments = activity.payload_converter().from_payload(args[0].payload)
            key = HEADERS.get().key
            assert key is not None
            plan = self.plan(run_id(), "tools", info.activity_type, arguments, key, arguments)
            await _take(plan.takes)
            await self.told(run_id(), plan.told)
            if plan.by_worker and plan.kind is not None:
                details = (plan.detail,) if plan.detail else ()
                raise ApplicationError(plan.message, *details, type=told_by_worker(plan.kind))
            if plan.kind is not None:
                raise ApplicationError(plan.message, type=plan.kind)
            return answered(plan.returns)

        return planned_tool


@dataclass
class PlannedProvider:
    """Answers as the case says."""

    served: Served

    async def chat(self, request: ChatRequest) -> ChatResult:
        info = activity.info()
        assert info.workflow_id is not None
        arguments = {"prompt": request.prompt}
        place = f"{info.workflow_id}/{info.activity_id}"
        seen: Any = [request.prompt, *shown(request.files)] if request.files else request.prompt
        if request.talk is not None:
            seen = [*spoken(request.talk.messages), *noticed(request.talk)]
        plan = self.served.plan(info.workflow_id, "agents", request.agent, arguments, place, seen)
        await asyncio.sleep(plan.takes)
        await self.served.told(info.workflow_id, plan.told)
        if plan.kind is not None:
            raise ProviderFailure(plan.kind, plan.message, **{"charge": "reservation", **plan.detail})
        return ChatResult(plan.returns, ChatUsage(*plan.tokens), request.model, calls=list(plan.asks))

    async def batch(self, request: BatchRequest) -> BatchReply:
        id_ = activity.info().workflow_id
        assert id_ is not None

        def answer(each: ChatRequest, place: int) -> BatchAnswer:
            key = f"{request.key}/{place}"
            plan = self.served.plan(id_, "agents", each.agent, {"prompt": each.prompt}, key, each.prompt)
            if plan.kind is not None:
                return BatchAnswer(place, None, plan.kind, plan.message, {"charge": "reservation", **plan.detail})
            return BatchAnswer(place, ChatResult(plan.returns, ChatUsage(*plan.tokens), each.model))

        told = self.served.runs[id_.split("/", 1)[0]].batches.told(request, answer)
        if isinstance(told, BatchReply):
            return told
        raise ProviderFailure(told.fails, "planned", charge="reservation" if told.made else "none")

    async def close(self) -> None:
        """Nothing is open."""


async def _take(seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while (left := end - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(0.2, left))
        activity.heartbeat()


def _seen(run: ServedRun, ending: "asyncio.Task[RunResult]", store: ObjectStore) -> Seen:
    view = run.view
    assert view is not None
    outcome, result, failure = _ended(ending, store)
    return Seen(
        outcome=outcome,
        result=result,
        failure=failure,
        calls=[call.replace(f"{run.id}/{run.first_run}", "run") for call in run.calls],
        ledger=[f"{entry.state} {entry.path}" for entry in view.ledger],
        trace=[f"{note.kind} {note.path}" for note in view.notes],
        refusals=run.refusals,
        replies=run.replies,
    )


def _within(key: str, run: str) -> str:
    """What of a key does not depend on the run: without the ids of runs in it, which are random."""
    return _RUN.sub("", key.removeprefix(run)).removeprefix("/")


def _ended(ending: "asyncio.Task[RunResult]", store: ObjectStore) -> tuple[str, Any, dict[str, Any] | None]:
    error = ending.exception()
    if error is None:
        return "completed", conversations.served(store, ending.result()), None
    cause = cast(WorkflowFailureError, error).cause
    if isinstance(cause, CancelledError):
        return "cancelled", None, None
    told = decode(cast(ApplicationError, cause).details[0]["failure"])
    return "failed", None, {"kind": told.kind, "message": told.message, "path": told.path}
