"""What all share that have a budget of which people may be asked for more: `budget`, `loop`, agents, the run.

The question is a frame below, beside all that draws on the budget. What ends meanwhile is held until it is over.
"""

from typing import Any, TypeVar, cast

from interpreter.core import more, reservations
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.state import Frame

M_co = TypeVar("M_co", bound=Memory, covariant=True)
Given = dict[str, Any]
"""How much more there is, by unit."""


class Parks(Construct[M_co]):
    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        parking = self.parking(frame)
        if more.is_question(machine, frame, child):
            self._decided(machine, frame, exit_)
        elif parking is not None and parking.asking:
            parking.held, parking.held_from = exit_, child
            for question in tuple(frame.children):
                machine.cancel(question)
        else:
            self.ended(machine, frame, child, exit_)

    def ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        """What is at work below has ended, and nobody is being asked."""
        raise NotImplementedError(type(self).__name__)

    def given(self, machine: Machine, frame: Frame, short: Failure, given: Given | None) -> None:
        """People gave more rounds or turns, or (None) they did not, so it ends as `short` says."""
        raise NotImplementedError(type(self).__name__)

    def _decided(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """People gave more, or they did not. What has ended meanwhile has waited for that."""
        parking = self.parks(frame)
        decided = cast("dict[str, Any]", exit_.value) if exit_.kind == "done" else {}
        given = decided["answer"] if decided.get("approved") else None
        more.give(machine, frame, given)
        held, parking.held = parking.held, None
        short, parking.short = parking.short, None
        if held is not None:
            self.ended(machine, frame, parking.held_from, held)
        elif short is not None:
            self.given(machine, frame, short, given)
        elif not frame.cancelling:
            reservations.look_again(machine, frame.path)
