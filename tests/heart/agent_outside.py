"""A random world around agents with tools. Its provider keeps a journal of what it has counted for every attempt,
also of those whose answer was lost; it reports no more than it was allowed.
"""

import json
import random
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.boundary.talk import AskedCall
from interpreter.boundary.tell import Tell
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.commands import CallTool
from interpreter.core.events import Certainty
from interpreter.core.more import AskForMoreMemory
from interpreter.core.state import State
from interpreter.simulation.simulation import SimulatedRun
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.agent_flows import KEYED_COSTS, MOST_BILLED
from tests.heart.outside import LARGE, Outside

MOST_SENT = 20
"""Tokens of a prompt that are counted; each is reserved for many more."""
TRUTHFUL: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("RateLimited", "answered", {"retry_after": 2, "charge": "none"}),
    ("Overloaded", "answered", {"charge": "reservation"}),
    ("ModelTimeout", "answered", {"charge": "reservation"}),
    ("InvalidRequest", "answered", {"charge": "none"}),
    ("MalformedOutput", "answered", {"charge": "usage"}),
    ("TimedOut", "timed_out", None),
    ("TimedOut", "unknown", None),
    ("TimedOut", "not_started", None),
)


@dataclass
class Journal:
    """What a provider has counted in all."""

    prices: dict[str, Price]
    tokens: int = 0
    usd: Decimal = Decimal(0)
    attempts: int = 0
    calls: int = 0

    def count(self, model: str, sent: int, answered: int) -> None:
        price = self.prices[model]
        self.attempts += 1
        self.tokens += sent + answered
        self.usd += sent * Decimal(price.input) + answered * Decimal(price.output)


@dataclass
class AgentOutside(Outside):
    journal: Journal
    told: set[tuple[str, str]] = field(default_factory=set)

    def __init__(self, seed: str, journal: Journal) -> None:
        super().__init__(seed)
        self.journal, self.told = journal, set()
        self.world.objects = dict(LARGE)
        self.world.tools["t.billed"] = self.tool
        self.world.agents = dict.fromkeys(("ask_little", "act", "boss", "notes"), self.agent)

    def tool(self, command: CallTool) -> Planned:
        """A call that may take effect later has not heard that it was cancelled. What costs something is counted where
        it was carried out, and also where nobody hears of it.
        """
        if command.tool == "t.billed":
            return self._billed(command)
        planned = super().tool(command)
        if command.tool == "t.keyed" and (type(planned) is not Fails or planned.took_effect):
            self.journal.usd += KEYED_COSTS
        return replace(planned, deaf=True) if type(planned) is Fails and planned.certainty == "timed_out" else planned

    def _billed(self, command: CallTool) -> Planned:
        """It says what it took, or nothing that can be read."""
        chance = self.chance("billed", command.key, command.id, command.attempt)
        seconds, usd = chance.choice([0.1, 1.0, 3.0]), MOST_BILLED * chance.randint(0, 10) / 10
        if chance.random() < 0.3:
            certainty: Certainty = chance.choice(["not_started", "unknown", "timed_out", "answered"])
            self.journal.usd += 0 if certainty == "not_started" else usd
            return Fails("Undeclared", "lost", certainty, seconds, took_effect=False)
        self.journal.usd += usd
        return Returns(
            {"id": f"b{chance.randint(0, 9)}", "usd": str(usd) if chance.random() < 0.9 else "much"}, seconds
        )

    def agent(self, request: ChatRequest) -> Planned:
        chance = self.chance(request.agent, self._heard(request), request.model, request.attempt)
        used = (chance.randint(1, MOST_SENT), chance.randint(1, request.max_output_tokens))
        if chance.random() < 0.8:
            self.journal.count(request.model, *used)
            return self._says(request, chance, used)
        kind, certainty, detail = chance.choice(TRUTHFUL)
        is_free = certainty == "not_started" or (detail or {}).get("charge") == "none"
        if not is_free:
            self.journal.count(request.model, *used)
        if detail is not None and detail["charge"] == "usage":
            detail = detail | {"usage": {"input_tokens": used[0], "output_tokens": used[1]}}
        details = (detail,) if detail is not None else ()
        return Fails(kind, "no", certainty, chance.choice([0.1, 2.0]), details=details)  # type: ignore[arg-type]

    def _heard(self, request: ChatRequest) -> str:
        return json.dumps(self.world._seen(request), default=str)

    def _says(self, request: ChatRequest, chance: random.Random, used: tuple[int, int]) -> Returns:
        seconds, deaf = chance.choice([0.1, 1.0, 4.0]), chance.random() < 0.2
        calls = self._calls(request, chance)
        if calls and chance.random() < 0.6:
            self.journal.calls += len(calls)
            return Returns(None, seconds, *used, deaf=deaf, calls=calls)
        value: Any = f"m{chance.randint(0, 99)}"
        if chance.random() < 0.9:
            value = {"value": value} if request.agent in ("ask_little", "notes") else {"answer": value}
        return Returns(value, seconds, *used, deaf=deaf)

    def _calls(self, request: ChatRequest, chance: random.Random) -> tuple[AskedCall, ...]:
        talk = request.talk
        if talk is None:
            return ()
        text = talk.tools_text if talk.preamble is None else self.world.objects[talk.preamble.hash]["tools"]
        if text is None:
            return ()
        offered = [(told["name"], next(iter(told["parameters"]["properties"]))) for told in json.loads(text)]
        chosen = [chance.choice([*offered, *offered, ("nothing", "x")]) for _ in range(chance.randint(1, 3))]
        return tuple(
            AskedCall(f"c{place}", name, json.dumps({parameter: f"a{chance.randint(0, 99)}"}))
            for place, (name, parameter) in enumerate(chosen)
        )

    def edited(self, state: State, question: str, number: int) -> Any:
        """Some people agree to a call with other arguments than the agent's."""
        asked, chance = state.questions[question].asked, self.chance("edit", state.key_base, question, number)
        more = state.frames[question].memory
        if type(more) is AskForMoreMemory:
            amounts: dict[str, list[Any]] = {"usd": ["0.01", "0.5"], "turns": [1, 2]}
            return {more.unit: chance.choice(amounts.get(more.unit, [2, 3000]))}
        if type(asked) is not dict or chance.random() < 0.6:
            return None
        return {name: f"edited{chance.randint(0, 9)}" for name in asked}

    def speak(self, run: SimulatedRun) -> None:
        """Somebody says something to some agents."""
        for path, frame in run.state.frames.items():
            key = (run.state.key_base, path)
            if type(frame.memory) is AgentStepMemory and frame.memory.talk is not None and key not in self.told:
                self.told.add(key)
                if self.chance("tell", *key).random() < 0.3:
                    tell = Tell(f"tell {path}", "Sure?", "ann", path)
                    run.simulation.at(run.simulation.now + 0.05, lambda tell=tell: run.tell(tell))
