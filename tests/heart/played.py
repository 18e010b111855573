"""A run of a text in a world that plays one plan after the other, and when each call was made."""

from dataclasses import dataclass, field
from typing import Any

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.core.commands import CallTool
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode
from interpreter.simulation.simulation import START, SimulatedRun, Switches
from interpreter.simulation.world import Planned, World
from tests.heart.watched import Asleep, definition_of

Plans = dict[str, list[Planned]]


@dataclass
class Ended:
    """How it ended. `calls` are the names of what was called with the seconds since the start."""

    run: SimulatedRun
    calls: list[tuple[str, float]]

    @property
    def outcome(self) -> str:
        return self._finish.outcome

    @property
    def value(self) -> Any:
        return self._finish.value

    @property
    def failure(self) -> Failure:
        failure = decode(self._finish.failure)
        assert type(failure) is Failure
        return failure

    @property
    def ledger(self) -> dict[str, str]:
        """What became of each entry, by its step."""
        return {entry.path.rsplit("/", 1)[-1]: entry.state for entry in self.run.state.ledger.values()}

    @property
    def spent(self) -> tuple[int, int]:
        """Tokens and calls, as the run tells its end."""
        spent = self._finish.report.spent
        return spent.tokens, spent.calls

    @property
    def _finish(self) -> Any:
        assert self.run.finish is not None, f"the run stopped: {self.run.state.pending}"
        return self.run.finish

    def times(self, name: str) -> list[float]:
        return [at for called, at in self.calls if called == name]


@dataclass
class Player:
    """`plans` by tool or agent, of which the last is played for ever."""

    plans: Plans
    played: dict[str, int] = field(default_factory=dict)

    def next(self, name: str) -> Planned:
        number = self.played.get(name, 0)
        self.played[name] = number + 1
        plans = self.plans[name]
        return plans[min(number, len(plans) - 1)]

    def tool(self, command: CallTool) -> Planned:
        return self.next(command.tool)

    def agent(self, request: ChatRequest) -> Planned:
        return self.next(request.agent)


def play(
    text: str,
    plans: Plans,
    *,
    input: Any = None,
    cancel_at: float | None = None,
    switches: Switches | None = None,
    prices: dict[str, Price] | None = None,
    away: tuple[float, float] | None = None,
) -> Ended:
    """`cancel_at`: seconds after the start; `away`: those between which nothing is heard."""
    definition = definition_of(text)
    assert definition is not None, "the check refuses it"
    player = Player(plans)
    world = World(dict.fromkeys(plans, player.tool), dict.fromkeys(plans, player.agent))
    simulation = Asleep(definition, world, switches or Switches())
    if away is not None:
        simulation.gap = (START + away[0], START + away[1])
    run = simulation.run(input or {}, prices=prices)
    if cancel_at is not None:
        simulation.at(START + cancel_at, run.cancel)
    simulation.go()
    return Ended(run, [(call.name, round(call.at - START, 3)) for call in world.calls])
