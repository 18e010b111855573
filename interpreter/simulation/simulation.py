"""Runs a definition in memory: virtual time, a queue of what will happen, and the machine in the middle.

Two switches prove that all memory of a run is in its state: `through_json` sends it through JSON after every event,
`continue_often` also drops the driver's own facts at each quiescent point, as continue-as-new does.
"""

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, cast

from dsl.definition.definition import Definition
from dsl.definition.unseal import narrow
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.caps import Cap, Settlement
from interpreter.boundary.failures import CANCELLED
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import (
    Answer,
    AnswerVerdict,
    ChatResult,
    ChatUsage,
    ChildReport,
    Price,
    RunInput,
    RunOptions,
)
from interpreter.boundary.repair import Repair
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.core import advance as heart
from interpreter.core import moving, repairs
from interpreter.core.books import Book, asked_of, settled_by
from interpreter.core.caps import claims_of, refused_claim
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
    Work,
)
from interpreter.core.events import (
    Acquired,
    Answered,
    AnswerVerified,
    BatchTold,
    CallFailed,
    CancelRequested,
    ChildEnded,
    ChildStarted,
    Event,
    ModelAnswered,
    Received,
    Resumed,
    Settled,
    Started,
    TimerFired,
    Told,
    ToolReturned,
    rank,
)
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from interpreter.core.traces import Trace
from interpreter.simulation.batches import BatchPlan
from interpreter.simulation.evaluating import evaluated
from interpreter.simulation.locks import Locks
from interpreter.simulation.world import Fails, Planned, World

