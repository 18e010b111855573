"""What a worker says of who gave an answer decides, and not what the answer claims."""

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.payloads import Answer, AnswerVerdict, Signature
from interpreter.core import ledger
from interpreter.core.late_answers import MOST_REMEMBERED, see
from interpreter.core.state import State, UndoCall
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

FLOW = """edition 1
flow main(owner: text) -> json {
  await approval pay "Pay?" { show owner ANSWER STAGES }
  return { outcome: pay.outcome, by: pay.by }
}
"""
ONE, VERIFIED = 'from "a" timeout 1h then reject', 'from "a" verified timeout 1h then reject'
NOT_RITA, OWNER = 'from "a" except requester timeout 1h then reject', "from person owner timeout 1h then reject"
NOBODY = AnswerVerdict("unverified")
ANN = AnswerVerdict("verified", "ann", ["a"], "k")


def definition(stages: str, answer: str = "") -> Definition:
    found = definition_of(FLOW.replace("ANSWER", answer).replace("STAGES", stages))
    assert found is not None
    return found


def answered(stages: str, verdict: AnswerVerdict, *claims: str, signed: bool, verified: bool) -> SimulatedRun:
    simulation = Simulation(definition(stages), World(), knows=lambda answer, at: (verdict, 0.0))
    run = simulation.run({"owner": "olga"}, requester="rita")
    run.state.verified = verified
    for number, by in enumerate(claims):
        signature = Signature("k", 1 + number, "") if signed else None
        group = None if "person" in stages else "a"
        run.answer(Answer(f"{number}", "main/pay", "approve", by, None, group, signature=signature))
        simulation.go(lambda number=number: len(run.replies) > number)  # type: ignore[misc]
    simulation.go()
    return run


@pytest.mark.parametrize(
    ("stages", "verified", "signed", "verdict", "claimed", "told"),
    [
        (ONE, False, False, NOBODY, "ann", "approved"),
        (ONE, False, True, NOBODY, "ann", "approved"),
        (VERIFIED, False, False, ANN, "ann", "only an answer that is signed counts here"),
        (ONE, True, False, ANN, "ann", "only an answer that is signed counts here"),
        (VERIFIED, False, True, NOBODY, "ann", "only an answer counts here whose signature was verified"),
        (ONE, True, True, NOBODY, "ann", "only an answer counts here whose signature was verified"),
        (VERIFIED, False, True, ANN, "ann", "approved"),
        (ONE, True, True, ANN, "ann", "approved"),
        (ONE, False, True, AnswerVerdict("verified", "ann", ["b"]), "ann", "`ann` is not in the group `a`"),
        (NOT_RITA, False, True, AnswerVerdict("verified", "rita", ["a"]), "ann", "`rita` asked for this"),
        (OWNER, False, True, ANN, "olga", "`ann` is not asked here"),
        (OWNER, False, True, AnswerVerdict("verified", "olga"), "olga", "approved"),
        (ONE, False, True, AnswerVerdict("refused", reason="the key is not known"), "ann", "the key is not known"),
    ],
)
def test_whose_answer_it_is(
    stages: str, verified: bool, signed: bool, verdict: AnswerVerdict, claimed: str, told: str
) -> None:
    run = answered(stages, verdict, claimed, signed=signed, verified=verified)
    (reply,) = run.replies
    assert reply.message.startswith(told)
    assert run.finish is not None
    assert run.finish.value["outcome"] == ("approved" if told == "approved" else "timed_out")


def test_one_person_who_claims_to_be_two_counts_once() -> None:
    stages = 'from 2 of "a" timeout 1h then reject'
    run = answered(stages, ANN, "ann", "bob", "cem", signed=True, verified=False)
    assert [reply.outcome for reply in run.replies] == ["recorded"] * 3
    assert run.finish is not None
    assert run.finish.value["outcome"] == "timed_out"


def test_what_was_proposed_at_one_stage_is_not_at_the_next() -> None:
    stages = 'from 2 of "a" timeout 1h then ask from "b" timeout 1h then reject'
    simulation = Simulation(definition(stages, "answer { amount: int }"), World())
    run = simulation.run({"owner": "olga"})
    run.answer(Answer("1", "main/pay", "approve", "ann", {"amount": 5}, "a"))
    simulation.go(lambda: bool(run.replies))
    seen = run.state.questions["main/pay"].proposal_digest
    assert seen is not None
    simulation.go(lambda: run.state.questions["main/pay"].stage == 1)
    run.answer(Answer("2", "main/pay", "approve", "bob", None, "b", proposal=seen))
    simulation.go()
    assert [reply.outcome for reply in run.replies] == ["recorded", "refused"]
    assert run.finish is not None
    assert run.finish.value["outcome"] == "timed_out"


def test_the_latest_signature_that_was_forgotten_counts_in_whatever_order_they_came() -> None:
    state = State("main", "", "k")
    for number in range(MOST_REMEMBERED + 3):
        see(state, Answer(f"{number}", "q", "approve", "ann"), "recorded", signed_at=9_000 - number)
    assert state.forgotten == 9_000


def test_a_commit_keeps_what_nobody_knows_and_undoes_it_no_more() -> None:
    state = State("main", "", "k")
    for path, settled in (("main/a", "done"), ("main/b", "uncertain"), ("main/c", "open")):
        entry = ledger.open_entry(state, path, "keep", started=[1], counts=True)
        ledger.put(entry, [UndoCall("drop", {})])
        entry.state = settled  # type: ignore[assignment]
    ledger.commit(state)
    assert [entry.path for entry in ledger.doubts(state, "main")] == ["main/b", "main/c"]
    assert state.ledger["main/b"].undo_tool is None
    assert state.ledger["main/c"].undo_tool == "drop"
