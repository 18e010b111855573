"""`await first`: a deferred choice. Whatever comes first, an event, a moment, an answer or the end of a step, says
which way is gone; the others are given up.

Events and times are waited for here, together, so of several events the one that came first is taken, and none is taken
that is not acted on. Approvals and steps run in a race of their own below: that says who is first of them, and undoes
the others. Whoever is first closes the door for the rest: after a branch of the race has come to its end no event is
taken any more, also while the losers are being undone; and when an event or a moment is first, the whole race has lost.

A branch of the race that fails is out of it, as in any race. When all of them have failed and nothing else is waited
for, that is the failure.
"""

from datetime import datetime
from typing import cast

from dsl.ast.shapes import shape
from dsl.ast.statements import AwaitFirst, FirstBranch
from dsl.expressions.values import Value
from interpreter.boundary.failures import ALL_FAILED
from interpreter.core import arrivals, chosen
from interpreter.core.awaited import Arrival, Expected
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.fan import overtake
from interpreter.core.events import Event
from interpreter.core.fan_memory import FanMemory
from interpreter.core.first_memory import AwaitFirstMemory
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, Exit, failed
from interpreter.core.state import Frame
from interpreter.core.wording import title


class AwaitFirstConstruct(Construct[AwaitFirstMemory]):
    remembers = AwaitFirstMemory
    node = "first"
    place = "event"

    def enter(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        expects = self._expects(machine, frame, node)
        times = self._times(machine, frame, node)
        memory.events = [each.name for each in expects]
        memory.deadline, memory.timed = min(times, default=(None, None))
        machine.note("started", frame, "first")
        if memory.deadline is not None and memory.deadline <= machine.state.now:
            memory.due = True  # only what is there already could come before it
        elif memory.deadline is not None:
            machine.issue(frame, SetTimer(_timer(frame), memory.deadline, f"{title(frame.path)}: due"))
        arrivals.begin(machine, frame, expects, memory.deadline)
        if node.race is not None and not memory.due:
            machine.open(frame, "/race")

    def start(self, machine: Machine, frame: Frame) -> None:
        if frame.suspended is not None or frame.path not in machine.state.waits:
            return
        if self._is_decided(machine, frame):
            arrivals.end(machine, frame)
            return
        memory = self.memory(frame)
        ways = [place for place, way in enumerate(_node(machine, frame).branches) if way.expected is not None]
        nodes = tuple(each.expected for each in _node(machine, frame).branches if each.expected is not None)
        found = arrivals.look(machine, frame, nodes)
        if found is not None:
            place, arrival = found
            self._event_came(machine, frame, ways[place], arrival)
        elif memory.due and memory.timed is not None:
            self._take(machine, frame, memory.timed, "the time is over")

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        """What came in time may just be looked at elsewhere."""
        memory = self.memory(frame)
        memory.due = True
        if frame.suspended is None and not self._is_decided(machine, frame) and memory.timed is not None:
            self._take(machine, frame, memory.timed, "the time is over")

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        if child != f"{frame.path}/race":
            machine.end(frame, unless_cancelled(frame, exit_))
        elif frame.cancelling:
            machine.end(frame, CANCELLED)
        elif memory.taken is not None:
            self._go(machine, frame, exit_)
        elif exit_.failure is not None:
            self._nobody_won(machine, frame, exit_)
        elif exit_.kind == "done":
            self._won(machine, frame, exit_.value)
        else:
            self._close(machine, frame)
            machine.end(frame, exit_)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).taken is None:
            self._close(machine, frame)
            machine.note("cancelled", frame, "first")
        super().cancel(machine, frame)

    def doing(self, frame: Frame) -> str:
        return super().doing(frame) if frame.cancelling or self.memory(frame).open else "waiting"

    def detail(self, frame: Frame) -> str:
        memory = self.memory(frame)
        words = " or ".join(f"`{name}`" for name in memory.events)
        return "" if memory.taken is not None or not words else f"for {words}"

    # -- who is first

    def _is_decided(self, machine: Machine, frame: Frame) -> bool:
        """Whether a way is taken, or will be when those have ended who have lost."""
        race = machine.state.frames.get(f"{frame.path}/race")
        racing = race is not None and isinstance(race.memory, FanMemory) and race.memory.decided
        return racing or frame.cancelling or self.memory(frame).taken is not None

    def _event_came(self, machine: Machine, frame: Frame, place: int, arrival: Arrival) -> None:
        expected = _way(machine, frame, place).expected
        assert expected is not None
        arrivals.bind(machine, frame, expected.name, arrival)
        self._take(machine, frame, place, f"{expected.event}, by {arrival.by}")

    def _won(self, machine: Machine, frame: Frame, value: Value) -> None:
        """What the race tells: who has won, and with what."""
        assert type(value) is dict
        node = _node(machine, frame)
        assert node.race is not None
        name = str(value["branch"])
        place = next(at for at, way in enumerate(node.branches) if way.branch == name)
        won = next(each for each in node.race.branches if shape(each).place(each) == name)
        result = shape(won).result(won)
        if result is not None:
            machine.bind(frame, result, value["value"])
        self._take(machine, frame, place, name)

    def _nobody_won(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        memory, failure = self.memory(frame), exit_.failure
        assert failure is not None
        waits = frame.path in machine.state.waits and (memory.events or memory.timed is not None)
        if failure.kind == ALL_FAILED and waits:
            memory.failure = failure
            return
        self._close(machine, frame)
        machine.end(frame, exit_)

    def _take(self, machine: Machine, frame: Frame, place: int, detail: str) -> None:
        self.memory(frame).taken = place
        self._close(machine, frame)
        machine.note("completed", frame, "first", detail=detail)
        race = machine.state.frames.get(f"{frame.path}/race")
        if race is None:
            self._go(machine, frame, None)
        else:
            overtake(machine, race)

    def _go(self, machine: Machine, frame: Frame, lost: Exit | None) -> None:
        """The way is gone when all who have lost are done with; what of them nobody knows stops everything."""
        memory = self.memory(frame)
        assert memory.taken is not None
        if lost is not None and lost.failure is not None:
            machine.end(frame, failed(lost.failure))
            return
        memory.open = True
        segments = [segment for segment, _ in shape(_node(machine, frame)).blocks(_node(machine, frame))]
        machine.open(frame, segments[memory.taken])

    def _close(self, machine: Machine, frame: Frame) -> None:
        arrivals.end(machine, frame)
        machine.withdraw(_timer(frame))

    # -- what is waited for

    def _expects(self, machine: Machine, frame: Frame, node: AwaitFirst) -> list[Expected]:
        return [
            arrivals.expected(machine, frame, f"key{place}", way.expected)
            for place, way in enumerate(node.branches)
            if way.expected is not None
        ]

    def _times(self, machine: Machine, frame: Frame, node: AwaitFirst) -> list[tuple[float, int]]:
        """When each time is over, with the place of its way: of two at once the first in the text is meant."""
        times = []
        for place, way in enumerate(node.branches):
            if way.after is not None:
                after = chosen.length(machine, frame, f"after {place + 1}", way.chosen_after, way.after, least=0)
                times.append((machine.state.now + after / 1000, place))
            elif way.until is not None:
                moment = machine.evaluate(frame, f"until{place}", way.until)
                times.append((cast(datetime, moment).timestamp(), place))
        return times


def _timer(frame: Frame) -> str:
    return f"{frame.path}!due"


def _way(machine: Machine, frame: Frame, place: int) -> FirstBranch:
    return _node(machine, frame).branches[place]


def _node(machine: Machine, frame: Frame) -> AwaitFirst:
    return cast(AwaitFirst, machine.node(frame))
