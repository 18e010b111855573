"""The state of a run as JSON, and back: what continue-as-new carries.

Fields with their default are left out, so a field can be added later and old snapshots still load.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.expressions.values import Reference
from dsl.values.codec import dump, load
from interpreter.boundary.payloads import (
    JSON,
    Answer,
    ChatRequest,
    ChatResult,
    ChatUsage,
    ChildReport,
    Lease,
    Price,
    RunResult,
    Spent,
)
from interpreter.boundary.view import Note, ShownValue
from interpreter.core.commands import AttemptModel, CallTool, Evaluate, SetTimer, StartChild
from interpreter.core.events import CallFailed, ChildEnded, ModelAnswered, TimerFired, ToolReturned
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.state import Amount, Entry, Frame, Pending, Purse, Question, State, Task, Vote

KEPT_NOTES = 100
"""How many of the latest notes a snapshot carries, so that a follower misses none while the run continues as new."""

_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        *(State, Frame, Task, Pending, Purse, Amount, Entry, Question, Vote, Exit, Failure),
        *(CallTool, AttemptModel, StartChild, SetTimer, Evaluate),
        *(ToolReturned, CallFailed, ModelAnswered, ChildEnded, TimerFired),
        *(Answer, ChatRequest, ChatResult, ChatUsage, ChildReport, Lease, Price, RunResult, Spent, Note, ShownValue),
    )
}
_FIELDS = {cls: tuple((f.name, f.default, f.default_factory) for f in fields(cls)) for cls in _CLASSES.values()}
_SCALARS = frozenset({type(None), bool, int, float, str})
_TAGGED = frozenset({Decimal, datetime, timedelta, Reference})


def save(state: State) -> JSON:
    """The whole state as JSON."""
    notes = state.notes
    state.notes = notes[-KEPT_NOTES:]
    try:
        return encode(state)
    finally:
        state.notes = notes


def restore(data: JSON) -> State:
    """The state that `save` was given."""
    state = decode(data)
    assert type(state) is State
    return state


def encode(value: Any) -> JSON:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is list or kind is tuple:
        return [encode(item) for item in value]
    if kind is dict:
        return _encode_map(value)
    if kind in _TAGGED:
        return dump(value)
    return {"$type": kind.__name__} | {
        name: encode(part)
        for name, default, factory in _FIELDS[kind]
        if not _is_default(part := getattr(value, name), default, factory)
    }


def _encode_map(value: dict[str, Any]) -> JSON:
    if any(key.startswith("$") for key in value):
        return {"$map": [[key, encode(item)] for key, item in value.items()]}
    return {key: encode(item) for key, item in value.items()}


def _is_default(value: Any, default: Any, factory: Any) -> bool:
    if default is not MISSING:
        return type(value) is type(default) and bool(value == default)
    return factory is not MISSING and not value and value == factory()


def decode(data: JSON) -> Any:
    if type(data) is list:
        return [decode(item) for item in data]
    if type(data) is not dict:
        return data
    if "$map" in data:
        return {key: decode(item) for key, item in data["$map"]}
    name = data.get("$type")
    if name is None:
        return (
            load(data)
            if any(key.startswith("$") for key in data)
            else {key: decode(item) for key, item in data.items()}
        )
    return _construct(_CLASSES[name], {key: decode(item) for key, item in data.items() if key != "$type"})


def _construct(cls: type, parts: dict[str, Any]) -> Any:
    convert = _TUPLES.get(cls)
    return cls(**(convert(parts) if convert else parts))


def _details_tuple(parts: dict[str, Any]) -> dict[str, Any]:
    return parts | {"details": tuple(parts["details"])} if "details" in parts else parts


_TUPLES: dict[type, Callable[[dict[str, Any]], dict[str, Any]]] = {CallFailed: _details_tuple}
