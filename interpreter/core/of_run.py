"""What a run knows of itself: the same at every attempt, after a continue-as-new and in a replay."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import assert_never

from dsl.ast.left import unit_left
from dsl.ast.of_run import Asked, asked_of_run
from dsl.expressions.values import Value
from interpreter.core.lefts import left_at
from interpreter.core.state import Frame, State


def asked_of_it(state: State, frame: Frame, name: str) -> Callable[[], Value] | None:
    """What tells the value of a name that no author can write, where `frame` stands; None of any other name."""
    if (unit := unit_left(name)) is not None:
        return partial(left_at, state, frame, unit)
    asked = asked_of_run(name)
    return None if asked is None else partial(_of_run, state, asked)


def _of_run(state: State, asked: Asked) -> Value:
    match asked:
        case "id":
            return state.id
        case "started":
            return datetime.fromtimestamp(state.started, UTC)
        case "flow":
            return state.flow
        case "hash":
            return state.hash
        case "requester":
            return state.requester
        case _:
            assert_never(asked)
