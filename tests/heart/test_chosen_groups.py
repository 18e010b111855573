"""Groups that data chooses, where a run case says too little: hands in the definition, keys, and what is said aloud."""

from dataclasses import replace
from typing import Any

import pytest

from dsl.ast.people import ChosenGroup
from dsl.ast.rewrite import rewrite
from dsl.definition.definition import Definition
from interpreter.boundary.payloads import Answer, AnswerVerdict, Signature
from interpreter.core.view import view
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

FLOW = """edition 1
type Team = "leads" | "board" | "olga"
flow main(team: text) -> text {{
  await approval pay "Pay?" {{ from {whom} timeout 1h then reject }}
  return pay.outcome
}}
"""


def definition(whom: str) -> Definition:
    found = definition_of(FLOW.format(whom=whom))
    assert found is not None
    return found


def ended(flow: Definition, team: str, *answers: Answer, groups: tuple[str, ...] = ()) -> SimulatedRun:
    """Those who answer are verified where they have `groups`."""

    def knows(answer: Answer, _at: float) -> tuple[AnswerVerdict, float]:
        return AnswerVerdict("verified", answer.by, [*groups], "k"), 0.0

    simulation = Simulation(flow, World(), **({"knows": knows} if groups else {}))
    run = simulation.run({"team": team})
    for answer in answers:
        run.answer(answer)
    simulation.go()
    return run


def failure(run: SimulatedRun) -> Any:
    assert run.finish is not None
    return run.finish.report.failure


def test_a_group_that_the_definition_does_not_name_is_never_asked() -> None:
    """Made by hand: its types let more through than it says may be asked."""

    def narrowed(node: Any, _original: Any) -> Any:
        return replace(node, groups=("leads", "board")) if isinstance(node, ChosenGroup) else node

    found = definition('"leads", group Team(team)')
    found = replace(found, flows={"main": rewrite(found.flows["main"], narrowed)})
    told = failure(ended(found, "olga"))
    assert told["kind"] == "ExpressionFailed"
    assert told["message"] == "`olga` is none of the groups that may be asked: leads, board"
    assert failure(ended(found, "board")) is None


def test_what_is_called_none_of_the_groups_fails_before_anybody_is_asked() -> None:
    run = ended(definition("group Team(team)"), "interns")
    assert failure(run)["kind"] == "ExpressionFailed"
    assert "asked" not in {note.kind for note in run.state.notes}


@pytest.mark.parametrize(("groups", "reply"), [("board", "approved"), ("leads", "refused")])
def test_whose_group_it_is_says_the_people_file(groups: str, reply: str) -> None:
    answer = Answer("1", "main/pay", "approve", "ann", None, "board", signature=Signature("k", 1, ""))
    run = ended(definition("group Team(team) verified"), "board", answer, groups=(groups,))
    assert [each.outcome for each in run.replies] == [reply]
    assert "asked" in {note.kind for note in run.state.notes}


def test_who_looks_at_the_question_sees_the_group_that_it_came_to() -> None:
    simulation = Simulation(definition('2 of group Team(team), "legal", person team'), World())
    run = simulation.run({"team": "olga"})
    (question,) = view(run.definition, run.state).questions
    assert (question.whom, question.groups) == (["olga", "legal", "person olga"], ["olga", "legal"])
