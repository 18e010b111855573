"""The door of the heart: `advance` moves a run on by one event."""

from dsl.definition.definition import Definition
from interpreter.core.commands import Command, Work
from interpreter.core.constructs.table import CONSTRUCTS, kind_of
from interpreter.core.events import Event
from interpreter.core.machine import ROOT, Machine
from interpreter.core.state import State
from interpreter.core.traces import Watch


def advance(definition: Definition, state: State, event: Event, watch: Watch | None = None) -> list[Command]:
    """Move `state` on by one event; the commands come in the order in which they are to be carried out. `watch` is told
    of what ends by it, and changes nothing.
    """
    machine = Machine(definition, state, CONSTRUCTS, kind_of, watch)
    machine.take(event)
    return machine.commands


def resume(state: State) -> list[Work]:
    """The commands that a continued run issues again: all that wait for an event. The driver leaves out children that
    run.
    """
    return [pending.command for pending in state.pending.values()]


def finished(state: State) -> bool:
    """Whether the run is over."""
    return ROOT not in state.frames


def count_continuation(state: State) -> None:
    """Note that the run continues as new here, and inside of what."""
    places = {"all", *(place for frame in state.frames.values() if (place := CONSTRUCTS[frame.kind].place))}
    for place in sorted(places):
        state.continuations[place] = state.continuations.get(place, 0) + 1
