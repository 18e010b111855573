"""`sleep`: a durable timer, by duration or until a moment."""

from datetime import datetime
from typing import cast

from dsl.ast.statements import Sleep
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
            deadline = machine.state.now + (node.milliseconds or 0) / 1000
        else:
            deadline = cast(datetime, machine.evaluate(frame, "until", node.until)).timestamp()
        machine.issue(frame, SetTimer(frame.path, deadline, title(frame.path)))
        machine.note("started", frame, "sleep")

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        machine.note("completed", frame, "sleep")
        machine.end(frame, DONE)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        machine.withdraw(frame.path)
        machine.end(frame, CANCELLED)
