"""A random world around random flows. How a call goes depends on its key and attempt only, so it goes the same way
whenever the run asks.
"""

import random
from dataclasses import replace
from typing import Any

from dsl.expressions.values import Reference
from interpreter.boundary.payloads import Answer, ChatRequest
from interpreter.core.commands import CallTool
from interpreter.core.events import Certainty
from interpreter.core.state import State
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.declared import RESULTS

LARGE = {f"{number:064x}": f"large-{number}" for number in range(4)}
"""Texts that stay behind references."""
LATEST = 30.0
"""Seconds after which an attempt that timed out has ended: the timeout of the tools."""
REMEMBERED = 3.0
"""For how many seconds `t.remembered` knows a key, as it declares."""
TOOLS = (
    *("t.read", "t.idempotent", "t.write", "t.named", "t.verified", "t.find", "t.keyed", "t.remembered", "t.stays"),
    *("t.pay", "t.undo", "t.undo_once"),
)


ABSURD: list[Any] = [
    *(7, "no", [], {}, {"charge": 7}, {"usage": []}, {"usage": {"input_tokens": -1, "output_tokens": 1}}),
    *({"usage": {"input_tokens": 1, "output_tokens": number}} for number in (1e308, float("nan"), 0.5, "1", 10**30)),
    *({"retry_after": wait} for wait in (-1, 1e308, float("nan"), "soon", 10**5000, [1], True)),
]
"""What no sound worker says of a failed attempt."""


