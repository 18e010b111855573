"""A batch of questions, from the first that joins it to the last answer.

It is submitted, under a key of its own: an attempt that nobody heard of again may have made it, so the next looks for
that key first, and what was asked is not asked again. The provider's id stands in the state before it is waited for.
A timer then says when to look at it, less often as time goes by. What it came to is handed to each question as the
answer, or the failure, of an attempt of its own; what follows from that is decided there, as for any other.

When its time is over, or nobody waits any more, the provider is told to cancel it. Who cancels while it is being
submitted waits for its id first, so none is left behind that nobody knows.
"""

from typing import Any, Literal

from dsl.ast.duration import format_duration
from interpreter.boundary import failures
from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.caps import Claim
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.core import batches, caps, policies
from interpreter.core.batches import BatchMemory
from interpreter.core.commands import AskBatch, SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.events import BatchTold, CallFailed, Event, ModelAnswered, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.model_questions import ModelCallMemory
from interpreter.core.outcomes import CANCELLED, done
from interpreter.core.state import Frame, Task
from interpreter.core.wording import title

COLLECTING = 60.0
"""Seconds after which a batch goes out with what it has."""
CALL_TIMEOUT = 300_000
"""Milliseconds for one call about a batch: to submit it, or to read answers."""
FIRST_LOOK, LONGEST_PAUSE, GROWTH = 5.0, 300.0, 1.5
"""Seconds between looks."""
MOST_LOST_LOOKS = 20
"""How often in a row a look at a batch may fail."""


