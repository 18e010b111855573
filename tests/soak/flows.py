"""The random flows of the heart's tests with short waits, and with tools that real workers carry out."""

import random
from dataclasses import dataclass
from itertools import count

from interpreter.boundary.payloads import ChatRequest
from interpreter.core.commands import CallTool, Command, Finish
from interpreter.core.events import Event
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Planned, Returns
from tests.heart.flows import FlowWriter, Place, some_flow
from tests.heart.outside import Outside
from tests.heart.watched import definition_of

DECLARATIONS = """\
edition 1

tool t.read(x: text) -> text read quick { heartbeat 1s timeout 3s }
tool t.idempotent(x: text) -> text idempotent { heartbeat 1s timeout 3s compensate t.undo(x: x) }
tool t.write(x: text) -> { id: text } write {
  heartbeat 1s timeout 3s
  errors Refused
  verify none "nobody can look it up"
  compensate t.undo(x: result.id)
}
tool t.named(x: text) -> { id: text } write {
  heartbeat 1s timeout 3s
  retry 2 times backoff 1s to 1s
  errors Refused
  compensate t.undo(x: x)
}
tool t.verified(x: text) -> { id: text } write {
  heartbeat 1s timeout 3s
  errors Refused
  verify t.find(key: key)
  compensate t.undo(x: result.id)
}
tool t.find(key: text) -> { id: text }? read { heartbeat 1s timeout 3s }
tool t.keyed(x: text) -> { id: text } write keyed {
  heartbeat 1s timeout 3s
  retry 3 times backoff 1s to 2s except Final
  errors Refused, Final
  compensate t.undo_once(x: result.id)
}
tool t.remembered(x: text) -> { id: text } write keyed for 4s {
  heartbeat 1s timeout 3s
  retry 4 times backoff 1s to 1s
  compensate t.undo(x: x)
}
tool t.stays(x: text) write { heartbeat 1s timeout 3s compensate none "it stays" }
tool t.pay(x: text) -> { id: text } irreversible keyed { heartbeat 1s timeout 3s compensate none "paid is paid" }
tool t.undo(x: text) idempotent { heartbeat 1s timeout 3s }
tool t.undo_once(x: text) write {
  heartbeat 1s timeout 3s
  retry 1 times backoff 1s to 1s
  compensate none "an undo is not undone"
}

agent ask(x: text) -> { answer: text } { model "gpt-4o" then "gpt-4o-mini" prompt "{{ x }}" }
agent ask_little(x: text) -> text {
  model "gpt-4o-mini"
  prompt "{{ x }}"
  instructions "Be brief."
  budget 1k tokens, 20s
}
flow leaf(x: text) -> text budget 8 calls, 8k tokens {
  step written = t.keyed(x: x)
  step said = ask_little(x: written.id)
  return said
}
agent act(x: text) -> { answer: text } {
  model "gpt-4o-mini"
  prompt "{{ x }}"
  use t.read, t.write, t.verified, t.keyed
  use t.named after approval from "leads" timeout 2s then reject
  up to 2
  budget 3 turns, 15s
}
agent boss(x: text) -> { answer: text } {
  model "gpt-4o" then "gpt-4o-mini"
  prompt "{{ x }}"
  use t.idempotent, t.remembered, t.stays, act, leaf
  use t.pay after approval from "leads" timeout 1s then ask from "board" timeout 2s then reject
  CALLS
  budget 3 turns, 20 calls, 25s
}
"""
"""`CALLS`: how many of its calls `boss` makes side by side."""

LONGEST = 8.0
"""Seconds that a flow may take when nothing goes wrong."""
SIZE = 12
EFFECTS = 4
"""The least that it does then."""


class ShortWriter(FlowWriter):
    agents = ("ask", "ask_little", "act", "act", "boss")

    def flow_budget(self) -> str:
        return self.chance.choice(["", "", "", "budget 12 calls", "budget 8k tokens", "budget 12s", "budget 1 usd, 2m"])

    def step_options(self, place: Place) -> str:
        options = []
        if self.chance.random() < 0.15:
            options.append("timeout 4s")
        if self.chance.random() < 0.15:
            options.append("retry 1 times backoff 1s to 1s")
        if self.chance.random() < 0.1:
            options.append(f"compensate t.undo(x: {self.value(place)})")
        return f" {{ {' '.join(options)} }}" if options else ""

    def sleep(self, place: Place) -> str:
        return f"sleep {self.chance.randint(1, 12)}00ms"

    def approval(self, place: Place) -> str:
        return super().approval(place).replace("timeout 150s", "timeout 3s").replace("timeout 6s", "timeout 3s")


@dataclass(frozen=True)
class Chosen:
    """A flow by the seed that it is made of; its text passes the check."""

    seed: int
    text: str


def choose(chance: random.Random, number: int) -> list[Chosen]:
    """So many flows that do something and are over soon when nothing goes wrong."""
    chosen: list[Chosen] = []
    for seed in count(chance.randrange(1_000_000) * 1000):
        if len(chosen) == number:
            break
        text = some_flow(seed, SIZE, writer=ShortWriter, declarations=declarations(seed))
        if _is_fit(text):
            chosen.append(Chosen(seed, text))
    return chosen


def declarations(seed: int) -> str:
    return DECLARATIONS.replace("CALLS", ("", "one at a time", "up to 2")[seed % 3])


class Brisk(Outside):
    """Nothing goes wrong, and nothing takes long; agents call nothing."""

    def __init__(self) -> None:
        super().__init__("brisk", gentle=True)
        self.world.agents |= dict.fromkeys(("act", "boss"), self.agent)

    def _planned(self, command: CallTool, chance: random.Random) -> Planned:
        return Returns(self._value(command.tool, chance), 0.3)

    def agent(self, request: ChatRequest) -> Planned:
        answer = "answered"
        return Returns({"value": answer} if request.agent == "ask_little" else {"answer": answer}, 0.3, 5, 5)


def _is_fit(text: str) -> bool:
    definition = definition_of(text)
    if definition is None:
        return False
    outside, ends = Brisk(), [START]

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        ends.extend(event.at for command in commands if type(command) is Finish)

    simulation = Simulation(definition, outside.world, watch=watch)
    outside.clock = simulation
    simulation.run({"x": "start"}, requester="requester")
    simulation.go()
    return ends[-1] - START < LONGEST and len(outside.effects) >= EFFECTS