class Outside:
    """`effects` are the keys of the calls that took effect, with a tool for each time; `first` is when the first did.
    `gentle`: nothing goes wrong.
    """

    def __init__(self, seed: str, *, gentle: bool = False) -> None:
        self.seed = seed
        self.gentle = gentle
        self.clock: Simulation | None = None
        self.effects: dict[str, list[str]] = {}
        self.first: dict[str, float] = {}
        self.world = World(
            tools=dict.fromkeys(TOOLS, self.tool),
            agents=dict.fromkeys(("ask", "ask_little"), self.agent),
            objects=dict(LARGE),
        )

    def chance(self, *parts: object) -> random.Random:
        return random.Random("/".join(map(str, (self.seed, *parts))))

    # -- tools

    def tool(self, command: CallTool) -> Planned:
        chance = self.chance(command.key, command.id, command.attempt)
        if command.tool == "t.find":
            return self._found(command, chance)
        planned = self._planned(command, chance)
        happened = planned.took_effect if type(planned) is Fails else True
        if happened and command.tool != "t.read":
            late = chance.uniform(0, LATEST) if type(planned) is Fails and planned.certainty == "timed_out" else 0.0
            self._take_effect(command, late)
        if type(planned) is Fails and planned.certainty == "timed_out":
            return replace(planned, deaf=True)  # a lost attempt hears of no cancel
        return planned

    def _take_effect(self, command: CallTool, late: float) -> None:
        """A tool that honours the key, or is idempotent, takes effect once; `t.remembered` forgets keys that it did not
        get again for a while. An attempt that timed out may take effect later.
        """
        assert self.clock is not None
        called = self.clock.now
        once = command.tool in ("t.keyed", "t.pay", "t.idempotent", "t.undo")
        if command.tool == "t.remembered":
            once = called < self.first.setdefault(command.key, called) + REMEMBERED

        def happen() -> None:
            done = self.effects.setdefault(command.key, [])
            if not done or not once:
                done.append(command.tool)

        if late:  # also while nobody hears of anything
            Simulation.at(self.clock, called + late, happen)
        else:
            happen()

    def _found(self, command: CallTool, chance: random.Random) -> Planned:
        if chance.random() < 0.15:
            return Fails("Undeclared", certainty="unknown", seconds=0.5)
        happened = self.effects.get(command.arguments["key"])
        return Returns({"id": "found"} if happened else None, seconds=chance.choice([0.1, 1.0]))

    def _planned(self, command: CallTool, chance: random.Random) -> Planned:
        """A declared error of a keyed tool promises that none of its attempts took effect."""
        seconds, deaf = chance.choice([0.0, 0.1, 0.1, 1.0, 3.0]), chance.random() < 0.3
        trouble = chance.random()
        if self.gentle or trouble < 0.6:
            return Returns(self._value(command.tool, chance), seconds, deaf=deaf)
        if trouble < 0.75 and not (command.tool == "t.keyed" and command.key in self.effects):
            kind = chance.choice(["Refused", "Refused", "Final"])
            declared = kind in command_errors(command.tool)
            return Fails(kind, "no", "answered", seconds, took_effect=not declared and chance.random() < 0.5, deaf=deaf)
        if trouble < 0.9:
            certainty: Certainty = chance.choice(["unknown", "timed_out"])
            return Fails("TimedOut", "lost", certainty, seconds, took_effect=chance.random() < 0.5, deaf=deaf)
        if trouble < 0.95:
            return Fails("TimedOut", "no worker", "not_started", seconds, deaf=deaf)
        return Fails("Undeclared", "broken", "answered", seconds, took_effect=chance.random() < 0.5, retryable=False)

    def _value(self, tool: str, chance: random.Random) -> Any:
        if RESULTS.get(tool) == "nothing" or tool in ("t.undo", "t.undo_once"):
            return None
        text: Any = f"r{chance.randint(0, 99)}"
        if tool == "t.read" and chance.random() < 0.3:
            hash_ = chance.choice(list(LARGE))
            text = Reference(hash_, len(LARGE[hash_]))
        if RESULTS.get(tool) == "text":
            return 7 if chance.random() < 0.05 else text
        return {"id": text} if chance.random() > 0.05 else {"name": text}

    # -- agents

    def agent(self, request: ChatRequest) -> Planned:
        chance = self.chance(request.agent, request.prompt, request.attempt)
        seconds, trouble, deaf = chance.choice([0.1, 1.0, 4.0]), chance.random(), chance.random() < 0.2
        used = (chance.randint(1, 20), chance.randint(1, request.max_output_tokens))
        if not self.gentle and chance.random() < 0.05:
            used = (used[0], used[1] * chance.choice([10, 1_000_000]))
        usage = {"input_tokens": used[0], "output_tokens": used[1]}
        if self.gentle or trouble < 0.6:
            value: Any = f"m{chance.randint(0, 99)}"
            if trouble < 0.5 or self.gentle:
                value = {"answer": value} if request.agent == "ask" else {"value": value}
            return Returns(value, seconds, *used, deaf=deaf)
        kind, detail = chance.choice(
            [
                ("RateLimited", {"retry_after": 2, "charge": "none"}),
                ("Overloaded", {"charge": "reservation"}),
                ("ModelTimeout", {"charge": "reservation"}),
                ("InvalidRequest", {"charge": "none"}),
                ("Refused", {"charge": "usage", "usage": usage}),
                ("MalformedOutput", {"charge": "usage", "usage": usage}),
                ("MalformedOutput", {"charge": "usage", "usage": usage}),
                ("TimedOut", None),
                ("Overloaded", chance.choice(ABSURD)),
            ]
        )
        seen: Certainty = chance.choice(["timed_out", "unknown", "not_started"]) if kind == "TimedOut" else "answered"
        return Fails(kind, "no", seen, seconds, details=(detail,) if detail is not None else (), deaf=deaf)

    # -- people

    def answer(self, run: SimulatedRun, question: str) -> None:
        """A few people answer after some time, some of them twice, or too late."""
        chance = self.chance(run.state.key_base, question)
        for number in range(chance.randint(0, 4)):
            answer = Answer(
                id=f"{question}-{number}",
                question=question,
                decision=chance.choice(["approve", "approve", "approve", "reject"]),
                by=chance.choice(["ann", "bob", "cem", "requester"]),
                group=chance.choice([None, "leads", "board"]),
                answer=self.edited(run.state, question, number),
            )
            for _ in range(chance.choice([1, 1, 2])):
                simulation: Simulation = run.simulation
                simulation.at(simulation.now + chance.choice([0.5, 1.5, 3.5]), lambda answer=answer: run.answer(answer))

    def edited(self, state: State, question: str, number: int) -> Any:
        """Another answer than what is proposed."""
        return None


def command_errors(tool: str) -> tuple[str, ...]:
    """What these tools declare."""
    if tool in ("t.write", "t.named", "t.verified"):
        return ("Refused",)
    return ("Refused", "Final") if tool == "t.keyed" else ()