class BatchConstruct(Construct[BatchMemory]):
    remembers = BatchMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        command = SetTimer(f"{frame.path}!collects", machine.state.now + COLLECTING, f"{title(frame.path)}: collects")
        machine.issue(frame, command)

    def start(self, machine: Machine, frame: Frame) -> None:
        """It goes out, if there is nothing more to wait for."""
        memory = self.memory(frame)
        if memory.phase == "collecting" and (memory.full or batches.all_wait(machine, frame)):
            machine.withdraw(f"{frame.path}!collects")
            self._submit(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case TimerFired():
                self._due(machine, frame, event)
            case BatchTold():
                self._told(machine, frame, event.reply)
            case CallFailed():
                self._failed(machine, frame, event)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        match memory.phase:
            case "collecting":
                machine.withdraw(f"{frame.path}!collects")
                machine.end(frame, CANCELLED)
            case "waiting" | "retrying":
                machine.withdraw(memory.command)
                self._give_up(machine, frame)
            case "submitting" | "looking" | "cancelling":
                """It ends when the call that is under way has."""

    # -- calls

    def _submit(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        memory.questions = [path for path in memory.questions if path]
        memory.phase, memory.by = "submitting", machine.state.now + memory.within / 1000
        self._call(machine, frame, "submit")

    def _call(self, machine: Machine, frame: Frame, what: Literal["submit", "look", "cancel"]) -> None:
        memory = self.memory(frame)
        memory.calls += 1
        memory.tries += 1
        memory.what, memory.waits = what, ""
        memory.command = f"{frame.path}/{what}#{memory.calls}"
        requests = [_request(machine, path) for path in memory.questions] if what == "submit" else []
        key = f"{machine.state.key_base}/{frame.path}"
        request = BatchRequest(what, key, memory.model, requests, memory.batch, memory.after, memory.tries)
        summary = f"{title(frame.path)}: {what}"
        claims = _claims(machine, memory) if what == "submit" else []
        machine.issue(frame, AskBatch(memory.command, request, CALL_TIMEOUT, summary, memory.queue, claims))

    def _due(self, machine: Machine, frame: Frame, event: TimerFired) -> None:
        memory = self.memory(frame)
        if event.id.endswith("!collects"):
            if memory.phase == "collecting":
                self._submit(machine, frame)
        elif memory.phase == "retrying":
            memory.phase = "submitting"
            self._call(machine, frame, "submit")
        else:
            memory.phase = "looking"
            self._call(machine, frame, "look")

    def _wait(self, machine: Machine, frame: Frame, seconds: float) -> None:
        memory = self.memory(frame)
        memory.phase, memory.command = "waiting", f"{frame.path}!look#{memory.calls}"
        at = machine.state.now + seconds
        if machine.state.now < memory.by:
            at = min(at, memory.by)
        machine.issue(frame, SetTimer(memory.command, at, f"{title(frame.path)}: waits for {memory.batch}"))

    def _give_up(self, machine: Machine, frame: Frame) -> None:
        """Nobody needs it any more."""
        self.memory(frame).phase = "cancelling"
        self.memory(frame).tries = 0
        self._call(machine, frame, "cancel")

    # -- what came of them

    def _told(self, machine: Machine, frame: Frame, reply: BatchReply) -> None:
        memory = self.memory(frame)
        memory.tries = memory.unfit = 0
        memory.batch = reply.batch or memory.batch
        if memory.phase == "submitting":
            self._note(machine, frame, f"{_questions(memory)} to {memory.model} in the batch {memory.batch}")
        if memory.phase == "cancelling":
            self._settle_rest(machine, frame, failures.BATCH_EXPIRED, "the batch was given up", "reservation")
            machine.end(frame, CANCELLED if frame.cancelling else done(None))
            return
        self._answers(machine, frame, reply.answers)
        if reply.over and reply.more is None:
            charge = "none" if reply.kind else "reservation"
            self._settle_rest(machine, frame, reply.kind or failures.BATCH_EXPIRED, reply.message or _MISSING, charge)
            machine.end(frame, CANCELLED if frame.cancelling else done(None))
        elif frame.cancelling:
            self._give_up(machine, frame)
        elif reply.more is not None:
            memory.phase, memory.after = "looking", reply.more
            self._call(machine, frame, "look")
        elif machine.state.now >= memory.by and memory.looks:
            within = format_duration(memory.within)
            message = f"it was not answered within {within}"
            self._settle_rest(machine, frame, failures.BATCH_EXPIRED, message, "reservation")
            self._give_up(machine, frame)
        else:
            memory.waits = f"batch {memory.batch}{': ' if reply.counts else ''}{reply.counts}"
            self._wait(machine, frame, min(FIRST_LOOK * GROWTH**memory.looks, LONGEST_PAUSE))
            memory.looks += 1

    def _failed(self, machine: Machine, frame: Frame, event: CallFailed) -> None:
        memory = self.memory(frame)
        kind, message = policies.in_our_words(event)
        if memory.phase == "cancelling" or (frame.cancelling and _never_began(memory, event)):
            machine.end(frame, CANCELLED if frame.cancelling else done(None))
        elif frame.cancelling:
            self._give_up(machine, frame)
        elif memory.phase == "submitting":
            self._not_submitted(machine, frame, event, kind, message)
        elif memory.tries >= MOST_LOST_LOOKS or kind in _FOR_GOOD:
            self._settle_rest(
                machine, frame, kind, f"the batch {memory.batch} cannot be read: {message}", "reservation"
            )
            machine.end(frame, done(None))
        else:
            memory.waits = f"{kind}: {message}"
            self._wait(machine, frame, min(FIRST_LOOK * 2**memory.tries, LONGEST_PAUSE))

    def _not_submitted(self, machine: Machine, frame: Frame, event: CallFailed, kind: str, message: str) -> None:
        """Tried again where that may help."""
        memory = self.memory(frame)
        if (refused := caps.refusal(event)) is not None:
            self._capped(machine, frame, refused)
            return
        if kind == failures.NO_PROVIDER and event.certainty == "answered":
            memory.unfit += 1
            following = policies.after_no_provider(memory.unfit)
        else:
            seed = f"{machine.state.key_base}/{frame.path}"
            following = policies.after_model_failure(event, memory.tries, patience=memory.within, seed=seed)
        if following.what == "again":
            memory.phase, memory.waits = "retrying", f"{kind}: {message}"
            memory.command = f"{frame.path}!again#{memory.calls}"
            at = machine.state.now + following.delay / 1000
            machine.issue(frame, SetTimer(memory.command, at, f"{title(frame.path)}: {kind}"))
            return
        self._settle_rest(machine, frame, kind, message, event.detail.get("charge", "reservation"))
        machine.end(frame, done(None))

    def _capped(self, machine: Machine, frame: Frame, refused: caps.Refusal) -> None:
        """A cap has no room for all of it: each question hears of it, and decides."""
        for place in range(len(self.memory(frame).questions)):
            self._refuse(machine, frame, place, failures.BUDGET_EXCEEDED, refused.message, refused.details)
        machine.end(frame, done(None))

    # -- questions

    def _answers(self, machine: Machine, frame: Frame, answers: list[BatchAnswer]) -> None:
        for answer in answers:
            if answer.result is not None:
                self._answered(machine, frame, answer.place, answer.result)
            else:
                self._refuse(machine, frame, answer.place, answer.kind, answer.message, answer.detail)

    def _settle_rest(self, machine: Machine, frame: Frame, kind: str, message: str, charge: str) -> None:
        """What has no answer has failed. It costs nothing only where the provider has said so: what it answered and
        nobody read has to be paid."""
        for place in range(len(self.memory(frame).questions)):
            self._refuse(machine, frame, place, kind, message, {"charge": charge})

    def _answered(self, machine: Machine, frame: Frame, place: int, result: ChatResult) -> None:
        path = self._settled(frame, place)
        if path:
            at = machine.state.now
            machine.queue.append(Task("event", path, event=ModelAnswered(at, f"{frame.path}/{place}", result)))

    def _refuse(self, machine: Machine, frame: Frame, place: int, kind: str, message: str, detail: Any) -> None:
        path = self._settled(frame, place)
        if path:
            failed = CallFailed(
                machine.state.now, f"{frame.path}/{place}", kind, message, "answered", details=(detail,)
            )
            machine.queue.append(Task("event", path, event=failed))

    def _settled(self, frame: Frame, place: int) -> str:
        """Who waits for the answer at this place; nobody does afterwards."""
        questions = self.memory(frame).questions
        path = questions[place] if 0 <= place < len(questions) else ""
        if path:
            batches.settled(self.memory(frame), place)
        return path

    def _note(self, machine: Machine, frame: Frame, detail: str) -> None:
        assert frame.parent is not None
        machine.note("batch", machine.state.frames[frame.parent], "parallel", detail=detail)


_MISSING = "the batch has no answer to it"
_FOR_GOOD = frozenset({failures.AUTHENTICATION, failures.INVALID_REQUEST})
"""Failures of a look after which no other helps."""


def _request(machine: Machine, path: str) -> ChatRequest:
    """The question of the frame there; one that has left keeps its place."""
    frame = machine.state.frames.get(path)
    if frame is None:
        return ChatRequest("", "", "")
    assert type(frame.memory) is ModelCallMemory
    return frame.memory.request


def _claims(machine: Machine, memory: BatchMemory) -> list[Claim]:
    """What its questions set aside under caps."""
    frames = (machine.state.frames.get(path) for path in memory.questions)
    return [frame.claim for frame in frames if frame is not None and frame.claim is not None]


def _questions(memory: BatchMemory) -> str:
    count = sum(1 for path in memory.questions if path)
    return "1 question" if count == 1 else f"{count} questions"


def _never_began(memory: BatchMemory, event: CallFailed) -> bool:
    return memory.phase == "submitting" and memory.tries == 1 and event.certainty == "not_started"
