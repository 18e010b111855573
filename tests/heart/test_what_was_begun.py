"""What was begun and has not ended: a child, a model that answers, an evaluation, an answer that is being checked."""

import pytest

from interpreter.boundary.failures import OBJECT_MISSING, OUTCOME_UNKNOWN, RUN_LOST
from interpreter.boundary.payloads import Answer, AnswerVerdict, ChildReport
from interpreter.core.advance import advance
from interpreter.core.commands import Cancel, Evaluate, Finish, SetTimer
from interpreter.core.events import CallFailed, CancelRequested, ChildEnded, Started, TimerFired
from interpreter.core.snapshot import decode
from interpreter.core.state import State
from interpreter.simulation.simulation import START, Simulation
from interpreter.simulation.world import Returns, World
from tests.heart.played import play
from tests.heart.stepped import Stepped
from tests.heart.watched import definition_of

CHILD = """edition 1
tool keep(x: text) -> text write keyed {{ compensate drop(x: x) }}
tool drop(x: text) idempotent
tool look(x: text) -> text read
flow below() {{ step {does}(x: "a") }}
flow main() {{ step below() }}
"""
LOST = {"$type": "Failure", "kind": RUN_LOST, "message": "it was terminated"}


@pytest.mark.parametrize(("does", "entries", "kind"), [("keep", ["open"], OUTCOME_UNKNOWN), ("look", [], RUN_LOST)])
def test_a_child_that_is_lost_leaves_a_doubt_where_it_may_have_done_something(
    does: str, entries: list[str], kind: str
) -> None:
    definition = definition_of(CHILD.format(does=does))
    assert definition is not None
    state = State("main", "hash", "run")
    (start,) = advance(definition, state, Started(0.0, {}))
    assert [entry.state for entry in state.ledger.values()] == entries
    ended = ChildEnded(1.0, start.id, ChildReport(start.id, "lost", None, LOST))  # type: ignore[union-attr]
    *_, end = advance(definition, state, ended)
    assert type(end) is Finish
    assert decode(end.failure).kind == kind
    assert [entry.state for entry in state.ledger.values()] == ["uncertain"] * len(entries)


def test_a_model_that_answers_is_interrupted_by_a_cancel() -> None:
    text = 'edition 1\nagent ask(x: text) -> text { model "m" prompt "{{ x }}" }\nflow main() { step ask(x: "a") }'
    ended = play(text, {"ask": [Returns({"value": "a"}, 60.0)]}, cancel_at=3.0)
    assert ended.outcome == "cancelled"
    assert {note.at for note in ended.run.state.notes if note.kind == "cancelled"} == {START + 3.0}


def test_an_evaluation_that_is_asked_for_again_is_taken_back_by_a_cancel() -> None:
    run = Stepped("step web.keep(x: upper(page))")
    fetch = run.until_fetching()
    (timer,) = run.take(CallFailed(2.0, fetch.id, OBJECT_MISSING, "gone", "not_started", details=("a" * 64,)))
    assert type(timer) is SetTimer
    (again,) = run.take(TimerFired(3.0, timer.id))
    assert type(again) is Evaluate
    taken_back, end = run.take(CancelRequested(4.0))
    assert taken_back == Cancel(again.id)
    assert type(end) is Finish
    assert end.report.outcome == "cancelled"


ASKING = """edition 1
flow main() -> text { await approval pay "Pay?" { from 2 of "a" timeout 10s then reject } return pay.outcome }
"""


def test_a_question_is_over_once_the_answers_that_came_in_time_are_counted() -> None:
    definition = definition_of(ASKING)
    assert definition is not None
    simulation = Simulation(definition, World(), knows=lambda answer, at: (AnswerVerdict("unverified"), 5.0))
    run = simulation.run({})
    simulation.at(START + 9.0, lambda: run.answer(Answer("1", "main/pay", "approve", "ann", None, "a")))
    simulation.at(START + 12.0, lambda: None)
    simulation.go(lambda: simulation.now >= START + 12.0)
    assert run.finish is None, "an answer that came in time is being checked"
    simulation.go()
    assert run.finish is not None
    assert run.finish.value == "timed_out"
    assert [reply.outcome for reply in run.replies] == ["recorded"]
    assert simulation.now == START + 14.0
