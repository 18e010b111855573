"""One step of an exploration: what happens is told to the machine, and what it asks for stands in the next world."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from interpreter.boundary.view import Note
from interpreter.core import advance as heart
from interpreter.core.commands import Cancel, Command, Finish, StartChild
from interpreter.core.events import CancelRequested, ChildEnded
from interpreter.core.snapshot import encode
from interpreter.core.state import State
from tests.explore.happenings import Happening
from tests.explore.worlds import Run, World, moved, run_of


@dataclass(frozen=True)
class Step:
    """A world, what happened, and the world after it; of the run that heard of it (`run` as it was before) the new
    state, also as JSON, and what it asked for. A run that heard of nothing has no new state.
    """

    happening: Happening
    run: Run
    after: World
    new: State | None = None
    new_json: Any = None
    commands: tuple[Command, ...] = ()
    notes: tuple[Note, ...] = ()

    @cached_property
    def before(self) -> State:
        """That of the run as it was, to be read: a copy for each rule would take most of the time."""
        return self.run.state


def step(world: World, happening: Happening) -> Step:
    run = world.runs[happening.run]
    effects = world.effects | happening.effects if happening.effects else world.effects
    after = replace(
        world, effects=effects, faults=world.faults - happening.costs, cancels=world.cancels - happening.cancels
    )
    if happening.ends is not None:
        ended = replace(run, finish=Finish(happening.ends), pending=(), told=frozenset(), stop=False)
        return Step(happening, run, replace(after, runs=world.runs | {run.key: ended}))
    if happening.event is None:
        return Step(happening, run, after)
    new = run.state
    commands = heart.advance(world.of(run), new, happening.event)
    notes = tuple(new.notes)
    new.notes.clear()  # they are for people, and decide nothing
    new_json = encode(new)
    runs = dict(world.runs)
    if type(happening.event) is ChildEnded:
        _forget(runs, f"{run.key}/{happening.event.id}")
    runs[run.key] = _carried_out(runs, run, new, new_json, commands, happening)
    return Step(happening, run, replace(after, runs=runs), new, new_json, tuple(commands), notes)


def _carried_out(
    runs: dict[str, Run], run: Run, state: State, encoded: Any, commands: list[Command], happening: Happening
) -> Run:
    told, finish = set(run.told), run.finish
    for command in commands:
        match command:
            case StartChild():
                child = _child(run, state, command)
                runs[child.key] = child
            case Cancel(id=id_) if id_ in state.pending:
                told.add(id_)
                child_key = f"{run.key}/{id_}"
                if child_key in runs and runs[child_key].finish is None:
                    runs[child_key] = replace(runs[child_key], stop=True)
            case Finish():
                finish = command
    stop = run.stop and type(happening.event) is not CancelRequested
    return moved(run, state, encoded, told=frozenset(told), stop=stop, finish=finish)


def _child(run: Run, state: State, command: StartChild) -> Run:
    key = f"{run.key}/{command.id}"
    child = State(command.flow, state.hash, key, state.requester, state.prices, command.lease)
    child.max_output, child.rehearsal = state.max_output, command.rehearsal
    child.input, child.now = command.input, state.now
    return run_of(key, None if command.detached else (run.key, command.id), child)


def _forget(runs: dict[str, Run], key: str) -> None:
    """A child that was heard of. When it was terminated, those below it are found as orphans, and told to end."""
    del runs[key]
    for other in runs.values():
        if other.parent is not None and other.parent[0] == key:
            runs[other.key] = replace(other, parent=None, stop=other.finish is None)
