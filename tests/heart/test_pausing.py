"""While the machine pauses, what comes is taken note of and nothing is done; afterwards all goes on, in its order."""

from typing import Any

from interpreter.core.advance import advance
from interpreter.core.commands import Finish, Pause
from interpreter.core.events import CancelRequested, Resumed, Started
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from tests.heart.stepped import Stepped
from tests.heart.watched import definition_of

MANY = "edition 1\nflow main() -> int { parallel for i in range(4000) at most 4000 as r { yield i } return len(r) }"


def pausing() -> tuple[Any, State, Pause]:
    definition = definition_of(MANY)
    assert definition is not None
    state = State("main", "hash", "run")
    (pause,) = advance(definition, state, Started(0.0, {}))
    assert type(pause) is Pause
    return definition, restore(save(state)), pause


def test_nothing_is_done_in_a_pause() -> None:
    definition, state, _ = pausing()
    backlog, frames = len(state.backlog), list(state.frames)
    assert advance(definition, state, CancelRequested(1.0)) == []
    assert (len(state.backlog), list(state.frames)) == (backlog + 1, frames)


def test_what_came_in_a_pause_is_done_after_it() -> None:
    definition, state, pause = pausing()
    advance(definition, state, CancelRequested(1.0))
    for _ in range(100):
        commands = advance(definition, state, Resumed(2.0, pause.id))
        if type(commands[-1]) is Finish:
            break
        (pause,) = [command for command in commands if type(command) is Pause]
    assert [command.outcome for command in commands if type(command) is Finish] == ["cancelled"]
    assert (state.backlog, state.pending) == ([], {})


def test_what_was_taken_back_counts_as_not_asked_for() -> None:
    run = Stepped("step web.keep(x: upper(page))")
    asked = run.state.issued
    run.until_fetching()
    assert run.state.issued == asked + 1
    run.take(CancelRequested(2.0))
    assert run.state.issued == asked


def test_of_a_failure_nothing_is_said_to_be_under_way() -> None:
    failure = Failure("Broken", "no")
    assert (failure.unknown, failure.running, failure.said, failure.purse) == (False, False, False, None)
