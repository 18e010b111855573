"""`await event`: the first event that is meant, or what is done when none has come in time."""

from dataclasses import dataclass
from typing import cast

from dsl.ast.statements import AwaitEvent
from interpreter.core import arrivals, chosen, discretion
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame
from interpreter.core.wording import title


@recorded
@dataclass(slots=True)
class AwaitEventMemory(Memory):
    """What it waits for. `due`: its time is over, while it looks at what came in time. `late`: none has come."""

    event: str = ""
    key: str | None = None
    due: bool = False
    late: bool = False


class AwaitEventConstruct(Construct[AwaitEventMemory]):
    remembers = AwaitEventMemory
    node = "event"
    place = "event"

    def enter(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        expected = arrivals.expected(machine, frame, "key", node.expected)
        assert node.timeout is not None
        timeout = chosen.length(machine, frame, "timeout", node.chosen_timeout, node.timeout)
        memory.event, memory.key = expected.name, expected.key
        deadline = machine.state.now + timeout / 1000
        machine.note("started", frame, "event")
        arrivals.begin(machine, frame, [expected], deadline)
        machine.issue(frame, SetTimer(_timer(frame), deadline, f"{title(frame.path)}: event due"))

    def start(self, machine: Machine, frame: Frame) -> None:
        if frame.suspended is None and frame.path in machine.state.waits:
            self._look(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        """What came in time may just be looked at elsewhere."""
        self.memory(frame).due = True
        if frame.suspended is None:
            self._late(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        machine.end(frame, unless_cancelled(frame, exit_))

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).late:
            super().cancel(machine, frame)
            return
        self._over(machine, frame)
        machine.note("cancelled", frame, "event")
        machine.end(frame, CANCELLED)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._over(machine, frame)
        machine.note("failed", frame, "event", detail=discretion.told(machine, frame, failure))
        super().fail(machine, frame, failure)

    def doing(self, frame: Frame) -> str:
        return super().doing(frame) if frame.cancelling or self.memory(frame).late else "waiting"

    def detail(self, frame: Frame) -> str:
        memory = self.memory(frame)
        if memory.late:
            return ""
        return f"for `{memory.event}`" + ("" if memory.key is None else f" from {memory.key}")

    def _look(self, machine: Machine, frame: Frame) -> None:
        node = _node(machine, frame)
        found = arrivals.look(machine, frame, (node.expected,))
        if found is None:
            if self.memory(frame).due:
                self._late(machine, frame)
            return
        _, arrival = found
        self._over(machine, frame)
        arrivals.bind(machine, frame, node.expected.name, arrival)
        machine.note("completed", frame, "event", detail=f"by {arrival.by}")
        machine.end(frame, DONE)

    def _late(self, machine: Machine, frame: Frame) -> None:
        self.memory(frame).late = True
        self._over(machine, frame)
        machine.note("timed_out", frame, "event")
        machine.open(frame, "/else")

    def _over(self, machine: Machine, frame: Frame) -> None:
        arrivals.end(machine, frame)
        machine.withdraw(_timer(frame))


def _timer(frame: Frame) -> str:
    return f"{frame.path}!due"


def _node(machine: Machine, frame: Frame) -> AwaitEvent:
    return cast(AwaitEvent, machine.node(frame))
