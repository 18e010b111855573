"""Runs a random flow in a random world and holds every step of it against what must always be true."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from itertools import count, product
from typing import Any

from dsl.analysis import analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.boundary.caps import Cap
from interpreter.boundary.payloads import Price
from interpreter.core.commands import AttemptModel, CallTool, Command, Evaluate, Finish, SetTimer, StartChild, Work
from interpreter.core.events import CancelRequested, Event
from interpreter.core.lefts import chain
from interpreter.core.purses import UNITS, total
from interpreter.core.state import State
from interpreter.simulation.simulation import START, SimulatedRun, Simulation, Switches
from tests.heart.backwards import Seen
from tests.heart.flows import some_flow
from tests.heart.outside import Outside
from tests.heart.waits import send_some

PRICES = {"first": Price("0.000001", "0.000004"), "second": Price("0.0000005", "0.000001")}
INPUT = {"x": "start"}
WORK = (CallTool, AttemptModel, StartChild, SetTimer, Evaluate)


@lru_cache(maxsize=200)
def definition_of(text: str) -> Definition | None:
    """None when the check refuses the text."""
    source = Source("random.flow", text)
    analysis = analyse(source)
    return (
        unseal(seal(analysis.facts, source, "main", gates=analysis.gates, spends=analysis.spends).json)
        if analysis.ok
        else None
    )


def flows(number: int, first: int = 0, *, free: bool = False) -> list[tuple[int, Definition]]:
    """The first `number` random flows that pass the check, with their seeds."""
    found: list[tuple[int, Definition]] = []
    for seed in count(first):
        definition = definition_of(some_flow(seed, free=free))
        if definition is not None:
            found.append((seed, definition))
        if len(found) == number:
            break
    return found


class Asleep(Simulation):
    """Nothing is heard for a while, as when no worker runs: what happened meanwhile comes afterwards, in its order."""

    gap: tuple[float, float] | None = None

    def at(self, moment: float, action: Callable[[], None], rank: int = 0) -> None:
        if self.gap is not None and self.gap[0] <= moment < self.gap[1]:
            moment = self.gap[1] + (moment - self.gap[0]) * 1e-6
        super().at(moment, action, rank)


@dataclass
class Watched:
    """One run, watched. `cancel_at` is the number of the step, over all its runs, after which it is cancelled; `gap`
    are the seconds after the start between which nothing is heard. `beside`: so many more runs of the flow, which are
    not cancelled, write the same books.
    """

    definition: Definition
    outside: Outside
    switches: Switches = field(default_factory=Switches)
    cancel_at: int | None = None
    gap: tuple[float, float] | None = None
    also: Callable[["Watched", SimulatedRun], None] = lambda watched, run: None
    prices: dict[str, Price] = field(default_factory=lambda: PRICES)
    caps: list[Cap] = field(default_factory=list)
    beside: int = 0
    steps: int = 0
    runs: dict[str, SimulatedRun] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    backwards: Seen = field(default_factory=Seen)
    detached: list[str] = field(default_factory=list)
    """The keys of the runs that nobody waits for."""

    @classmethod
    def some(cls, definition: Definition, seed: str, switches: Switches | None = None, **more: Any) -> "Watched":
        """Every third is never cancelled, every second hears everything in time."""
        chance = random.Random(seed)
        cancel_at = chance.choice([None, chance.randint(0, 12), chance.randint(0, 60)])
        begin = chance.uniform(0, 20)
        gap = chance.choice([None, (begin, begin + chance.choice([2.0, 30.0]))])
        outside = Outside(seed, gentle=chance.random() < 0.3)
        return cls(definition, outside, switches or Switches(), cancel_at, gap, **more)

    def run(self) -> SimulatedRun:
        simulation = Asleep(self.definition, self.outside.world, self.switches, self._step)
        if self.gap is not None:
            simulation.gap = (START + self.gap[0], START + self.gap[1])
        self.outside.clock = simulation
        run = simulation.run(INPUT, requester="requester", prices=self.prices, caps=self.caps)

        def begin(name: str) -> None:
            simulation.run(INPUT, key_base=name, requester="requester", prices=self.prices, caps=self.caps)

        for number in range(self.beside):
            simulation.at(START + number, partial(begin, f"beside{number}"))
        simulation.go()
        return run

    def _step(self, run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        if run.state.key_base not in self.runs and run.definition.events(run.state.flow):
            send_some(run, self.outside.chance("events", run.state.key_base))
        self.runs[run.state.key_base] = run
        self.backwards.look(run.state.key_base, event, commands)
        self._cancel_in_time(run)
        if type(event) is CancelRequested:
            self.cancelled.add(run.state.key_base)
        for command in commands:
            if isinstance(command, WORK):
                self._check_work(run, event, command)
            if type(command) is StartChild and command.detached:
                self.detached.append(f"{run.state.key_base}/{command.id}")
            if type(command) is Finish:
                check_nothing_left(run.state)
                check_costs(run.state)
                self._check_most(run)
        check_shape(run.state)
        check_purses(run.state)
        check_books(run)
        self.also(self, run)
        for question in run.state.questions:
            if (run.state.key_base, question) not in self.asked:
                self.asked.add((run.state.key_base, question))
                self.outside.answer(run, question)

    def _check_most(self, run: SimulatedRun) -> None:
        """The text says how much a run of it spends at most. Providers that report more than they were allowed are
        told where they were asked: in this run, or in one below it.
        """
        most, spent = run.definition.flows[run.state.flow].most, total(run.state)
        told = any(note.kind == "overspent" for each in self.runs.values() for note in each.state.notes)
        for unit in UNITS:
            limit = getattr(most, unit, None)
            assert limit is None or getattr(spent, unit) <= limit or told, f"{run.state.flow} has spent more {unit}"

    def _cancel_in_time(self, run: SimulatedRun) -> None:
        top = self.runs["run"]
        if self.steps == self.cancel_at:
            run.simulation.at(run.simulation.now, top.cancel)
        self.steps += 1

    def _check_work(self, run: SimulatedRun, event: Event, command: Work) -> None:
        base = run.state.key_base
        assert (base, command.id) not in self.used, f"the id {command.id} is used twice"
        self.used.add((base, command.id))
        backward = is_backward(command.id)
        if isinstance(command, CallTool | AttemptModel | StartChild) and not backward:
            assert base not in self.cancelled, f"{command.id} starts after a cancel"
            pending = run.state.pending[command.id]
            for purse in chain(run.state, run.state.frames[pending.frame].purse):
                assert purse.deadline is None or event.at < purse.deadline, f"{command.id} starts after its deadline"
        if type(command) is AttemptModel:
            asking = run.state.frames[run.state.pending[command.id].frame]
            for purse, unit in product(chain(run.state, asking.purse), UNITS):
                limit, spent, reserved = (getattr(of, unit) for of in (purse, purse.spent, purse.reserved))
                assert limit is None or spent + reserved <= limit, f"{command.id} is asked though it does not fit"
        if type(command) is CallTool:
            step = command.id.split("~")[0]
            assert self.keys.setdefault(command.key, (base, step)) == (base, step), f"{command.key} is not unique"


def is_backward(id_: str) -> bool:
    """Whether a command belongs to an undo, to what a `finally` owes, or to a verification."""
    return _BACKWARD.search(id_.split("~", maxsplit=1)[0]) is not None


_BACKWARD = re.compile(r"/(verify\d*|(undo|finally|compensate#\d+)(/\d+)?)$")


def check_shape(state: State) -> None:
    """Every frame but the first has its parent, every pending command and question its frame."""
    ended = {task.child for task in state.backlog if task.method == "child"}
    for frame in state.frames.values():
        assert frame.parent is None or frame.path in state.frames[frame.parent].children, f"{frame.path} is an orphan"
        gone = [child for child in frame.children if child not in state.frames and child not in ended]
        assert not gone, f"{frame.path} waits for {gone}, which has ended"
        assert frame.suspended is None or any(p.frame == frame.path for p in state.pending.values())
    assert all(pending.frame in state.frames for pending in state.pending.values()), "a command nobody waits for"
    assert all(id_.removesuffix("!lock") in state.frames for id_ in state.locks), "a lock that nobody gives back"
    assert all(question in state.frames for question in state.questions)
    assert all(path in state.frames for path in state.waits), "nobody waits for this event any more"
    numbers = [arrival.number for arrival in state.arrivals]
    assert numbers == sorted(set(numbers)), "events are out of order"


def check_purses(state: State) -> None:
    """What is spent and reserved fits, unless a provider has reported more than it was allowed, which is told."""
    told = any(note.kind == "overspent" for note in state.notes)
    for purse in state.purses.values():
        for unit in UNITS:
            limit, spent, reserved = (getattr(of, unit) for of in (purse, purse.spent, purse.reserved))
            assert reserved >= 0
            assert limit is None or spent + reserved <= limit or told, f"{purse.path} is overspent in {unit}"


def check_books(run: SimulatedRun) -> None:
    """What is spent and set aside under a cap is at most the cap, whoever has spent it."""
    for cap in run.state.caps:
        for name, book in run.simulation.books.items():
            if name.startswith(f"{cap.book}/"):
                taken = (book.spent.usd + book.reserved.usd, book.spent.tokens + book.reserved.tokens)
                assert cap.usd is None or taken[0] <= Decimal(cap.usd), f"{name} is exceeded in usd"
                assert cap.tokens is None or taken[1] <= cap.tokens, f"{name} is exceeded in tokens"


def check_costs(state: State) -> None:
    """What was spent where is all that was spent."""
    rows, spent = state.costs.values(), total(state)
    sums = sum((Decimal(row.usd) for row in rows), Decimal(0)), sum(row.tokens for row in rows)
    assert state.rehearsal or sums == (spent.usd, spent.tokens), f"{sums} is told of {spent}"


def check_nothing_left(state: State) -> None:
    assert not state.frames, f"frames are left: {list(state.frames)}"
    assert not state.pending, f"commands are left: {list(state.pending)}"
    assert not state.questions
    assert not state.waits, "something waits for an event"
    assert not state.locks, "a lock is kept"
    for purse in state.purses.values():
        assert all(getattr(purse.reserved, unit) == 0 for unit in UNITS), "a reservation is left"


def seen(watched: Watched, run: SimulatedRun) -> dict[str, Any]:
    """What must be the same however the run's memory travels."""
    assert run.finish is not None
    return {
        "outcome": run.finish.outcome,
        "value": run.finish.value,
        "failure": run.finish.failure,
        "calls": [(c.at, c.name, c.arguments, c.key, c.attempt) for c in watched.outside.world.calls],
        "ledger": [(entry.path, entry.state, entry.reason) for entry in run.state.ledger.values()],
        "notes": run.state.note_count,
    }
