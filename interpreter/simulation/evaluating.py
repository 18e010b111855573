"""Evaluations beside the values of a simulated world."""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.definition.encode import decode_data
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.evaluate import evaluate
from dsl.expressions.values import Reference
from dsl.values.codec import dump, load, stretch
from dsl.values.spoken import opened
from dsl.values.structure import Types
from dsl.values.validate import validate
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.core.commands import Evaluate
from interpreter.core.context import context_of
from interpreter.core.events import CallFailed, Evaluated, Event
from interpreter.core.fetching import UNFIT
from interpreter.core.state import State


def evaluated(state: State, objects: Mapping[str, Any], command: Evaluate) -> Callable[[float], Event]:
    """What it comes to, at the time that it is given."""
    id_ = command.id
    read: list[Reference] = []
    opened(load(list(command.scope.values())), read.append)
    missing = [one.hash for one in read if one.hash not in objects]
    if missing:
        gone = f"no object {missing[0]} in the world"
        return lambda at: CallFailed(at, id_, OBJECT_MISSING, gone, "not_started", details=(missing[0],))
    scope = {name: opened(load(value), lambda one: objects[one.hash]) for name, value in command.scope.items()}
    types = decode_data(command.types) if command.types is not None else {}
    if command.received is not None:
        return _received(command, next(iter(scope.values())), types)
    try:
        value = evaluate(decode_data(command.expression), scope, context_of(state, id_, types))
        if command.most_bytes is not None:
            value = stretch(_list(value), command.most_bytes)
    except EvaluationError as error:
        kind, message = error.kind, error.message
        return lambda at: Evaluated(at, id_, None, kind, message)
    return lambda at: Evaluated(at, id_, dump(value))


def _received(command: Evaluate, whole: Any, types: Types) -> Callable[[float], Event]:
    """What came from outside, held against its type; it stays where it is unless that changes it."""
    checked = validate(whole, decode_data(command.received), types, received=True)
    if checked.problems:
        message = "; ".join(map(str, checked.problems))
        return lambda at: Evaluated(at, command.id, None, UNFIT, message)
    (kept,) = command.scope.values()
    came = dump(checked.value)
    return lambda at: Evaluated(at, command.id, kept if came == dump(whole) else came)


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else refuse(value, "this goes over a list")
