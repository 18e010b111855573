"""Whatever models answer in a flow that passes the check, each question goes to the same persons and groups."""

import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.boundary.payloads import Answer
from interpreter.core.commands import Command
from interpreter.core.events import Event
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.asking_flows import asking_flow

FLOWS, WORLDS = 30, 4
NAMES = ("ann", "bob", "cho", "dan")
CASE = {"owner": "ann", "note": "bob", "people": ["bob", "ann"]}
FOUND = {"owner": "cho", "people": ["dan", "ann"], "cases": [CASE, {**CASE, "owner": "dan"}], "urgent": True}

Persons = dict[tuple[str, str], dict[str, str]]
"""Who was asked, by run and question."""


@cache
def passing(seed: int) -> Definition | None:
    """A random flow in which a group is asked wherever the check refuses the person."""
    source = Source("asking.flow", asking_flow(seed))
    text = source.text
    refused = [each.primary.span for each in analyse(source).diagnostics if each.code == "SF502"]
    for span in sorted(refused, key=lambda span: -span.start):
        text = f'{text[: span.start]}"leads"{text[span.end :]}'
    analysis = analyse(Source("asking.flow", text))
    if not analysis.ok or "from person" not in text:
        return None
    return unseal(seal(analysis.facts, analysis.source, "main", gates=analysis.gates, spends=analysis.spends).json)


def asked(definition: Definition, seed: str) -> Persons:
    """A run in which the models answer as `seed` says; everything else is the same in every run."""
    chance, found = random.Random(seed), Persons()

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        for path, question in run.state.questions.items():
            key = (run.state.key_base, path)
            if key not in found:
                found[key] = {
                    f"{s}.{w}": seat.name
                    for s, stage in enumerate(question.stages)
                    for w, seat in enumerate(stage.seats)
                }
                group = next((seat.name for seat in question.stages[0].seats if not seat.is_person), None)
                answer = Answer(path, path, "approve", "ann", {"who": "bob"}, group)
                run.simulation.at(run.simulation.now, lambda answer=answer: run.answer(answer))  # type: ignore[misc]

    def judge(request: Any) -> Planned:
        if chance.random() < 0.2:
            return Fails("ModelRefused", "no", retryable=False)
        names = chance.sample(NAMES, chance.randint(1, 3))
        cases = [{**CASE, "owner": name} for name in names]
        sure = chance.random() < 0.5
        return Returns({"name": names[0], "sure": sure, "at": chance.randint(0, 2), "names": names, "cases": cases})

    world = World(tools={"find": lambda command: Returns(FOUND)}, agents={"judge": judge})
    simulation = Simulation(definition, world, watch=watch)
    simulation.run({"c": CASE, "p": "dan"})
    simulation.go()
    return found


def check(seeds: range, worlds: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    for seed in seeds:
        definition = passing(seed)
        if definition is None:
            continue
        first = asked(definition, f"{seed}/0")
        counted["flows"] += 1
        for number in range(1, worlds):
            other = asked(definition, f"{seed}/{number}")
            counted["differ"] += first.keys() != other.keys()
            for key in first.keys() & other.keys():
                counted["compared"] += bool(first[key])
                assert first[key] == other[key], f"flow {seed}, world {number}: {key}"
            first |= {key: persons for key, persons in other.items() if key not in first}
    return counted


def test_no_model_decides_whom_a_question_goes_to() -> None:
    counted = check(range(FLOWS), WORLDS)
    assert counted["flows"] > FLOWS / 3
    assert counted["compared"] > counted["flows"]
    assert counted["differ"] > counted["flows"] / 3


@pytest.mark.soak
def test_no_model_of_many_flows_decides_whom_a_question_goes_to() -> None:
    check(range(FLOWS, 5_000), 8)
