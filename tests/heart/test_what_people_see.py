"""What the view of a run says of a step that is being cancelled, and of who may answer."""

import pytest

from interpreter.boundary.payloads import Answer, RunOptions
from interpreter.core.view import view
from interpreter.core.wording import title
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

SETTLED = """edition 1
tool find(key: text) -> { id: text }? read
tool post(n: int) -> { id: text } write { timeout 1s verify find(key: key) after 2m compensate undo(n: n) }
tool undo(n: int) idempotent
flow main() { step p = post(n: 1) }
"""
WAITS = """edition 1
agent ask(x: text) -> text { model "m" prompt "{{ x }}" budget 90k tokens }
flow fifty() -> text budget 50k tokens { step a = ask(x: "a") return a }
flow main() budget 60k tokens { parallel { step a = fifty() step b = fifty() } }
"""
LATE = Fails("TimedOut", "no answer", "timed_out", 1.0)


def started(text: str, **plans: Planned) -> SimulatedRun:
    definition = definition_of(text)
    assert definition is not None, "the check refuses it"
    world = World({name: lambda command, plan=plan: plan for name, plan in plans.items()})
    return Simulation(definition, world).run({})


def doing(run: SimulatedRun, at: float, name: str) -> str:
    """What the step of that name does, so many seconds after the start."""
    reached: list[float] = []
    run.simulation.at(START + at, lambda: reached.append(at), 9)
    run.simulation.go(lambda: bool(reached))
    (step,) = [step for step in view(run.definition, run.state).steps if step.name == name]
    return step.state


def test_a_step_that_is_settled_waits_and_is_cancelling_once_it_is_cancelled() -> None:
    run = started(SETTLED, post=LATE, find=Returns(None, 0.0), undo=Returns())
    assert doing(run, 0.5, "p") == "running"
    assert doing(run, 60.0, "p") == "waiting"
    run.cancel()
    assert doing(run, 61.0, "p") == "cancelling"


def test_a_call_that_is_under_way_is_cancelling_once_it_is_cancelled() -> None:
    run = started(SETTLED, post=Returns({"id": "p"}, 50.0, deaf=True), find=Returns(None, 0.0), undo=Returns())
    assert doing(run, 10.0, "p") == "running"
    run.cancel()
    assert doing(run, 11.0, "p") == "cancelling"


FINAL = """edition 1
tool post(n: int) -> { id: text } EFFECT { timeout 1m }
flow main() { step p = post(n: 1) }
"""


@pytest.mark.parametrize(("effect", "told"), [("write final", "completed"), ("read", "cancelled")])
def test_what_has_happened_when_the_cancel_came_too_late_is_not_said_to_be_cancelled(effect: str, told: str) -> None:
    run = started(FINAL.replace("EFFECT", effect), post=Returns({"id": "p"}, 20.0, deaf=True))
    assert doing(run, 10.0, "p") == "running"
    run.cancel()
    run.simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "cancelled"
    assert [note.kind for note in run.state.notes if note.name == "p"] == ["started", told]


def test_a_flow_that_waits_for_room_is_said_to_wait_and_when_it_is_cancelled_to_end() -> None:
    definition = definition_of(WAITS)
    assert definition is not None
    run = Simulation(definition, World(agents={"ask": lambda request: Returns({"value": "a"}, 50.0)})).run({})
    assert (doing(run, 10.0, "a"), doing(run, 11.0, "b")) == ("running", "waiting")
    run.cancel()
    run.simulation.go(lambda: run.state.cancelled)
    assert {step.state for step in view(definition, run.state).steps if step.node == "flow"} == {"cancelling"}


ASKING = """edition 1
flow main() {{ await approval pay "Pay?" {{ from "a" {verified} timeout 1h then reject }} }}
"""


@pytest.mark.parametrize(("stage", "whole"), [("", False), ("verified", False), ("", True), ("verified", True)])
def test_a_question_says_whether_its_answers_must_be_verified(stage: str, whole: bool) -> None:
    definition = definition_of(ASKING.format(verified=stage))
    assert definition is not None
    run = Simulation(definition, World()).run({}, options=RunOptions())
    run.state.verified = whole
    (question,) = view(definition, run.state).questions
    assert question.verified is (bool(stage) or whole)


BELOW = """edition 1
flow below() -> text { await approval pay "Pay?" { from "a" timeout 1h then reject } return pay.outcome }
flow main() -> text { step done = below() return done }
"""


@pytest.mark.parametrize("whole", [False, True])
def test_a_called_flow_wants_its_answers_verified_where_the_run_does(whole: bool) -> None:
    definition = definition_of(BELOW)
    assert definition is not None
    run = Simulation(definition, World()).run({}, options=RunOptions(verified=whole))
    run.simulation.go(lambda: any(child.state.questions for child in run.children.values()))
    (child,) = run.children.values()
    (question,) = child.state.questions
    answer = Answer("1", question, "approve", "ann", None, "a")
    child.answer(answer)
    run.simulation.go()
    assert [reply.accepted for reply in child.replies] == [not whole]


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("main", "main"),
        ("main/a", "a"),
        ("main/a#2", "a"),
        ("main/refine[3]/version", "refine[3]/version"),
        ("main/try#1/body/version", "version"),
        ("main/parallel#1/left/version", "left/version"),
        ("main/if#1/then/for#2[0]/else/version#2", "for[0]/version"),
    ],
)
def test_a_step_is_called_by_what_has_a_name_around_it(path: str, called: str) -> None:
    assert title(path) == called


GATHERED = """edition 1
tool look(x: text) -> text read { errors Gone }
flow main() {
  parallel for x in ["a", "gone", "c"] as all keep going { step found = look(x: x) yield found }
}
"""


def gathered() -> SimulatedRun:
    definition = definition_of(GATHERED)
    assert definition is not None
    tools = {"look": lambda command: Fails("Gone") if command.arguments["x"] == "gone" else Returns("found")}
    run = Simulation(definition, World(tools)).run({})
    run.simulation.go()
    return run


def test_of_a_fan_that_keeps_going_it_is_told_how_many_came_to_a_value() -> None:
    told = [note.detail for note in gathered().state.notes if (note.kind, note.node) == ("completed", "parallel")]
    assert told == ["2 of 3"]


def test_who_knows_some_notes_is_told_those_that_came_since() -> None:
    run = gathered()
    numbers = [note.number for note in view(run.definition, run.state).notes]
    assert numbers == list(range(1, run.state.note_count + 1))
    del run.state.notes[:3]
    for known in range(run.state.note_count + 1):
        expected = [number for number in numbers if number > max(known, 3)]
        assert [note.number for note in view(run.definition, run.state, known).notes] == expected
