"""What a simulated run comes to, counted beside its plan."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dsl.analysis import Analysis, analyse
from dsl.planning.amounts import Amounts
from dsl.planning.plans import Plans
from dsl.source import Source
from interpreter.boundary.failures import STILL_RUNNING
from interpreter.core.commands import AttemptModel, CallTool, Command, Evaluate, SetTimer, StartChild
from interpreter.core.events import CallFailed, Event
from interpreter.core.purses import total
from interpreter.simulation.simulation import START, SimulatedRun
from tests.heart.watched import Watched


@lru_cache(maxsize=50)
def analysed(text: str) -> Analysis:
    return analyse(Source("random.flow", text))


def planned(text: str, *, rough: bool = True) -> Amounts:
    """Of its flow `main`."""
    analysis = analysed(text)
    plans = Plans(analysis.facts, analysis.program.graph, rough=rough)
    plans.of("main")
    return plans.inside["main"]


@dataclass
class Counted:
    """Of the run and all that it starts; `events` are those of the run itself, by what the server surely writes."""

    of: Counter[str] = field(default_factory=Counter)
    events: int = 0
    over_at: float = START
    runs: dict[str, SimulatedRun] = field(default_factory=dict)

    def step(self, watched: Watched, run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        self.of["calls"] -= type(event) is CallFailed and event.kind == STILL_RUNNING
        for command in commands:
            name = _NAMES.get(type(command))
            if name is not None:
                self.of[name] += 1
                self.events += _EVENTS[type(command)] if run.state.key_base == "run" else 0
        self.of["questions"] = len(watched.asked)
        self.runs[run.state.key_base] = run
        if run.state.key_base == "run":
            self.over_at = event.at

    def fits(self, plan: Amounts, run: SimulatedRun, away: float) -> dict[str, tuple[Any, Any]]:
        """What is more than was planned: counted, and planned. `away`: seconds for which no worker was there."""
        spent, passed = total(run.state), (self.over_at - START) * 1000
        fair = not any(note.kind == "overspent" for each in self.runs.values() for note in each.state.notes)
        longest = [plan.time, plan.back, plan.last]
        found: dict[str, tuple[Any, Any]] = {
            **{name: (number, getattr(plan, name)) for name, number in self.of.items() if hasattr(plan, name)},
            "events": (self.events, plan.events),
            "tokens": (spent.tokens * fair, plan.tokens),
            "usd": (spent.usd * fair, plan.usd),
            "time": (passed - away * 1000, None if None in longest else sum(longest)),  # type: ignore[arg-type]
        }
        return {name: (number, most) for name, (number, most) in found.items() if most is not None and number > most}


_NAMES = {CallTool: "calls", AttemptModel: "requests", StartChild: "runs", SetTimer: "timers", Evaluate: "evaluations"}
_EVENTS = {CallTool: 3, AttemptModel: 3, StartChild: 3, SetTimer: 2, Evaluate: 1}
