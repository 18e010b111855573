"""A cancel while a value is being fetched: what had not begun never begins."""

import pytest

from interpreter.core.commands import Cancel, Evaluate, Finish
from interpreter.core.events import CancelRequested, Evaluated, Started, ToolReturned
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
