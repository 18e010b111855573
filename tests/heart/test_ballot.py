"""Who may answer, and when it is decided: sequences of answers with what each comes to."""

from dataclasses import dataclass
from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.payloads import Answer
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

FLOW = """\
edition 1

flow main(owner: text) -> json {{
  await approval pay "Pay?" {{ show owner {answer} {stages} }}
  return {{ outcome: pay.outcome, approved: pay.approved, by: pay.by{given} }}
}}
"""
AMOUNT = 'answer { amount: decimal at least 1, note: text = "" }'
LATER = 'timeout 1h then ask from 2 of "board", "legal" timeout 2h then reject'


def definition(stages: str, *, typed: bool = False) -> Definition:
    found = definition_of(FLOW.format(stages=stages, answer=AMOUNT * typed, given=", answer: pay.answer" * typed))
    assert found is not None
    return found


@dataclass(frozen=True)
class Says:
    """One answer, `at` seconds after the question, and the beginning of what is replied to it."""

    by: str
    expected: str
    decision: str = "approve"
    group: str | None = None
    amount: str | None = None
    at: float = 0.0


def asked(flow: Definition, answers: list[Says]) -> tuple[list[str], SimulatedRun]:
    simulation = Simulation(flow, World())
    run = simulation.run({"owner": "olga"}, requester="rita")
    for number, each in enumerate(answers):
        given = None if each.amount is None else {"amount": each.amount}
        answer = Answer(f"{number}", "main/pay", each.decision, each.by, given, each.group)
        simulation.at(START + each.at, lambda answer=answer: run.answer(answer))  # type: ignore[misc]
    simulation.go()
    return [f"{reply.outcome}: {reply.message}" for reply in run.replies], run


CASES: dict[str, tuple[str, list[Says], dict[str, Any]]] = {
    "one of either group": (
        'from "a", "b" timeout 1h then reject',
        [Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "the groups are those that are asked": (
        'from "a", "b" timeout 1h then reject',
        [Says("ann", "refused: `ann` is not asked here", group="c"), Says("ann", "approved", group="b")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "one rejection rejects": (
        'from 2 of "a" timeout 1h then approve',
        [Says("ann", "recorded"), Says("bob", "rejected", "reject")],
        {"outcome": "rejected", "approved": False, "by": ["bob"]},
    ),
    "a person counts once": (
        'from 2 of "a", "b" timeout 1h then reject',
        [Says("ann", "recorded", group="a"), Says("ann", "recorded", group="b"), Says("bob", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann", "bob"]},
    ),
    "all of needs one for each": (
        'from all of "a", "b" timeout 1h then reject',
        [
            Says("ann", "recorded: recorded; still to agree: b", group="a"),
            Says("bob", "recorded: recorded; still to agree: b", group="a"),
            Says("ann", "recorded: recorded; still to agree: b", group="b"),
            Says("cem", "approved", group="b"),
        ],
        {"outcome": "approved", "approved": True, "by": ["ann", "bob", "cem"]},
    ),
    "a person is named by data": (
        "from person owner timeout 1h then reject",
        [Says("ann", "refused: `ann` is not asked here"), Says("olga", "approved")],
        {"outcome": "approved", "approved": True, "by": ["olga"]},
    ),
    "the requester may not": (
        'from "a" except requester timeout 1h then reject',
        [Says("rita", "refused: `rita` asked for this"), Says("rita", "refused", "reject"), Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "votes do not carry over, and who voted counts once": (
        f'from 2 of "a" {LATER}',
        [
            Says("ann", "recorded: recorded; 1 more"),
            Says("ann", "refused: `ann` answered at an earlier stage", group="board", at=4000),
            Says("bob", "recorded: recorded; 1 more", group="board", at=4000),
            Says("cem", "approved", group="legal", at=4001),
        ],
        {"outcome": "approved", "approved": True, "by": ["bob", "cem"]},
    ),
    "the last stage runs out": (
        f'from 2 of "a" {LATER}',
        [Says("ann", "recorded"), Says("bob", "recorded", group="board", at=4000)],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "approved by time, not by anyone": (
        'from 2 of "a" timeout 1h then approve',
        [Says("ann", "recorded")],
        {"outcome": "timed_out", "approved": True, "by": []},
    ),
    "a decision is one of two": (
        'from "a" timeout 1h then reject',
        [Says("ann", "refused: the decision is", "maybe"), Says("", "refused: an answer says who")],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "a question without an answer takes none": (
        'from "a" timeout 1h then reject',
        [Says("ann", "refused: this question takes no answer", amount="1"), Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
}

TYPED: dict[str, tuple[list[Says], str | None]] = {
    "the first answer is the proposal": (
        [Says("ann", "recorded", amount="5"), Says("bob", "approved")],
        "5",
    ),
    "an edit starts the count again": (
        [
            Says("ann", "recorded", amount="5"),
            Says("bob", "recorded", amount="7"),
            Says("bob", "recorded", amount="7"),
            Says("ann", "approved"),
        ],
        "7",
    ),
    "the same answer agrees": (
        [Says("ann", "recorded", amount="5"), Says("bob", "approved", amount="5.0")],
        "5",
    ),
    "an edit of one's own is an edit": (
        [Says("ann", "recorded", amount="5"), Says("ann", "recorded", amount="6"), Says("bob", "approved")],
        "6",
    ),
    "going back to an earlier proposal starts again too": (
        [
            Says("ann", "recorded", amount="5"),
            Says("bob", "recorded", amount="6"),
            Says("cem", "recorded", amount="5"),
            Says("ann", "approved"),
        ],
        "5",
    ),
    "what does not fit changes nothing": (
        [
            Says("ann", "refused: the answer does not fit"),
            Says("ann", "recorded", amount="5"),
            Says("bob", "refused: the answer does not fit", amount="0"),
            Says("bob", "approved"),
        ],
        "5",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_vote(name: str) -> None:
    stages, answers, expected = CASES[name]
    check(answers, *asked(definition(stages), answers), expected)


@pytest.mark.parametrize("name", TYPED)
def test_a_vote_on_an_answer(name: str) -> None:
    answers, amount = TYPED[name]
    replies, run = asked(definition('from 2 of "a" timeout 1h then reject', typed=True), answers)
    check(answers, replies, run, None)
    assert run.finish is not None
    assert run.finish.value["answer"] == {"amount": amount, "note": ""}


def check(answers: list[Says], replies: list[str], run: SimulatedRun, expected: dict[str, Any] | None) -> None:
    for each, reply in zip(answers, replies, strict=True):
        assert reply.startswith(each.expected)
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    assert expected is None or run.finish.value == expected
