"""A called flow as its caller hears of it, one event at a time: what is lent to it, and what follows from an end of
which nobody has told anything."""

from typing import Any

import pytest

from interpreter.boundary.failures import OUTCOME_UNKNOWN, RUN_LOST
from interpreter.boundary.payloads import ChildReport, Spent
from interpreter.core.advance import advance
from interpreter.core.commands import Acquire, CallTool, Cancel, Command, Finish, StartChild
from interpreter.core.events import Acquired, CancelRequested, ChildEnded, ChildStarted, Event, Started
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import encode, restore, save
from interpreter.core.state import State
from tests.heart.watched import definition_of

TOOLS = """edition 1
tool keep(x: text) -> text write keyed { compensate drop(x: x) }
tool drop(x: text) idempotent
tool look(x: text) -> text read
flow below() { step keep(x: "a") step keep(x: "b") step keep(x: "c") step keep(x: "d") }
flow harmless() { step look(x: "a") step look(x: "b") step look(x: "c") step look(x: "d") }
"""
LOST = ChildReport("", "lost", None, encode(Failure(RUN_LOST, "it was terminated")))


class Run:
    """Sent through JSON after each event."""

    def __init__(self, main: str) -> None:
        definition = definition_of(TOOLS + main)
        assert definition is not None, "the check refuses it"
        self.definition, self.state = definition, State("main", "hash", "run")
        self.commands = self.take(Started(100.0, {}))

    def take(self, event: Event) -> list[Command]:
        self.commands = advance(self.definition, self.state, event)
        self.state = restore(save(self.state))
        return self.commands

    def one(self, kind: type) -> Any:
        (found,) = [each for each in self.commands if type(each) is kind]
        return found


@pytest.mark.parametrize(
    "main",
    [
        "flow main() budget 9 calls { step below() }",
        'flow main() budget 9 calls { try { step below() } on error { step look(x: "handled") } }',
        "flow main() budget 9 calls { parallel as all keep going { step below() branch b { sleep 1s } } }",
    ],
    ids=["plain", "handled", "keep going"],
)
def test_of_a_lost_child_nobody_knows_what_it_did_and_all_that_it_was_lent_is_charged(main: str) -> None:
    run = Run(main)
    child = run.one(StartChild)
    assert child.lease.calls == 4
    run.take(ChildEnded(101.0, child.id, LOST))
    finish = run.one(Finish)
    assert finish.report.spent.calls == 4
    assert [entry["state"] for entry in finish.report.ledger] == ["uncertain"]
    assert OUTCOME_UNKNOWN in str(finish.failure)
    assert not [each for each in run.commands if type(each) is CallTool]


def test_a_lost_child_that_could_change_nothing_is_an_error_like_another() -> None:
    run = Run('flow main() budget 9 calls { try { step harmless() } on error { step look(x: "handled") } }')
    run.take(ChildEnded(101.0, run.one(StartChild).id, LOST))
    assert run.one(CallTool).arguments == {"x": "handled"}


def test_a_child_that_says_what_it_spent_is_charged_that() -> None:
    run = Run("flow main() budget 9 calls { try { step harmless() } on error { } }")
    run.take(
        ChildEnded(101.0, run.one(StartChild).id, ChildReport("", "lost", None, LOST.failure, Spent("0", 0, 2), []))
    )
    assert run.one(Finish).report.spent.calls == 2


DETACHED = "step below() { detached }"


def test_a_detached_child_has_no_deadline_and_no_lock_of_who_starts_it() -> None:
    main = 'flow main() budget 1h, 9 calls { exclusive by "door" within 3m { BODY } }'
    for body, held, within in ((DETACHED, [], None), ("step below()", ["block/door"], 3_700.0)):
        run = Run(main.replace("BODY", body))
        run.take(Acquired(101.0, run.one(Acquire).id))
        child = run.one(StartChild)
        assert (child.locks, child.lease.deadline) == (held, within)


def test_a_cancel_waits_for_the_start_of_a_detached_child_and_does_not_reach_it() -> None:
    run = Run(f"flow main() budget 9 calls {{ {DETACHED} sleep 1h }}")
    child = run.one(StartChild)
    assert run.take(CancelRequested(101.0)) == []
    run.take(ChildStarted(102.0, child.id, "the id"))
    finish = run.one(Finish)
    assert (finish.outcome, finish.report.spent.calls, finish.report.ledger) == ("cancelled", 4, [])
    other = Run("flow main() budget 9 calls { step below() sleep 1h }")
    child = other.one(StartChild)
    other.take(CancelRequested(101.0))
    assert other.one(Cancel).id == child.id
