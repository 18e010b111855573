"""Where an exploration stands: all runs of a flow, what they wait for, and what the tools really did.

A world is never changed. What happens makes a new one, in which only the run that heard of it is another; so worlds
share nearly all of what they hold, and what is compared is made once for each run.

Two worlds are the same when they differ only in what decides nothing: notes for people, and how much time has passed.
Of times only their order is kept, within each run. So what an exploration finds did happen, but a difference that only
the distance between two deadlines makes may be merged away.
"""

import hashlib
import json
import pickle
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from dsl.definition.definition import Definition
from dsl.definition.unseal import narrow
from interpreter.boundary.payloads import Price
from interpreter.core.commands import Finish, Work
from interpreter.core.snapshot import encode
from interpreter.core.state import Entry, State

TOP = "run"
START = 1_800_000_000.0
_TIME = re.compile(r"\b18000\d{5}(?:\.\d+)?")
NOT_COMPARED = ("notes", "note_count", "issued", "continuations", "started")
"""Of a state: for people, or for the driver."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tool really did under one key: how often it took effect, and how much of that was undone. `running`: an
    attempt may take effect until the time `over`. `heard`: the run was told that it did.
    """

    tool: str
    commits: int = 0
    undone: int = 0
    running: bool = False
    over: float = 0.0
    heard: bool = False

    @property
    def stands(self) -> bool:
        return self.commits > self.undone

    def may_come(self, now: float) -> bool:
        """Whether an attempt that was not heard of may take effect yet."""
        return self.running and now < self.over


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its state, pickled; the same as what is compared (`shape`); and what is asked of it most. `told`: the
    commands that were told to end; `stop`: it is to be cancelled, and has not heard of it.
    """

    key: str
    flow: str
    parent: tuple[str, str] | None
    saved: bytes
    shape: str
    pending: tuple[Work, ...] = ()
    ledger: tuple[Entry, ...] = ()
    cancelled: bool = False
    now: float = START
    told: frozenset[str] = frozenset()
    begun: bool = False
    stop: bool = False
    finish: Finish | None = None

    @property
    def state(self) -> State:
        """A copy that may be changed."""
        state = pickle.loads(self.saved)
        assert type(state) is State
        return state

    @property
    def lives(self) -> bool:
        return self.begun and self.finish is None


@dataclass(frozen=True, slots=True)
class World:
    """`faults`: how many things may still go wrong outside; `cancels`: how often the run may still be cancelled."""

    definition: Definition
    runs: dict[str, Run]
    effects: dict[str, Effect] = field(default_factory=dict)
    faults: int = 2
    cancels: int = 1

    @property
    def top(self) -> Run:
        return self.runs[TOP]

    @property
    def over(self) -> bool:
        return self.top.finish is not None

    @property
    def now(self) -> float:
        """One clock for all runs; each has looked at it when it last heard of something."""
        return max(run.now for run in self.runs.values())

    def of(self, run: Run) -> Definition:
        return narrow(self.definition, run.flow)

    def key(self) -> bytes:
        """The same for worlds that are the same."""
        now = self.now
        parts = [
            *(f"{run.key}{run.shape}{sorted(run.told)}{run.stop}{run.finish is None}" for run in self.runs.values()),
            str([(key, e.commits, e.undone, e.may_come(now), e.heard) for key, e in sorted(self.effects.items())]),
            f"{self.faults} {self.cancels}",
        ]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).digest()


def world_of(definition: Definition, input_: Any, faults: int) -> World:
    state = State(definition.flow, definition.hash, TOP, "requester", _prices(definition))
    state.input, state.now = input_, START
    return World(definition, {TOP: run_of(TOP, None, state)}, faults=faults)


def run_of(key: str, parent: tuple[str, str] | None, state: State) -> Run:
    """A run that has not begun: its input is there."""
    return Run(key, state.flow, parent, pickle.dumps(state, -1), shape_of(encode(state)), now=state.now)


def moved(run: Run, state: State, encoded: Any, **changes: Any) -> Run:
    """`run` with another state, which is `encoded`."""
    pending = tuple(pending.command for pending in state.pending.values())
    told = changes.pop("told", run.told) & state.pending.keys()
    return replace(
        run,
        saved=pickle.dumps(state, -1),
        shape=shape_of(encoded),
        pending=pending,
        ledger=tuple(state.ledger.values()),
        cancelled=state.cancelled,
        now=state.now,
        begun=True,
        told=told,
        **changes,
    )


def entries(runs: Iterable[Run]) -> dict[str, Entry]:
    """The ledgers of all runs that nobody has taken over, by key."""
    return {entry.key: entry for run in runs for entry in run.ledger}


def takes_effect_once(world: World, tool: str) -> bool:
    """However often it is called with one key: a tool that honours the key, or is idempotent."""
    effect = world.definition.tools[tool].effect
    return effect.keyed or effect.kind == "idempotent"


def shape_of(encoded: Any) -> str:
    """What is compared of a run: its state, of whose times only the order is kept."""
    kept = {name: value for name, value in encoded.items() if name not in NOT_COMPARED}
    text = json.dumps(kept)
    ranks = {time: str(rank) for rank, time in enumerate(sorted(set(_TIME.findall(text)), key=float))}
    return _TIME.sub(lambda match: f"t{ranks[match[0]]}", text)


def _prices(definition: Definition) -> dict[str, Price]:
    models = {model for agent in definition.agents.values() for model in agent.models}
    return {model: Price("0.000001", "0.000004") for model in sorted(models)}
