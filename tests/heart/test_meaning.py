"""Random flows in a world where nothing is lost come to what a plain walk over their tree comes to."""

import hashlib
from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.core.commands import CallTool
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.declared import RESULTS
from tests.heart.meaning import Ambiguous, Failed, Meaning
from tests.heart.outside import TOOLS
from tests.heart.watched import flows

QUICK, SLOW, SOAK = 20, 45, 3000


def result_of(name: str, x: str) -> Any:
    """What a tool or agent gives for `x`, always the same; sometimes it refuses."""
    number = int(hashlib.sha256(f"{name}/{x}".encode()).hexdigest(), 16)
    if name in ("t.write", "t.named", "t.verified", "t.keyed") and number % 5 == 0:
        raise Failed("Refused", f"not {x}")
    text = f"{name[-1]}{number % 100}"
    return {"text": text, "answer": {"answer": text}}.get(RESULTS.get(name, "id"), {"id": text})


def tool(command: CallTool) -> Planned:
    """A verification, which follows a cancel, finds nothing."""
    try:
        result = None if command.tool in ("t.stays", "t.find") else result_of(command.tool, command.arguments["x"])
    except Failed as failed:
        return Fails(failed.kind, failed.message)
    return Returns(result, seconds=int(hashlib.sha256(command.id.encode()).hexdigest(), 16) % 7 / 4)


def world() -> World:
    def ask(request: Any) -> Planned:
        result = result_of(request.agent, request.prompt)
        return Returns(result if request.agent == "ask" else {"value": result})

    return World(tools=dict.fromkeys(TOOLS, tool), agents={"ask": ask, "ask_little": ask})


def meant(definition: Definition) -> tuple[str, Any]:
    try:
        return "completed", Meaning(definition, result_of).flow(definition.flows["main"], "start")
    except Failed as failed:
        return failed.kind, failed.message


def ran(definition: Definition, switches: Switches) -> tuple[str, Any]:
    simulation = Simulation(definition, world(), switches)
    run = simulation.run({"x": "start"})
    simulation.go()
    assert run.finish is not None
    if run.finish.outcome == "completed":
        return "completed", run.finish.value
    failure = decode(run.finish.failure)
    assert type(failure) is Failure
    return failure.kind, failure.message


def compare(number: int, first: int) -> tuple[int, int]:
    """How many were compared, and how many of them completed."""
    compared = completed = 0
    for seed, definition in flows(number, first, free=True):
        try:
            expected = meant(definition)
        except Ambiguous:
            continue
        for switches in (Switches(), Switches(continue_often=True)):
            assert ran(definition, switches) == expected, f"seed {seed}"
        compared += 1
        completed += expected[0] == "completed"
    return compared, completed


@pytest.mark.parametrize("number", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_runs_come_to_what_their_text_means(number: int) -> None:
    compared, completed = compare(number, 0)
    assert compared > 0.8 * number
    assert completed > 0.3 * number


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_many_runs_come_to_what_their_text_means() -> None:
    compare(SOAK, 10_000)
