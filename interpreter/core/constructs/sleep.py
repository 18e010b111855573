"""`sleep`: a durable timer, by duration or until a moment. One that has nothing to wait for sets none: a timer without
a wait is no event, so rounds of them would go on and on within one workflow task.
"""

from datetime import datetime
from typing import cast

from dsl.ast.statements import Sleep
from interpreter.core import chosen
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import CANCELLED, DONE
from interpreter.core.state import Frame
from interpreter.core.wording import title


class SleepConstruct(Construct[NoMemory]):
    node = "sleep"
    waits = True

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Sleep, machine.node(frame))
        if node.until is None:
            length = chosen.length(machine, frame, "sleep", node.chosen, node.milliseconds or 0, least=0)
            deadline = machine.state.now + length / 1000
        else:
            deadline = cast(datetime, machine.evaluate(frame, "until", node.until)).timestamp()
        machine.note("started", frame, "sleep")
        if deadline > machine.state.now:
            machine.issue(frame, SetTimer(frame.path, deadline, title(frame.path)))
        else:
            self._over(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        self._over(machine, frame)

    def _over(self, machine: Machine, frame: Frame) -> None:
        machine.note("completed", frame, "sleep")
        machine.end(frame, DONE)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        machine.withdraw(frame.path)
        machine.note("cancelled", frame, "sleep")
        machine.end(frame, CANCELLED)
