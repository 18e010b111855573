"""What people who look at a run are told of failures where something sensitive is: the kind, and no words."""

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.payloads import RunOptions
from interpreter.boundary.view import KEPT_BACK
from interpreter.client.errors import FailureDetail, RunFailed
from interpreter.core.commands import CallTool
from interpreter.core.discretion import is_discreet, keeps_back
from interpreter.core.outcomes import Failure
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Fails, World
from tests.heart.watched import definition_of

SECRET = "diabetes"
FLOW = """\
edition 1
type Case { note: text sensitive "health" }
tool records.find(id: text) -> Case read
tool lab.order(what: text) write keyed final { sees "health" retry 1 times backoff 1s to 1s }
tool board.post(text: text) -> text read { retry 1 times backoff 1s to 1s }
agent advise(what: text) -> int { model "m" prompt "{{ what }}" sees "health" }
flow main(id: text, found: text sensitive "health") -> int budget 1d BODY
"""
SEEN = 'sees "health" '


def definition(body: str, sees: str = "") -> Definition:
    found = definition_of(FLOW.replace("BODY", f"{sees}{{ {body} }}"))
    assert found is not None
    return found


def notes(body: str, sees: str = "", *, staged: bool = False) -> str:
    fails = Fails("Odd", f"no {SECRET} here")
    tools = dict.fromkeys(("records.find", "lab.order", "board.post"), lambda _: fails)
    simulation = Simulation(definition(body, sees), World(tools, {"advise": lambda _: fails}))
    run = simulation.run({"id": "c-1", "found": SECRET}, options=RunOptions(staged=staged))
    simulation.go()
    return told(run)


def told(run: SimulatedRun) -> str:
    return "\n".join(f"{note.kind} {note.detail}" for note in run.state.notes)


CALLS = {
    "a tool that sees it": "step a = lab.order(what: found)  return 1",
    "a tool that gives it": "step a = records.find(id)  return 1",
    "a model that sees it": "step a = advise(what: found)  return 1",
    "an expression": "let n = int(found)  step b = board.post(text: id)  return 1",
    "behind a handler": 'try { step a = lab.order(what: found) } on error { fail "no" }  return 1',
    "side by side": "parallel { step a = lab.order(what: found) step b = records.find(id) } return 1",
}


@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
def test_words_are_kept_from_who_does_not_see(body: str) -> None:
    said = notes(body)
    assert SECRET not in said
    assert KEPT_BACK in said
    assert SECRET in notes(body, SEEN)


def test_what_sees_nothing_is_told_as_ever() -> None:
    said = notes('try { step a = board.post(text: id) } on error { fail "no" }  return 1')
    assert said.count(f"Odd: no {SECRET} here") == 2
    assert "finished FlowFailed: no" in said or ": no" in said.splitlines()[-1]


def test_a_captured_call_is_told_without_its_arguments() -> None:
    body = "step a = lab.order(what: found)  return 1"
    assert "staged lab.order(what: …)" in notes(body, staged=True)
    assert f'staged lab.order(what: "{SECRET}")' in notes(body, SEEN, staged=True)


def test_of_which_calls_no_log_has_the_words() -> None:
    body = "step a = lab.order(what: found)  step b = board.post(text: id)  return 1"
    simulation = Simulation(found := definition(body), World({"lab.order": lambda _: Fails("Odd")}))
    run = simulation.run({"id": "c-1", "found": SECRET})
    simulation.go()
    assert [is_discreet(found, "main", name) for name in ("lab.order", "board.post")] == [True, False]
    assert run.state.status == "failed"
    assert not is_discreet(definition(body, SEEN), "main", "lab.order")
    assert CallTool.__dataclass_fields__["discreet"].default is False


def test_the_end_of_a_run_is_told_by_its_kind() -> None:
    found = definition(CALLS["a tool that sees it"])
    assert keeps_back(found, "main", Failure("Odd", SECRET))
    assert not keeps_back(found, "main", Failure("Odd", SECRET, said=True))
    assert not keeps_back(definition(CALLS["a tool that sees it"], SEEN), "main", Failure("Odd", SECRET))
    error = RunFailed(FailureDetail("Odd", SECRET, kept_back=True))
    assert (str(error), error.detail.message) == (f"Odd: {KEPT_BACK}", SECRET)
