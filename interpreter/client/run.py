"""A handle on one run. It holds no state of the run: everything is asked for when it is wanted."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, Protocol, TypeVar, overload

from temporalio.client import (
    Client as TemporalClient,
)
from temporalio.client import (
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError

from dsl.models.configured import Models
from interpreter.boundary import names
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, Answer, AnswerReply, ChildReport, Signature
from interpreter.boundary.repair import Resolution
from interpreter.boundary.send import EventReply, Send
from interpreter.boundary.statements import as_it_says, run_identity
from interpreter.boundary.tell import Tell
from interpreter.boundary.view import Note, QuestionView, RunView
from interpreter.client import repairing
from interpreter.client.delivering import until_taken
from interpreter.client.ending import ending
from interpreter.client.errors import (
    AnswerRefused,
    ClientError,
    EventUnanswered,
    NoWorker,
    RunOver,
    RunStuck,
    TellRefused,
    UnknownQuestion,
    UnknownRun,
)
from interpreter.client.explaining import explained
from interpreter.client.failures import why_failed
from interpreter.client.following import Seen, follow
from interpreter.client.giving import give
from interpreter.client.moving import upgrade
from interpreter.client.outcome import result_of
from interpreter.client.questions import Asked, choose_question, on_behalf_of, with_whole_values
from interpreter.client.repairing import UNSAID, Repairs, Unsaid
from interpreter.client.sending import refusal_of
from interpreter.client.statuses import how_it_ended
from interpreter.client.submission import FlowSource
from interpreter.client.waiting import MissingWorker, missing_workers
from interpreter.client.writing import Writing
from interpreter.converter.queries import asked
from interpreter.stores.store import ObjectStore

T = TypeVar("T")
QUERY_TIMEOUT = timedelta(seconds=4)
ASK_AGAIN = 0.1
"""Seconds until a run that has not heard yet what happened is asked once more."""
LONGEST_PAUSE = 2.0
"""Seconds until a run is asked once more whether it has replied."""
UPDATE_TIMEOUT = timedelta(seconds=15)


class Signer(Protocol):
    """`interpreter.identity.keys.SigningKey`, or what signs in its stead: an agent, a token."""

    def sign(self, answer: Answer, run: str) -> Signature: ...


class Look(Protocol):
    """How a run stood when its latest task was over, and what it would have left behind."""

    @property
    def view(self) -> RunView: ...

    @property
    def report(self) -> ChildReport: ...


@dataclass(frozen=True)
class Run:
    """One run, by its id. `look` finds out how a run stands without asking a worker, where none is to be asked."""

    id: str
    temporal: TemporalClient
    store: ObjectStore
    look: "Callable[[Run], Awaitable[Look]] | None" = None

    @property
    def handle(self) -> WorkflowHandle[object, object]:
        """The latest execution, whichever that is: a run continues as new under the same id."""
        return self.temporal.get_workflow_handle(self.id)

    async def result(self) -> JSON:
        """Wait for the end, and return the flow's value. Raises `RunFailed`, `RunCancelled` or `RunTerminated`."""
        return (await result_of(self.temporal, self.handle, self.store)).value

    async def state(self, after: int = 0, patience: timedelta = QUERY_TIMEOUT) -> RunView:
        """How the run stands now, with the notes after that number; how it stood at its end when it is over, which is
        told without any worker.
        """
        if (await self.describe()).close_time is None:
            return await self.asked_how_it_stands(after, patience)
        view = await ending(self) or await self.asked_how_it_stands(after, patience)
        return replace(view, notes=[note for note in view.notes if note.number > after])

    async def asked_how_it_stands(self, after: int = 0, patience: timedelta = QUERY_TIMEOUT) -> RunView:
        """What the run itself answers, by way of a worker: one that is over has to be replayed for that."""
        if self.look is None:
            view = await self._queried(RunView, patience, names.STATE_QUERY, after)
        else:
            view = (await self.look(self)).view
            view = replace(view, notes=[note for note in view.notes if note.number > after])
        for question in view.questions:
            if not as_it_says(question):
                raise ClientError(f"the run {self.id} shows another question {question.name} than it asks")
        view.questions = [with_whole_values(self.store, question) for question in view.questions]
        return view

    async def _queried(self, result_type: type[T], patience: timedelta, query: str, *arguments: object) -> T:
        """What the run answers. One that something has just happened to can be asked when a task has told it."""
        until = asyncio.get_running_loop().time() + patience.total_seconds()
        while True:
            try:
                answer = await asked(self.temporal, self.handle, query, list(arguments), result_type, patience)
            except WorkflowQueryFailedError as error:
                reason = await why_failed(self.temporal, error)
                if names.AHEAD_OF_TASK not in reason or asyncio.get_running_loop().time() > until:
                    raise ClientError(f"the run {self.id} could not say how it stands: {reason}") from error
            except RPCError as error:
                raise explained(self.id, error) from error
            else:
                return answer
            await asyncio.sleep(ASK_AGAIN)

    async def describe(self) -> WorkflowExecutionDescription:
        """What the server knows about the run, worker or not."""
        try:
            return await self.handle.describe()
        except RPCError as error:
            raise explained(self.id, error) from error

    async def first_run_id(self) -> str:
        """Of its first execution, as the server knows it."""
        return (await self.describe()).raw_description.workflow_execution_info.first_run_id

    async def child(self, path: str) -> "Run":
        """The run that a flow step of this one started, or is about to."""
        return replace(self, id=names.child_id(self.id, await self.first_run_id(), path))

    @overload
    def follow(
        self, after: int = 0, seen: Seen | None = None, *, tokens: Literal[False] = False
    ) -> AsyncIterator[Note]: ...
    @overload
    def follow(
        self, after: int = 0, seen: Seen | None = None, *, tokens: Literal[True]
    ) -> AsyncIterator[Note | Writing]: ...

    async def follow(
        self, after: int = 0, seen: Seen | None = None, *, tokens: bool = False
    ) -> AsyncIterator[Note | Writing]:
        """What happens, as it happens, from the note after that number until the run is over. `seen` is told at each
        look how the run stands. `tokens`: also the end of what each model is writing, about twice a second, with a
        number that grows. That is lossy: the text that counts is the step's result.
        """
        async for event in follow(self, after, seen, tokens=tokens):
            yield event

    async def approvals(self) -> list[QuestionView]:
        """The questions that are open now, those of children too."""
        return [asked.question for asked in await self.asked()]

    async def asked(self) -> list[Asked]:
        """The open questions with the run that asks each: an answer goes to that run."""
        state = await self.state()
        found = [Asked(self, question) for question in state.questions]
        for step in state.steps:
            if step.node == "flow" and step.state != "waiting":
                found += await (await self.child(step.path))._asked_if_there()
        return found

    async def open_question(self, question: str | None) -> Asked:
        """The one of that name or id, or the only one there is. Raises `AnswerRefused` when the run is over."""
        status = (await self.describe()).status
        if status is not WorkflowExecutionStatus.RUNNING:
            raise AnswerRefused(f"the run {self.id} {how_it_ended(status)}, so it takes no answer any more")
        asked = await self.asked()
        if not asked and (standing := (await self.state(sys.maxsize)).status) != "running":
            now = {"cancelling": "being cancelled", "undoing": "being undone"}.get(standing, standing)
            raise UnknownQuestion(f"the run asks nothing any more: it is {now}")
        return choose_question(asked, question)

    async def _asked_if_there(self) -> list[Asked]:
        try:
            return await self.asked()
        except (UnknownRun, NoWorker, RunStuck):  # it has just ended, or cannot be asked: then it asks nothing now
            return []

    async def approve(
        self,
        question: str | None = None,
        answer: JSON = None,
        *,
        by: str,
        group: str | None = None,
        note: str | None = None,
        proposal: str | None = None,
        key: Signer | None = None,
    ) -> AnswerReply:
        """Say yes. `question` is the name or id of an open question, needed only when there are several. Where others
        have proposed an answer, `proposal` is the digest of the one that was seen, or `answer` gives another. `key`
        signs: without it, nobody can know who answered. `group`, on whose behalf, may be left out where one is asked.
        """
        asked = await self.open_question(question)
        seen = replace(asked.question, proposal_digest=proposal)
        return await asked.run.answer(seen, "approve", by=by, answer=answer, group=group, note=note, key=key)

    async def reject(
        self,
        question: str | None = None,
        *,
        by: str,
        group: str | None = None,
        note: str | None = None,
        key: Signer | None = None,
    ) -> AnswerReply:
        """Say no."""
        asked = await self.open_question(question)
        return await asked.run.answer(asked.question, "reject", by=by, group=group, note=note, key=key)

    async def answer(
        self,
        question: QuestionView,
        decision: Literal["approve", "reject"],
        *,
        by: str,
        answer: JSON = None,
        group: str | None = None,
        note: str | None = None,
        id: str | None = None,
        key: Signer | None = None,
    ) -> AnswerReply:
        """Answer a question as it was shown, to whose digest the answer is bound, and to that of the answer that others
        have proposed in it. The same `id` is the same answer. `key` signs all that. `group` may be left out where one
        group is asked.
        """
        given = Answer(
            id=id or uuid.uuid4().hex,
            question=question.id,
            decision=decision,
            by=by,
            answer=answer,
            group=on_behalf_of(question, by) if group is None else group,
            note=note,
            proposal=question.proposal_digest if answer is None else None,
            digest=question.digest,
        )
        if key is not None:
            given.signature = key.sign(given, run_identity(self.id, await self.first_run_id()))
        reply = await self._deliver(given)
        if not reply.accepted:
            raise AnswerRefused(reply.message)
        return reply

    async def tell(self, text: str, step: str | None = None, *, by: str, id: str | None = None) -> AnswerReply:
        """Say something to an agent that is under way: it hears it before its next turn, with who said it and when. An
        answer that it is just writing is none then, it goes on. `step` is the name or path of the agent's step, needed
        only when several are under way; an agent of a called flow is told through that flow's run. The same `id` is the
        same message. Raises `TellRefused` when nobody would hear it.
        """
        reply = await self._deliver(Tell(id or uuid.uuid4().hex, text, by, step))
        if not reply.accepted:
            raise TellRefused(reply.message)
        return reply

    async def send(
        self, event: str, value: JSON = None, *, by: str, key: str | None = None, id: str | None = None
    ) -> AnswerReply:
        """Send an event, which the run keeps until it waits for one of this name, and of this `key` where it waits for
        those of one. `by` is who sends it. The same `id` is the same event. When this returns, the run has it. Raises
        `EventRefused`, and `QueueFull` when too many wait to be taken.
        """
        reply = await self._deliver(Send(id or uuid.uuid4().hex, event, value, by, key))
        if not reply.accepted:
            raise refusal_of(reply.message, reply.outcome)
        return reply

    async def ask(
        self, event: str, value: JSON = None, *, by: str, key: str | None = None, id: str | None = None
    ) -> JSON:
        """`send`, and wait for what the flow replies, as long as that takes; the same `id` again waits for the same
        reply, and has it also of a run that is over. Raises `EventUnanswered` when the run ends without one.
        """
        known, id = id is not None, id or uuid.uuid4().hex
        over: RunOver | None = None
        try:
            await self.send(event, value, by=by, key=key, id=id)
        except RunOver as error:
            if not known:
                raise
            over = error
        wait = ASK_AGAIN
        while True:
            reply = await self._queried(EventReply, QUERY_TIMEOUT, names.EVENT_QUERY, id)
            if reply.state == "replied":
                return reply.value
            if over is not None:
                raise over
            if reply.state != "waiting":
                why = "it has forgotten the event" if reply.state == "forgotten" else "it has ended without one"
                raise EventUnanswered(f"the run {self.id} has no reply to `{event}`: {why}")
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, LONGEST_PAUSE)

    async def _deliver(self, given: Answer | Tell | Send) -> AnswerReply:
        """Give it, again while the run is just continuing as new, and while many give it something at a time: the same
        id is the same answer.
        """
        return await until_taken(self.id, lambda: give(self, given))

    async def cancel(self) -> None:
        """Ask the run to stop, and to undo what it has done."""
        try:
            await self.handle.cancel()
        except RPCError as error:
            raise explained(self.id, error) from error

    async def left_behind(self) -> list[JSON]:
        """The ledger as it would stand if the run ended now: what is done and would not be undone, and what nobody
        knows of. Each entry has `path`, `tool` and `state` (`done uncertain undone undo_failed`).
        """
        if self.look is None:
            report = await self._queried(ChildReport, QUERY_TIMEOUT, names.REPORT_QUERY)
        else:
            report = (await self.look(self)).report
        return [entry for entry in report.ledger or [] if not entry.get("staged")]

    async def repairs(self) -> Repairs:
        """What this run, which has ended, left, and what has been done about it. Raises `RunUnderWay`."""
        return await repairing.repairs_of(self)

    async def repair(self) -> "Run":
        """Call the undos that this run left, and that can be called, in a run of its own, which is returned; that which
        does so already, if one does. It fails while anything is left. Raises `NothingLeft`, and `RunUnderWay`: only a
        run that has ended is repaired.
        """
        return await repairing.repair(self)

    async def resolve(
        self, step: str, *, done: bool, by: str, note: str = "", result: JSON | Unsaid = UNSAID
    ) -> Repairs:
        """Settle what only a person can know: whether what the step did stands (`done`), or does not, because it never
        happened or was undone by hand. `step` is its name or path; `result` what it answered, where its undo needs
        that. What has been said once may be said again. Raises `Unresolved`, and `RunUnderWay`.
        """
        said = [] if isinstance(result, Unsaid) else [result]
        return await repairing.resolve(self, Resolution(step, done, by, note, said))

    async def upgrade(
        self,
        flow_source: FlowSource,
        *,
        by: str,
        note: str = "",
        models: Models | None = None,
        require_signed: bool = False,
    ) -> Moved:
        """Move this run, which waits, to another text of its flow. What it has passed, and what it stands in, must be
        the same there; what lies ahead may be another. Raises `MoveRefused`, which says what is not, and whatever
        `submit` raises of a text. The same definition again changes nothing.
        """
        return await upgrade(self, flow_source, by=by, note=note, models=models, require_signed=require_signed)

    async def terminate(self, reason: str = "") -> None:
        """End the run at once, without undoing anything: what `left_behind` tells stays as it is. Its children are
        found by their workers within a minute, and cancelled.
        """
        try:
            await self.handle.terminate(reason=reason or None)
        except RPCError as error:
            raise explained(self.id, error) from error

    async def missing_workers(self) -> list[MissingWorker]:
        """The task queues on which this run waits and nothing works."""
        description = await self.describe()
        try:
            return await missing_workers(self.temporal, description)
        except RPCError as error:
            raise explained(self.id, error) from error
