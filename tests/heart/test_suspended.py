"""A cancel while a value is being fetched: what had not begun never begins."""

import pytest

from interpreter.boundary.send import Send
from interpreter.core.commands import CallTool, Cancel, Evaluate, Finish, SetTimer
from interpreter.core.events import CancelRequested, Evaluated, Received, Started, ToolReturned
from tests.heart.stepped import LARGE, Stepped
from tests.heart.watched import check_nothing_left


@pytest.mark.parametrize(
    "statement",
    [
        "step web.read(x: upper(page))",
        "step web.keep(x: upper(page))",
        "step ask(x: upper(page))",
        "step child(x: upper(page))",
        'step ask(x: page) sleep until if page == "" then now() else now()',
        'await approval go "Go with {{ page }}?" { from "a" timeout 1h then reject }',
        'if page == "a" { step web.read(x: x) }',
        'for letter in split(page, "") at most 9 { step web.read(x: letter) }',
        'parallel for letter in split(page, "") at most 9 { step web.read(x: letter) }',
        "let long = upper(page)  step web.read(x: long)",
        "fail page",
    ],
)
def test_nothing_begins_after_it(statement: str) -> None:
    stepped = Stepped(statement)
    fetch = stepped.until_fetching()
    commands = stepped.take(CancelRequested(2.0))
    assert commands[0] == Cancel(fetch.id)
    assert [command.outcome for command in commands[1:] if type(command) is Finish] == ["cancelled"]
    check_nothing_left(stepped.state)
    assert stepped.take(Evaluated(3.0, fetch.id, "A")) == []


@pytest.mark.parametrize(
    "statement",
    [
        'try { fail "x" } on error as e if page == "a" { step web.read(x: x) }',
        'try { step web.read(x: page) fail "x" } on error as e if page == "a" { step web.read(x: x) }',
    ],
)
@pytest.mark.parametrize("value", [True, False])
def test_what_is_being_worked_out_when_a_cancel_comes_begins_nothing_whatever_it_comes_to(
    statement: str, value: bool
) -> None:
    """What has begun already hears of the cancel as soon as it is known what it looked at."""
    stepped = Stepped(statement)
    commands = stepped.take(ToolReturned(1.0, "main/page", LARGE))
    while not any(type(command) is Evaluate for command in commands):
        (call,) = commands
        assert type(call) is CallTool
        commands = stepped.take(ToolReturned(1.0, call.id, "read"))
    (fetch,) = commands
    assert type(fetch) is Evaluate
    (suspended,) = [frame for frame in stepped.state.frames.values() if frame.suspended is not None]
    assert not suspended.fresh
    commands = stepped.take(CancelRequested(2.0))
    if not any(type(command) is Finish for command in commands):
        assert commands == []
        commands = stepped.take(Evaluated(3.0, fetch.id, value))
    assert [command.outcome for command in commands if type(command) is Finish] == ["cancelled"]
    assert not any(type(command) is CallTool for command in commands)
    check_nothing_left(stepped.state)


def test_a_wait_that_looks_whether_an_event_is_meant_ends_when_it_knows() -> None:
    """It had begun, and does nothing any more of what it was about to do."""
    stepped = Stepped("await event word as w: text where w == page timeout 1h else { }")
    (timer,) = stepped.take(ToolReturned(1.0, "main/page", LARGE))
    assert type(timer) is SetTimer
    looks = [each for each in stepped.take(Received(2.0, Send("1", "word", "a", "ann"), "t")) if type(each) is Evaluate]
    assert len(looks) == 1
    assert not any(type(each) is Finish for each in stepped.take(CancelRequested(3.0)))
    commands = stepped.take(Evaluated(4.0, looks[0].id, True))
    assert Cancel(timer.id) in commands
    assert [command.outcome for command in commands if type(command) is Finish] == ["cancelled"]
    check_nothing_left(stepped.state)


def test_an_undo_is_still_worded() -> None:
    stepped = Stepped("step web.keep(x: x)")
    stepped.take(Started(0.0, {"x": "a"}))
    stepped.take(ToolReturned(1.0, "main/page", "small"))
    (fetch,) = stepped.take(ToolReturned(2.0, "main/web.keep", {"id": LARGE}))
    assert type(fetch) is Evaluate
    assert stepped.take(CancelRequested(3.0)) == []
    (undo,) = stepped.take(Evaluated(4.0, fetch.id, "LARGE"))
    assert (undo.id, undo.arguments) == ("main/web.keep/undo", {"x": "LARGE"})  # type: ignore[union-attr]
    (finish,) = stepped.take(ToolReturned(5.0, "main/web.keep/undo", None))
    assert type(finish) is Finish
    assert finish.outcome == "cancelled"


def test_an_undo_that_cannot_be_worded_elsewhere_is_listed() -> None:
    stepped = Stepped("step web.keep(x: x)")
    stepped.take(Started(0.0, {"x": "a"}))
    stepped.take(ToolReturned(1.0, "main/page", "small"))
    (fetch,) = stepped.take(ToolReturned(2.0, "main/web.keep", {"id": LARGE}))
    (finish,) = stepped.take(Evaluated(3.0, fetch.id, None, "TypeMismatch", "not a text"))  # type: ignore[union-attr]
    assert type(finish) is Finish
    assert finish.outcome == "completed"
    (entry,) = stepped.state.ledger.values()
    assert (entry.state, entry.undo_tool, entry.undo_arguments) == ("done", "web.drop", None)
    assert entry.reason == "the undo cannot be worded: not a text"
