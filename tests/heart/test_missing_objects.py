"""An object of the store that is gone: the run waits, says for what, and goes on; a cancel waits for nothing."""

from typing import Any

import pytest

from dsl.expressions.values import Reference
from dsl.values.codec import dump
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.boundary.payloads import ChatResult, ChatUsage
from interpreter.core.commands import AttemptModel, CallTool, Cancel, Command, Evaluate, Finish, SetTimer
from interpreter.core.events import (
    CallFailed,
    CancelRequested,
    Evaluated,
    ModelAnswered,
    TimerFired,
    ToolReturned,
)
from interpreter.core.fetching import _holding
from interpreter.core.view import lacking, view
from tests.heart.stepped import HASH, LARGE, Stepped
from tests.heart.watched import check_nothing_left


class Lacking(Stepped):
    """A run whose object is gone."""

    def missing(self, id_: str) -> list[Command]:
        return self.take(CallFailed(self.now, id_, OBJECT_MISSING, "no object", "not_started", False, (HASH,)))

    def lacks(self) -> list[tuple[str, str, str]]:
        return [(s.path, s.state, s.lacks) for s in view(self.definition, self.state).steps if s.lacks]


def only(commands: list[Command], kind: type) -> Any:
    (command,) = commands
    assert type(command) is kind
    return command


def test_an_expression_waits_longer_each_time_and_goes_on_when_the_object_is_back() -> None:
    run = Lacking("step second = web.read(x: upper(page))")
    fetch = only(run.take(ToolReturned(1.0, "main/page", LARGE)), Evaluate)
    waits = []
    for _ in range(9):
        timer = only(run.missing(fetch.id), SetTimer)
        waits.append(timer.deadline - run.now)
        assert run.lacks() == [("main/second", "waiting", HASH)]
        (reason,) = lacking(run.state).values()
        assert "`page`" in reason
        assert "no object" in reason
        fetch = only(run.take(TimerFired(timer.deadline, timer.id)), Evaluate)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    call = only(run.take(Evaluated(run.now, fetch.id, "A")), CallTool)
    assert (call.arguments, run.lacks()) == ({"x": "A"}, [])
    assert run.state.lacking == {}


def test_what_only_the_machine_sees_is_shown_while_it_waits() -> None:
    run = Lacking('if page == "a" { step web.read(x: x) }')
    fetch = only(run.take(ToolReturned(1.0, "main/page", LARGE)), Evaluate)
    run.missing(fetch.id)
    ((path, state, lacks),) = run.lacks()
    assert path.startswith("main/")
    assert (state, lacks) == ("waiting", HASH)


@pytest.mark.parametrize(
    "statement",
    [
        "step web.keep(x: upper(page))",
        "step ask(x: upper(page))",
        'if page == "a" { step web.read(x: x) }',
        "fail page",
    ],
)
def test_a_cancel_waits_for_no_object(statement: str) -> None:
    run = Lacking(statement)
    fetch = only(run.take(ToolReturned(1.0, "main/page", LARGE)), Evaluate)
    timer = only(run.missing(fetch.id), SetTimer)
    commands = run.take(CancelRequested(2.0))
    assert commands[0] == Cancel(timer.id)
    assert [command.outcome for command in commands if type(command) is Finish] == ["cancelled"]
    assert run.state.lacking == {}
    check_nothing_left(run.state)


def test_a_cancel_ends_what_is_found_missing_afterwards() -> None:
    """The undo of a write that is done cannot be worded without its result: it is listed, not forgotten."""
    run = Lacking("step web.keep(x: x)")
    run.take(ToolReturned(1.0, "main/page", "small"))
    fetch = only(run.take(ToolReturned(2.0, "main/web.keep", {"id": LARGE})), Evaluate)
    assert run.take(CancelRequested(3.0)) == []
    finish = next(command for command in run.missing(fetch.id) if type(command) is Finish)
    assert finish.outcome == "failed"
    (entry,) = finish.report.ledger or []
    assert (entry["path"], entry["state"]) == ("main/web.keep", "undo_failed")


def test_a_call_whose_argument_cannot_be_read_was_never_made() -> None:
    run = Lacking("step web.keep(x: page)")
    call = only(run.take(ToolReturned(1.0, "main/page", LARGE)), CallTool)
    timer = only(run.missing(call.id), SetTimer)
    assert run.lacks() == [("main/web.keep", "waiting", HASH)]
    days_later = timer.deadline + 3 * 86_400
    call = only(run.take(TimerFired(days_later, timer.id)), CallTool)
    timer = only(run.missing(call.id), SetTimer)
    (*_, finish) = run.take(CancelRequested(days_later))
    assert type(finish) is Finish
    assert (finish.outcome, finish.report.ledger) == ("cancelled", [])


def test_a_model_that_could_not_be_asked_has_used_up_no_attempt() -> None:
    run = Lacking("step said = ask(x: page)")
    fetch = only(run.take(ToolReturned(1.0, "main/page", LARGE)), Evaluate)
    ask = only(run.take(Evaluated(1.0, fetch.id, dump(LARGE))), AttemptModel)
    for _ in range(12):
        timer = only(run.missing(ask.id), SetTimer)
        assert run.lacks() == [("main/said", "waiting", HASH)]
        ask = only(run.take(TimerFired(timer.deadline, timer.id)), AttemptModel)
    answer = ChatResult("yes", ChatUsage(1, 1), "m")
    assert only(run.take(ModelAnswered(run.now, ask.id, answer)), Finish).outcome == "completed"


def test_an_answer_that_cannot_be_looked_into_is_waited_for_and_a_cancel_waits_for_nothing() -> None:
    """What was done is known all the same: it is done, and undone as far as that can be worded."""
    run = Lacking("step web.keep(x: x)")
    run.take(ToolReturned(1.0, "main/page", "small"))
    look = only(run.take(ToolReturned(2.0, "main/web.keep", LARGE, unseen=True)), Evaluate)
    assert look.received is not None
    only(run.missing(look.id), SetTimer)
    assert run.lacks() == [("main/web.keep", "waiting", HASH)]
    undo = only([command for command in run.take(CancelRequested(4.0)) if type(command) is Evaluate], Evaluate)
    only([command for command in run.missing(undo.id) if type(command) is Finish], Finish)
    assert run.state.ledger["main/web.keep"].state == "undo_failed"


OTHER = "b" * 64


@pytest.mark.parametrize(("digest", "held"), [(HASH, ["page"]), (OTHER, ["other"]), ("c" * 64, ["page", "other"])])
def test_an_object_belongs_to_the_names_that_refer_to_it_else_to_all_that_may(digest: str, held: list[str]) -> None:
    """One that a worker names and nobody knows lies within another."""
    scope = {"page": dump(Reference(HASH, 9)), "small": dump("a"), "other": dump([Reference(OTHER, 9)])}
    assert _holding(Evaluate("main/let", {}, scope), digest) == held
