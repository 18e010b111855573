"""The state of a run as JSON, and back: what continue-as-new carries.

What comes back is what was saved: the same values of the same types, so a run goes on as if nothing had been between.

- The state is made of dataclasses that are `@recorded` (`recorded.py`) or stand in `_PAYLOADS`, of lists, dictionaries,
  and values of the flow. An object is written with its class under `$type`; one whose class is not known fails when it
  is saved, in the first test that meets it, not months later when it is read.
- Values that JSON does not have (decimals, times, durations, references) are tagged with a key that begins with `$`. A
  dictionary that has such a key of its own is written as a list of pairs under `$map`. So no data of a flow can pass
  for a tag or a class, however it is called.
- Fields with their default are left out, so a field can be added later and old snapshots still load. What a default
  cannot mend has an upgrade: a snapshot carries the number of its format, and is brought up to this one step by step,
  because a run lives for months and the worker that continues it may be newer than the one that saved it. A newer
  format is refused, and the workflow task waits for a worker that can read it.
- Only the latest notes are kept; they are for people, and nothing is decided by them.

Tests send the state of every run case through here after every event, and continue as new wherever that is possible.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.expressions.values import File, Reference
from dsl.values.codec import dump, load
from interpreter.boundary import batches, beginnings, caps, costs, moved, payloads, repair, send, talk, tell, view
from interpreter.boundary.payloads import JSON
from interpreter.core.recorded import RECORDED
from interpreter.core.state import State

KEPT_NOTES = 100
"""How many of the latest notes a snapshot carries, so that a follower misses none while the run continues as new."""

FORMAT = 1

UPGRADES: dict[int, Callable[[JSON], JSON]] = {}
"""From each earlier format to the next."""

_PAYLOADS = (
    batches.BatchAnswer,
    batches.BatchReply,
    batches.BatchRequest,
    beginnings.Lease,
    caps.Cap,
    caps.Claim,
    caps.Page,
    costs.Cost,
    moved.Moved,
    payloads.Answer,
    payloads.AnswerVerdict,
    payloads.ChatRequest,
    payloads.ChatResult,
    payloads.ChatUsage,
    payloads.ChildReport,
    payloads.HeardOfModels,
    payloads.Price,
    payloads.RunResult,
    payloads.Signature,
    payloads.Spent,
    repair.Repair,
    repair.Resolution,
    send.Send,
    talk.AskedCall,
    talk.Talk,
    tell.Tell,
    view.Counts,
    view.Note,
    view.ShownValue,
)
"""Classes of the boundary that stand in a state."""

_BOUNDARY: dict[str, type] = {cls.__name__: cls for cls in _PAYLOADS}
_FIELDS: dict[type, tuple[tuple[str, object, object], ...]] = {}
_SCALARS = frozenset({type(None), bool, int, float, str})
_TAGGED = frozenset({Decimal, datetime, timedelta, Reference, File})


class UnknownFormat(Exception):
    """A snapshot that a newer version has written: fails the workflow task, until a worker that can read it comes."""


def save(state: State) -> JSON:
    """The whole state as JSON."""
    notes = state.notes
    state.notes = notes[-KEPT_NOTES:]
    try:
        return {"format": FORMAT, "state": encode(state)}
    finally:
        state.notes = notes


def restore(data: JSON) -> State:
    """The state that `save` was given. Raises `UnknownFormat`."""
    state = decode(_upgraded(data)["state"])
    assert type(state) is State
    return state


def _upgraded(data: JSON) -> JSON:
    format_ = data.get("format")
    while format_ != FORMAT:
        if format_ not in UPGRADES:
            raise UnknownFormat(f"the state of this run has format {format_}; this version reads up to {FORMAT}")
        data = UPGRADES[format_](data)
        format_ += 1
    return data


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
        for name, default, factory in _fields(kind)
        if not _is_default(part := getattr(value, name), default, factory)
    }


def _class(name: str) -> type:
    return RECORDED.get(name) or _BOUNDARY[name]


def _fields(cls: type) -> tuple[tuple[str, object, object], ...]:
    found = _FIELDS.get(cls)
    if found is None:
        assert _class(cls.__name__) is cls, f"{cls.__name__} is not recorded"
        found = _FIELDS[cls] = tuple((f.name, f.default, f.default_factory) for f in fields(cls))
    return found


def _encode_map(value: dict[str, object]) -> JSON:
    if any(key.startswith("$") for key in value):
        return {"$map": [[key, encode(item)] for key, item in value.items()]}
    return {key: encode(item) for key, item in value.items()}


def _is_default(value: object, default: object, factory: Any) -> bool:
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
    return _construct(_class(name), {key: decode(item) for key, item in data.items() if key != "$type"})


def _construct(cls: type, parts: dict[str, Any]) -> object:
    if "details" in parts and cls.__name__ == "CallFailed":
        parts["details"] = tuple(parts["details"])
    return cls(**parts)