START = 1_800_000_000.0
"""When simulated time begins, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Switches:
    through_json: bool = False
    continue_often: bool = False


PLAIN = Switches()

Watch = Callable[["SimulatedRun", Event, list[Command]], None]
"""Sees each step of each run: after the event, with the commands that the machine asked for."""


def _unwatched(run: "SimulatedRun", event: Event, commands: list[Command]) -> None:
    """Nobody looks."""


Knows = Callable[[Answer, float], tuple[AnswerVerdict, float]]
"""Who gave an answer that came at that time, and after how many seconds that is known."""


def _knows_nobody(answer: Answer, at: float) -> tuple[AnswerVerdict, float]:
    """As a worker without a people file."""
    return AnswerVerdict("unverified"), 0.0


class Simulation:
    """The clock, and all runs: the one that was asked for and its children."""

    def __init__(
        self,
        definition: Definition,
        world: World,
        switches: Switches = PLAIN,
        watch: Watch = _unwatched,
        knows: Knows = _knows_nobody,
    ) -> None:
        self.definition = definition
        self.world = world
        self.switches = switches
        self.watch = watch
        self.knows = knows
        self.now = START
        self.continuations: Counter[str] = Counter()
        self.books: defaultdict[str, Book] = defaultdict(Book)
        self.locks = Locks(lambda action: self.at(self.now, action))
        self._queue: list[tuple[float, int, int, Callable[[], None]]] = []
        self._numbers = count()

    def run(
        self,
        input_: Any,
        *,
        key_base: str = "run",
        requester: str | None = None,
        prices: dict[str, Price] | None = None,
        max_output: dict[str, int] | None = None,
        options: RunOptions | None = None,
        caps: list[Cap] | None = None,
        config: dict[str, Any] | None = None,
        repair: Repair | None = None,
    ) -> "SimulatedRun":
        """Start a run; `go` moves it on. Of the `options`, those that say what is captured and whose answers count.
        `repair`: of what another left.
        """
        state = State(self.definition.flow, self.definition.hash, key_base, requester, prices or {})
        state.id, state.max_output, state.caps = key_base, max_output or {}, caps or []
        state.config = config or {}
        if options is not None:
            state.staged, state.with_tools, state.verified = options.staged, options.with_tools, options.verified
        if repair is not None:
            repairs.begin(state, repair)
        run = SimulatedRun(self, self.definition, state)
        run.take(Started(self.now, input_))
        return run

    def at(self, moment: float, action: Callable[[], None], rank: int = 0) -> None:
        """Let something happen at `moment`, after all of a lower `events.rank` that happens then."""
        heapq.heappush(self._queue, (max(moment, self.now), rank, next(self._numbers), action))

    def go(self, until: Callable[[], bool] = lambda: False) -> None:
        """Let things happen until nothing is left, or the condition holds."""
        while self._queue and not until():
            self.now, _, _, action = heapq.heappop(self._queue)
            action()


@dataclass
class SimulatedRun:
    simulation: Simulation
    definition: Definition
    state: State
    parent: "tuple[SimulatedRun, str] | None" = None
    finish: Finish | None = None
    replies: list[Reply] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    children: "dict[str, SimulatedRun]" = field(default_factory=dict)
    _flying: dict[str, Planned | None] = field(default_factory=dict)
    _timers: set[str] = field(default_factory=set)

    def answer(self, answer: Answer) -> None:
        self.take(Answered(self.simulation.now, answer, answer.id))

    def tell(self, tell: Tell) -> None:
        self.take(Told(self.simulation.now, tell, tell.id))

    def send(self, send: Send) -> None:
        self.take(Received(self.simulation.now, send, send.id))

    def move(self, definition: Definition, by: str = "somebody") -> str | None:
        """Go on with another definition; or the reason why that cannot be."""
        reason = moving.why_not(self.definition, definition, self.state)
        if reason is None:
            before, self.definition = self.state.hash, definition
            moved = Moved("move", before, definition.hash, by, self.simulation.now)
            moving.gone(self.state, moved, RunInput(DefinitionEnvelope(definition.hash), definition.flow, None))
            self.state = restore(json.loads(json.dumps(save(self.state))))
        return reason

    def cancel(self) -> None:
        """What else happens at this moment is heard of first."""
        asked = CancelRequested(self.simulation.now)
        self.simulation.at(asked.at, lambda: self.take(asked), rank(asked))

    def take(self, event: Event) -> None:
        """One event, as the driver brings it; a finished run takes none."""
        if self.finish is not None:
            return
        self._flying.pop(getattr(event, "id", ""), None)
        commands = heart.advance(self.definition, self.state, event, self.traces.append)
        self.simulation.watch(self, event, commands)
        commands = self._switched(commands)
        for command in commands:
            if claims_of(command):
                self._claim(command)
            else:
                _CARRY_OUT[type(command)](self, command)

    def _claim(self, command: Command) -> None:
        """Made as soon as what it may cost is set aside, in the simulation at once."""
        reply = asked_of(self.simulation.books, claims_of(command))
        if reply.outcome == "granted":
            _CARRY_OUT[type(command)](self, command)
        else:
            id_ = cast(Work, command).id
            self._flying[id_] = None
            self._later(id_, 0, lambda at: refused_claim(id_, at, reply))

    def _settle(self, command: Settle) -> None:
        settlement = Settlement(command.claim, command.usd, command.tokens, command.ends)
        for page in command.claim.pages:
            self.simulation.books[page.book].write(settled_by(settlement))
        self._flying[command.id] = None
        self._later(command.id, 0, lambda at: Settled(at, command.id))

    def _switched(self, commands: list[Command]) -> list[Command]:
        switches = self.simulation.switches
        if switches.through_json or switches.continue_often:
            self.state = restore(json.loads(json.dumps(save(self.state))))
        quiet = not self._flying and not any(type(command) in (Cancel, Finish) for command in commands)
        if not switches.continue_often or not quiet:
            return commands
        heart.count_continuation(self.state)
        self.simulation.continuations.update(self.state.continuations.keys())
        self.state.continuations.clear()
        replies = [command for command in commands if type(command) in (Release, Reply)]
        running = self.children.keys() | self._timers
        return [*replies, *(work for work in heart.resume(self.state) if work.id not in running)]

    # -- commands

    def _later(self, id_: str, seconds: float, event: Callable[[float], Event]) -> None:
        def happen() -> None:
            if id_ in self._flying:
                self.take(event(self.simulation.now))

        self.simulation.at(self.simulation.now + seconds, happen)

    def _call_tool(self, command: CallTool) -> None:
        if command.staged:
            self._flying[command.id] = None
            made = self.simulation.world.made_up(command.tool, command.schema)
            self._later(command.id, 0, lambda at: ToolReturned(at, command.id, made))
            return
        planned = self.simulation.world.call(self.simulation.now, command)
        self._flying[command.id] = planned
        if isinstance(planned, Fails):
            self._later(command.id, planned.seconds, lambda at: _failed(command.id, at, planned))
        else:
            self._later(command.id, planned.seconds, lambda at: ToolReturned(at, command.id, planned.value, True))

    def _attempt_model(self, command: AttemptModel) -> None:
        planned = self.simulation.world.ask(self.simulation.now, command.request, f"{self.state.key_base}/{command.id}")
        self._flying[command.id] = planned
        if isinstance(planned, Fails):
            self._later(command.id, planned.seconds, lambda at: _failed(command.id, at, planned))
            return
        usage = ChatUsage(planned.input_tokens, planned.output_tokens)
        result = ChatResult(planned.value, usage, command.request.model, planned.rehearsal, calls=list(planned.calls))
        if command.request.talk is not None:
            result = self.simulation.world.keep(command.request, result)
        self._later(command.id, planned.seconds, lambda at: ModelAnswered(at, command.id, result))

    def _ask_batch(self, command: AskBatch) -> None:
        self._flying[command.id] = None
        told = self.simulation.world.batch(self.simulation.now, command.request)
        if isinstance(told, BatchPlan):
            lost = Fails(told.fails, "planned", certainty="timed_out" if told.made else "answered")
            self._later(command.id, 0.1, lambda at: _failed(command.id, at, lost))
        else:
            self._later(command.id, 0.1, lambda at: BatchTold(at, command.id, told))

    def _start_child(self, command: StartChild) -> None:
        definition = narrow(self.definition, command.flow)
        key_base = f"{self.state.key_base}/{command.id}"
        state = State(
            definition.flow, definition.hash, key_base, self.state.requester, self.state.prices, command.lease
        )
        state.max_output, state.lanes = dict(self.state.max_output), self.state.lanes
        state.id, state.caps, state.config = key_base, self.state.caps, self.state.config
        state.refuses = {model: list(parts) for model, parts in self.state.refuses.items()}
        state.rehearsal, state.held = command.rehearsal, list(command.locks)
        state.staged, state.with_tools, state.verified = self.state.staged, self.state.with_tools, self.state.verified
        child = SimulatedRun(self.simulation, definition, state, None if command.detached else (self, command.id))
        if command.detached:
            self._flying[command.id] = None
            self._later(command.id, 0, lambda at: ChildStarted(at, command.id, key_base))
        else:
            self.children[command.id] = child
        self.simulation.at(self.simulation.now, lambda: child.take(Started(self.simulation.now, command.input)))

    def _acquire(self, command: Acquire) -> None:
        ticket = f"{self.state.key_base}/{command.id}"

        def acquired() -> None:
            if command.id in self.state.pending:
                self.take(Acquired(self.simulation.now, command.id))

        self.simulation.locks.ask(ticket, command.lock, command.up_to, acquired)

    def _release(self, command: Release) -> None:
        self.simulation.locks.leave(f"{self.state.key_base}/{command.id}", command.lock)

    def _set_timer(self, command: SetTimer) -> None:
        def fire() -> None:
            if command.id in self._timers:
                self._timers.discard(command.id)
                self.take(TimerFired(self.simulation.now, command.id))

        self._timers.add(command.id)
        self.simulation.at(command.deadline, fire, rank(TimerFired(command.deadline, command.id)))

    def _evaluate(self, command: Evaluate) -> None:
        self._flying[command.id] = None
        self._later(command.id, 0, evaluated(self.state, self.simulation.world.objects, command))

    def _verify(self, command: VerifyAnswer) -> None:
        self._flying[command.id] = None
        verdict, seconds = self.simulation.knows(command.answer, command.at)
        self._later(command.id, seconds, lambda at: AnswerVerified(at, command.id, verdict))

    def _pause(self, command: Pause) -> None:
        self._flying[command.id] = None
        self._later(command.id, 0, lambda at: Resumed(at, command.id))

    def _cancel(self, command: Cancel) -> None:
        if command.abandoned or command.id in self._timers:
            self._flying.pop(command.id, None)
            self._timers.discard(command.id)
        elif command.id in self.children:
            child = self.children[command.id]
            self.simulation.at(self.simulation.now, child.cancel)
        elif command.id in self._flying and not getattr(self._flying[command.id], "deaf", False):
            self._later(command.id, 0, lambda at: CallFailed(at, command.id, CANCELLED, "cancelled", "cancelled"))

    def _reply(self, command: Reply) -> None:
        self.replies.append(command)

    def _finish(self, command: Finish) -> None:
        self.finish = command
        if self.parent is None:
            return
        parent, id_ = self.parent
        report = replace(command.report, command=id_)
        self.simulation.at(self.simulation.now, lambda: parent.child_ended(id_, report))

    def child_ended(self, id_: str, report: ChildReport) -> None:
        self.children.pop(id_, None)
        self.take(ChildEnded(self.simulation.now, id_, report))


def _failed(id_: str, at: float, planned: Fails) -> CallFailed:
    silent = planned.certainty == "timed_out"
    return CallFailed(
        at, id_, planned.kind, planned.message, planned.certainty, planned.retryable, planned.details, silent
    )


_CARRY_OUT: dict[type, Any] = {
    CallTool: SimulatedRun._call_tool,
    AttemptModel: SimulatedRun._attempt_model,
    AskBatch: SimulatedRun._ask_batch,
    StartChild: SimulatedRun._start_child,
    SetTimer: SimulatedRun._set_timer,
    Acquire: SimulatedRun._acquire,
    Release: SimulatedRun._release,
    Pause: SimulatedRun._pause,
    Evaluate: SimulatedRun._evaluate,
    VerifyAnswer: SimulatedRun._verify,
    Settle: SimulatedRun._settle,
    Cancel: SimulatedRun._cancel,
    Reply: SimulatedRun._reply,
    Finish: SimulatedRun._finish,
}
