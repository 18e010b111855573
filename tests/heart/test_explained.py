"""A worker that does not know a declared signature by its digest asks for it, and gets it at once, in words."""

from typing import Any

import pytest

from interpreter.boundary.failures import SIGNATURE_MISMATCH
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import START, Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

FLOW = """edition 1
tool pay(amount: int) -> { id: text } write { patience 10m compensate none "paid is paid" }
flow main() -> text {
  step paid = pay(amount: 1)
  return paid.id
}
"""
PAID = Returns({"id": "p"}, 0.0)
REFUSED = Fails(SIGNATURE_MISMATCH, "this worker offers `currency: text`", "answered", 0.0, details=("a", "b"))


class Worker:
    """Takes the call once it has heard what is declared, and `misfits` more times were not for it."""

    def __init__(self, misfits: int) -> None:
        self.misfits = misfits
        self.heard: list[tuple[float, str]] = []
        self.digests: set[str] = set()
        self.clock: Any = None

    def pay(self, command: CallTool) -> Planned:
        self.digests.add(command.signature)
        self.heard.append((round(self.clock.now - START, 3), command.declared))
        return REFUSED if len(self.heard) <= 1 + self.misfits else PAID


@pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
@pytest.mark.parametrize("misfits", [0, 1, 2])
def test_a_signature_comes_in_words_once_a_worker_has_asked(misfits: int, switches: Switches) -> None:
    worker = Worker(misfits)
    definition = definition_of(FLOW)
    assert definition is not None
    simulation = worker.clock = Simulation(definition, World({"pay": worker.pay}), switches)
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.value == "p"
    assert worker.digests == {definition.signature("pay").digest}
    first, *later = worker.heard
    assert first == (0.0, "")
    assert {declared for _, declared in later} == {"amount: int -> {id: text}"}
    assert later[0][0] == 0.0, "at once: nothing was wrong"
    told = [note for note in run.state.notes if note.kind in ("retrying", "attempt")]
    assert [note.kind for note in told] == (["retrying"] if misfits else []), (
        "only a worker that cannot take it is told of"
    )
