"""The flows that are explored: all run cases, and small random ones of every construct."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from dsl.definition.definition import Definition
from tests.heart.agent_flows import some_agent_flow
from tests.heart.flows import some_flow
from tests.heart.watched import definition_of
from tests.runs.case import all_cases

STATEMENTS = 6
TOO_LARGE = frozenset({"approval_of_large_text", "fail_with_large_text", "loop_carries_large_values", "references"})
"""Cases about values that are kept elsewhere: nothing evaluates them here."""


@dataclass(frozen=True)
class Explored:
    name: str
    definition: Definition
    input: Any


CASES = {case.name: case for case in all_cases() if case.name not in TOO_LARGE}


def of_case(name: str) -> Explored:
    case = CASES[name]
    return Explored(name, case.definition, case.data.get("input", {}))


def generated() -> Iterator[Explored]:
    """Without end: the same for the same number, of two to six statements; every fourth is about agents with tools."""
    for seed in count():
        agents = seed % 4 == 3
        text = some_agent_flow(seed) if agents else some_flow(seed, 2 + seed % (STATEMENTS - 1))
        definition = definition_of(text)
        if definition is not None:
            yield Explored(f"random {seed}", definition, {"x": "start"})
