"""One of several blocks. With a name, the choice has the value that `yield` gives in the block that is taken."""

from typing import cast

from dsl.ast.shapes import shape
from dsl.ast.statements import If, Match
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE, Exit, done
from interpreter.core.state import Frame


class Choice(Construct[NoMemory]):
    node = None

    def taken(self, machine: Machine, frame: Frame) -> int | None:
        """The place of the block that is taken, None for that of `else`. May suspend."""
        raise NotImplementedError(type(self).__name__)

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast("If | Match", machine.node(frame))
        place = self.taken(machine, frame)
        if place is None and node.otherwise is None:
            machine.end(frame, DONE)
            return
        segments = [segment for segment, _ in shape(node).blocks(node)]
        machine.open(frame, segments[-1 if place is None else place])

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        named = cast("If | Match", machine.node(frame)).name is not None
        yielded = named and exit_.kind == "yield"
        machine.end(frame, unless_cancelled(frame, done(exit_.value) if yielded else exit_))
