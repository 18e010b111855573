"""No flow that passes the check makes an irreversible call that the people who approved did not see listed, or makes it
more often than it was listed. Random flows, run with short lists; every call is compared with what was approved."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from dsl.analysis import Analysis, analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.semantics.gating.gates import ungated
from dsl.source import Source
from interpreter.boundary.payloads import Answer
from interpreter.core.commands import CallTool, Command
from interpreter.core.events import Event
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Planned, Returns, World
from tests.heart.gated_flows import gated_flow

FLOWS, WORLDS = 80, 3
LINE = re.compile(r"send\(amount: (?P<amount>.*?), to: (?P<to>.*)\)(?: for each (?P<item>\w+) of ‹your answer›\.pays)?")


@cache
def passing(seed: int) -> Definition | None:
    """A random flow without the calls that the check refuses; None when it calls nothing irreversible then."""
    text = gated_flow(seed)
    for name in _refused(analyse(Source("gates.flow", text))):
        text = text.replace(f"step {name} = send(", f"step {name} = harmless(")
    analysis = analyse(Source("gates.flow", text))
    if not analysis.ok or " = send(" not in text:
        return None
    return unseal(seal(analysis.facts, analysis.source, "main", gates=analysis.gates, spends=analysis.spends).json)


def _refused(analysis: Analysis) -> list[str]:
    (flow,) = analysis.facts.all(FlowDeclaration)
    return [step.name for step, tried in ungated(flow, analysis.facts) if all(each.gate is None for each in tried)]


@dataclass(frozen=True)
class Ticket:
    """One call that was approved: in the turn of the rounds around the question, with these texts as arguments."""

    turn: str
    amount: str
    to: str

    def may_be(self, call: CallTool) -> bool:
        amount, to = str(call.arguments["amount"]), f'"{call.arguments["to"]}"'
        return call.id.startswith(self.turn) and fits(self.amount, amount) and fits(self.to, to)


def fits(listed: str, given: str) -> bool:
    """Whether it was listed so, or as something that the answer decides, one of two perhaps."""
    ways = listed.strip("()").split(" or ")
    return (
        listed == given
        or "‹" in listed
        or listed == "…"
        or _of_item(ways)
        or given in [way.strip("()") for way in ways]
    )


def _of_item(ways: list[str]) -> bool:
    return len(ways) > 1 and any(re.match(r"\(*v\d+[.\[]", way) is not None for way in ways)


@dataclass
class People:
    """They approve most of what they are asked. `calls` holds each call with the tickets that there were before it."""

    chance: random.Random
    tickets: list[Ticket] = field(default_factory=list)
    calls: list[tuple[CallTool, int]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    groups: Counter[str] = field(default_factory=Counter)

    def watch(self, run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, CallTool) and command.tool == "send":
                self.calls.append((command, len(self.tickets)))
        for path in sorted(run.state.questions.keys() - self.asked):
            self.asked.add(path)
            later = run.simulation.now + self.chance.random()
            run.simulation.at(later, lambda path=path: self._answer(run, path))  # type: ignore[misc]

    def _answer(self, run: SimulatedRun, path: str) -> None:
        """With an answer where one is asked for, and without where none is; sometimes nobody answers."""
        if self.chance.random() < 0.1 or path not in run.state.questions:
            return
        given = {"amount": 100, "to": "given", "pays": self.pays(range(101, 103)), "at": self.chance.randint(0, 1)}
        before, lines = len(self.tickets), run.state.questions[path].gates
        self.tickets += [ticket for line in lines for ticket in _tickets(path, line, given)]
        question = run.state.questions[path]
        typed = question.answer_type is not None
        ids = [f"{path}!{number}" for number in range(len(question.stages[0].groups))]
        for id, by, group in zip(ids, ("ann", "bob"), question.stages[0].groups, strict=False):
            self.groups[group] += 1
            run.answer(Answer(id, path, "approve", by, given if typed else None, group))
        refused = [reply for reply in run.replies if reply.ticket in ids and not reply.accepted]
        if refused:
            del self.tickets[before:]

    def pays(self, amounts: range) -> list[dict[str, Any]]:
        number = self.chance.randint(0, 2)
        return [{"amount": self.chance.choice(amounts), "to": self.chance.choice("abc")} for _ in range(number)]

    def plan(self) -> dict[str, Any]:
        def one() -> dict[str, Any]:
            return {"amount": self.chance.randint(1, 3), "to": self.chance.choice("abc")}

        def pays() -> list[dict[str, Any]]:
            return [{**pay, "subs": self.pays(range(1, 4)), "best": one()} for pay in self.pays(range(1, 4))]

        rates = {key: self.chance.randint(1, 3) for key in ("a", "b")}
        return {"pays": pays(), "others": pays(), "rates": rates, "at": self.chance.randint(0, 1), "one": one()}


def _tickets(path: str, line: str, given: dict[str, Any]) -> list[Ticket]:
    found = LINE.fullmatch(line)
    assert found is not None, line
    turn = path[: path.rindex("]") + 1] if "]" in path else "main"
    ticket = Ticket(f"{turn}/", found["amount"], found["to"])
    if found["item"] is None:
        return [ticket]
    of_item = {"amount": (f"{found['item']}.amount", "{}"), "to": (f"{found['item']}.to", '"{}"')}
    return [
        replace(
            ticket, **{name: form.format(item[name]) for name, (text, form) in of_item.items() if found[name] == text}
        )
        for item in given["pays"]
    ]


def unlisted(people: People) -> CallTool | None:
    """A call for which no ticket of its own can be found: each takes one, and may move others to another that fits."""
    taken: dict[int, int] = {}

    def place(call: int, tried: set[int]) -> bool:
        command, before = people.calls[call]
        for number, ticket in enumerate(people.tickets[:before]):
            if number not in tried and ticket.may_be(command):
                tried.add(number)
                if number not in taken or place(taken[number], tried):
                    taken[number] = call
                    return True
        return False

    return next((people.calls[call][0] for call in range(len(people.calls)) if not place(call, set())), None)


def run(definition: Definition, seed: str, switches: Switches) -> People:
    people = People(random.Random(seed))

    def tool(command: CallTool) -> Planned:
        return Returns(people.plan() if command.tool == "plan" else None, seconds=people.chance.random())

    world = World(tools=dict.fromkeys(("plan", "send", "harmless"), tool))
    simulation = Simulation(definition, world, switches, people.watch)
    simulation.run({})
    simulation.go()
    return people


def check(seeds: range, worlds: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    for seed in seeds:
        definition = passing(seed)
        if definition is None:
            continue
        counted["flows"] += 1
        for number in range(worlds):
            people = run(definition, f"{seed}/{number}", Switches(number % 3 == 1, number % 3 == 2))
            wrong = unlisted(people)
            assert wrong is None, f"flow {seed}, world {number}: {wrong}, approved were {people.tickets}"
            counted["calls"] += len(people.calls)
            counted["chosen"] += sum(people.groups[group] for group in ("a", "b", "board"))
            counted["open"] += sum("‹" in ticket.amount + ticket.to for ticket in people.tickets)
            counted["turns"] += sum("]" in command.id for command, _ in people.calls)
    return counted


def test_no_call_is_made_that_was_not_listed() -> None:
    counted = check(range(FLOWS), WORLDS)
    assert counted["flows"] > FLOWS / 10
    assert counted["calls"] > counted["flows"] / 2
    assert counted["turns"] > counted["calls"] / 5
    assert counted["chosen"] > counted["calls"] / 5


@pytest.mark.soak
def test_no_call_of_many_flows_is_made_that_was_not_listed() -> None:
    check(range(FLOWS, 8_000), 6)
