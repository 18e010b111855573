"""Carries the machine's commands out on Temporal and brings what comes back to it as events.

Callbacks, tasks and handlers only put what arrived into the inbox; the main coroutine makes it an event and hands it to
the machine, so an exception there fails the workflow task, where it can be seen and mended. Anywhere else it would hang
the run in silence. The driver keeps its own facts (handles, what is held, which children were told to report) apart
from the machine's state.

Continuing as new loses nothing, because it happens only when everything that this execution alone knows is over:

- No call is in flight but those that are carried, no start, signal or cancel of a child or a carrier waits for its
  acknowledgement, the inbox is empty, every handler has given its reply.
- What the machine asked for and was not sent, and timers, stand as pending in the state, timers with the time at which
  they are due: the next execution asks for all that is pending again. Only a cancel would be lost like that, so while
  one has to go out there is no continuing.
- Children, and carried calls, outlive it and report by signal (`outliving.py`).
- Between the last look at all this and the command there is no `await`, so nothing comes in between. A signal or a
  cancel that reaches the server in the meantime makes it refuse this task, and the task is done again with it; an
  answer that was not taken yet is given again by its client, under the same id.

Each execution takes in at least one event before it continues, so it never continues in a circle.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from temporalio import workflow

from dsl.values.references import joined
from interpreter.boundary.move import Move
from interpreter.boundary.payloads import JSON, Answer, AnswerReply, ChildReport, RunInput
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.core import advance as heart
from interpreter.core import moving, repairs
from interpreter.core.asking import is_checking
from interpreter.core.commands import (
    Acquire,
    AskBatch,
    AttemptModel,
    CallTool,
    Cancel,
    Command,
    Evaluate,
    Finish,
    Pause,
    Release,
    Reply,
    SetTimer,
    Settle,
    StartChild,
    VerifyAnswer,
)
from interpreter.core.events import (
    Acquired,
    Answered,
    CancelRequested,
    Event,
    Received,
    Started,
    TimerFired,
    Told,
    rank,
)
from interpreter.core.state import State
from interpreter.workflow.calls import Call, Calls
from interpreter.workflow.carriers import Carriers, carries
from interpreter.workflow.children import Children
from interpreter.workflow.definitions import load
from interpreter.workflow.keeping import Keeper, restored, whole_ledger
from interpreter.workflow.limits import ONE_MOMENT, Room
from interpreter.workflow.locks import Locks
from interpreter.workflow.moments import Moments
from interpreter.workflow.outbox import Outbox, Sent
from interpreter.workflow.outcomes import call_event
from interpreter.workflow.outliving import all_told
from interpreter.workflow.watching import watching

Arrival = Callable[[], Event]
"""What came in. It becomes an event, or raises what went wrong, in the main coroutine."""


class Driver:
    def __init__(self, run_input: RunInput) -> None:
        self.input = run_input
        self.definition = load(run_input.definition, run_input.flow)
        self.inbox: deque[Arrival] = deque()
        self.commands: deque[Command] = deque()
        self.advanced = False
        self.kept_state: JSON = None
        self.move: Move | None = None
        self.keeper = Keeper()
        self._moments = Moments()
        self._watch = watching()
        room = self.room = Room(self._moments)
        self._carriers = Carriers(run_input.carriers, self.inbox.append, carries=carries(self.definition))
        self._calls = Calls(self.definition, self._call_ended, room, self._carriers)
        self._children = Children(run_input, self.inbox.append)
        self._locks = Locks(self.inbox.append)
        self._outbox = Outbox(self._calls, self._children, self.inbox.append, room)
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._replies: dict[str, asyncio.Future[AnswerReply]] = {}
        self._giving: set[asyncio.Task[None]] = set()
        self._answers = 0
        self.state = self._begin()

    def _begin(self) -> State:
        """The state exists before any signal or update is handled, so those that come with the start find it."""
        if self.input.state is not None:
            state = restored(self.input.state)
            state.id = workflow.info().workflow_id
            heart.count_continuation(state)
            if self.input.moved is not None:
                moving.gone(state, self.input.moved, self.input)
            self.commands.extend(heart.resume(state))
            return state
        info = workflow.info()
        state = State(
            flow=self.input.flow,
            hash=self.definition.hash,
            key_base=self.input.key_base or f"{info.workflow_id}/{info.first_execution_run_id}",
            requester=self.input.requester,
            prices=self.input.prices,
            max_output=self.input.max_output,
            refuses={model: list(parts) for model, parts in self.input.refuses.items()},
            lanes=self.input.lanes,
            caps=self.input.caps,
            config=self.input.config,
            held=list(self.input.locks),
        )
        state.id = info.workflow_id
        state.verified = self.input.options.verified
        state.staged, state.with_tools = self.input.options.staged, self.input.options.with_tools
        state.rehearsal = self.input.rehearsal
        if self.input.lease is not None:
            state.lease = self.input.lease
        if self.input.repair is not None:
            repairs.begin(state, replace(self.input.repair, ledger=whole_ledger(self.input.repair.ledger)))
        given = joined(self.input.input, self.input.references)
        self.commands.extend(heart.advance(self.definition, state, Started(workflow.time(), given), self._watch))
        return state

    # -- what comes in

    async def answer(self, answer: Answer) -> AnswerReply:
        """Hand an answer to the machine and wait for its reply."""
        return await self._replied(lambda ticket: Answered(workflow.time(), answer, ticket))

    async def tell(self, tell: Tell) -> AnswerReply:
        """Hand what somebody says to the machine and wait for its reply."""
        return await self._replied(lambda ticket: Told(workflow.time(), tell, ticket))

    async def send(self, send: Send) -> AnswerReply:
        """Hand an event to the machine and wait for its reply."""
        return await self._replied(lambda ticket: Received(workflow.time(), send, ticket))

    def send_unanswered(self, send: Send) -> None:
        self._arrived(Received(workflow.time(), send, ""))

    async def _replied(self, event: Callable[[str], Event]) -> AnswerReply:
        reply: asyncio.Future[AnswerReply] = asyncio.get_running_loop().create_future()
        self._answers += 1
        self.room.take_update()
        ticket = str(self._answers)
        self._replies[ticket] = reply
        self._arrived(event(ticket))
        return await reply

    async def move_to(self, move: Move) -> AnswerReply:
        """Continue as new with another definition, where the run is parked. Its reply comes a moment later, as that to
        an answer does."""
        self.move = move
        await workflow.sleep(ONE_MOMENT, summary="reply to a move")
        return AnswerReply(True, "moving", "")

    def acquired(self, command: str) -> None:
        self._arrived(Acquired(workflow.time(), command))

    def child_ended(self, report: ChildReport) -> None:
        self._children.reported(report)

    def carrier_ends(self, command: str, carrier: str) -> None:
        self._carriers.reported(command, carrier)

    def _call_ended(self, command: Call, result: Any, error: BaseException | None) -> None:
        self.inbox.append(partial(call_event, command, workflow.time(), result, error))

    def _arrived(self, event: Event) -> None:
        self.inbox.append(lambda: event)

    # -- the loop

    async def step(self) -> Finish | None:
        """Carry out what is asked for, wait for an event, and move the machine on by all that have come."""
        if not heart.finished(self.state):
            self._carry_out()
            await self._until(lambda: bool(self.inbox) or self._outbox.ready or self._must_continue())
        self._advance()
        return next((command for command in self.commands if type(command) is Finish), None)

    def _advance(self) -> None:
        """Hand over all that came in: what happened first, then what is due, then what is asked for.

        So a result that is there when a cancel or a deadline is acted on has been taken note of.
        """
        while self.inbox:
            self.advanced = True
            events = [arrival() for arrival in self.inbox]
            self.inbox.clear()
            for event in sorted(events, key=rank):
                self.commands.extend(heart.advance(self.definition, self.state, event, self._watch))

    def _must_continue(self) -> bool:
        """Whether only a new execution gets any further: what is held starts there, and nothing else will come; or
        whether the state, which could not be kept, is to be kept again.
        """
        if self.move is not None and self.may_continue():
            return True
        held = self._outbox.holding and self.is_full
        return self.advanced and (held or self.keeper.trouble is not None) and self.may_continue()

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Wait in the main coroutine, where a cancel arrives: it is an event like any other."""
        while not condition():
            try:
                await workflow.wait_condition(lambda: self._moments.ahead() or condition())
            except asyncio.CancelledError:
                await self._rest_of_this_activation()
                self._arrived(CancelRequested(workflow.time()))
            self._moments.refuse()

    async def _rest_of_this_activation(self) -> None:
        """A cancel interrupts the main coroutine at once; conditions are looked at when nothing else is left to run. So
        what came together with the cancel is in the inbox afterwards.
        """
        while True:
            try:
                await workflow.wait_condition(lambda: True)
            except asyncio.CancelledError:
                continue
            return

    def quiescent(self) -> bool:
        """Whether continuing as new now would lose nothing but replies, which need no event any more."""
        answered = not self.inbox and not is_checking(self.state)
        settled = self._children.settled and self._carriers.settled and self._locks.settled
        return self._calls.in_flight == 0 and settled and answered

    @property
    def is_full(self) -> bool:
        return self.room.is_full

    def may_continue(self) -> bool:
        return self.quiescent() and not self.keeper.pausing

    async def ready_to_continue(self) -> bool:
        """Make a quiescent run ready to continue: replies given, every open child told to report, the state kept.

        Work that was just asked for is not started: it is pending in the state, and the next run issues it. A timer
        that was just withdrawn ends with this run; a cancel of what is still pending has to go out first.
        """
        if any(type(command) is Cancel and command.id in self.state.pending for command in self.commands):
            return False
        self._carry_out(only_last=True)
        await self._until(lambda: bool(self.inbox) or self._all_is_told())
        if not self.quiescent():
            return False
        telling = asyncio.create_task(all_told(self._children, self._carriers))
        await self._until(telling.done)
        if not telling.result() or not self.quiescent():
            return False
        keeping = asyncio.create_task(self.keeper.state(self.state))
        await self._until(keeping.done)
        self.kept_state = keeping.result()
        return self.kept_state is not None and self.quiescent() and workflow.all_handlers_finished()

    async def close(self) -> None:
        """Give the last replies, also to answers that have just come; give back locks, and tell carriers to stop."""
        self._carry_out(only_last=True)
        while not self._all_is_told():
            await self._until(lambda: bool(self.inbox) or self._all_is_told())
            self._advance()
            self._carry_out(only_last=True)

    def _all_is_told(self) -> bool:
        return workflow.all_handlers_finished() and self._locks.settled and self._carriers.settled

    @property
    def told(self) -> tuple[dict[str, str], dict[str, str]]:
        """The children and the carriers that report by signal."""
        return dict(self._children.told), dict(self._carriers.told)

    # -- what goes out

    def _carry_out(self, *, only_last: bool = False) -> None:
        """`only_last`: what is told to others before this execution is over."""
        kept: deque[Command] = deque()
        while self.commands:
            command = self.commands.popleft()
            if only_last and not self._is_told_at_the_end(command):
                kept.append(command)
            else:
                _CARRY_OUT[type(command)](self, command)
        self.commands = kept
        if not only_last:
            self._outbox.release()
            if self._outbox.waits_for_task:  # what does not fit into this workflow task goes out with the next
                self.room.next_task()

    def _is_told_at_the_end(self, command: Command) -> bool:
        return type(command) in _LAST or (type(command) is Cancel and self._carriers.has(command.id))

    def _send(self, command: Sent) -> None:
        self._outbox.add(command)

    def _acquire(self, command: Acquire) -> None:
        self._locks.ask(command)

    def _release(self, command: Release) -> None:
        self._locks.give_back(command)

    def _set_timer(self, command: SetTimer) -> None:
        self._timers[command.id] = asyncio.create_task(self._timer(command))

    async def _timer(self, command: SetTimer) -> None:
        wait = command.deadline - workflow.time()
        if wait > 0:
            await workflow.sleep(wait, summary=command.summary)
        del self._timers[command.id]
        self._arrived(TimerFired(workflow.time(), command.id))

    def _cancel(self, command: Cancel) -> None:
        timer = self._timers.pop(command.id, None)
        if timer is not None:
            timer.cancel()
            return
        if command.abandoned:
            if not self._outbox.cancel(command.id):
                self._calls.abandon(command.id)
            return
        pending = self.state.pending.get(command.id)
        if pending is None:
            return
        if self._outbox.cancel(command.id):
            return
        if type(pending.command) is StartChild:
            self._children.cancel(command.id)
        else:
            self._calls.cancel(command.id)

    def _reply(self, command: Reply) -> None:
        """A moment later: the answer may have waited for a local activity.

        An update that was accepted in one workflow task and is answered by a local activity of the same task cannot be
        repeated when the task after it is lost (a killed worker, a signal that came just when the run closed): the task
        then fails for ever ("ProtocolMessageCommand referenced absent message", temporalio 1.35). A timer in between is
        an event of its own, and what follows from it is repeated as it was.
        """
        if not command.ticket:
            return
        told = AnswerReply(command.accepted, command.outcome, command.message)
        task = asyncio.create_task(_give(self._replies.pop(command.ticket), told))
        self._giving.add(task)
        task.add_done_callback(self._giving.discard)

    def _at_once(self, command: VerifyAnswer | Settle) -> None:
        """Whatever is held: somebody waits, and until then there is no continuing."""
        self._calls.start(command)

    def _finish(self, command: Finish) -> None:
        """Seen by the main coroutine."""


async def _give(reply: "asyncio.Future[AnswerReply]", told: AnswerReply) -> None:
    await workflow.sleep(ONE_MOMENT, summary="reply to an answer")
    if not reply.done():
        reply.set_result(told)


_LAST = (Reply, Release)
_CARRY_OUT: dict[type, Any] = {
    CallTool: Driver._send,
    AttemptModel: Driver._send,
    AskBatch: Driver._send,
    Evaluate: Driver._send,
    Pause: Driver._send,
    StartChild: Driver._send,
    Acquire: Driver._acquire,
    Release: Driver._release,
    SetTimer: Driver._set_timer,
    Cancel: Driver._cancel,
    Reply: Driver._reply,
    VerifyAnswer: Driver._at_once,
    Settle: Driver._at_once,
    Finish: Driver._finish,
}
