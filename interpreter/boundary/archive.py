"""What is kept of a run when it ends: its view, so that nobody has to replay it to tell how it went.

It stands where a run's end stands anyway and costs no event: in the result of a run that completed, in the details of
a failure. Of a cancelled run it is the memo. A child leaves none: its end stands in its parent's history too.

Notes are most of it, two for each step, and stand as columns: a time as what has passed since the one before, a path
that has been said as how far it is from the one before. Compressed, that is half of the same as rows, which earlier
runs have left.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from itertools import accumulate
from typing import Any, TypeVar

from dsl.definition.packed import packed, unpacked
from interpreter.boundary.costs import Cost
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, Spent
from interpreter.boundary.sparse import sparse
from interpreter.boundary.view import Counts, KeptEvent, LedgerView, Note, RunView

LARGEST = 50_000
"""Characters of an archive. A result has nearly two megabytes of its own, of two that the server takes."""

TICKS = 10_000_000
"""In a second: as fine as a float tells times of today."""

T = TypeVar("T")


def archived(view: RunView) -> str:
    """The view without what ends with the run, and the latest of its notes if there is no room for all."""
    view = replace(view, steps=[], questions=[], purses=[])
    while len(text := _written(view)) > LARGEST and view.notes:
        view = replace(view, notes=view.notes[len(view.notes) // 2 + 1 :])
    return text if len(text) <= LARGEST else ""


def _written(view: RunView) -> str:
    return packed(json.dumps(_data(view), ensure_ascii=False, separators=(",", ":")).encode())


def unarchived(text: str) -> RunView:
    """The view that `archived` was given, as far as it was kept. Raises `UnsealError`."""
    data = json.loads(unpacked(text))
    rows = _rows(data.pop("columns")) if "columns" in data else data.pop("notes", [])
    notes = [_note(note) for note in rows]
    ledger = [_made(LedgerView, entry) for entry in data.pop("ledger", [])]
    spent = _made(Spent, data.pop("spent", {}))
    costs = [_made(Cost, cost) for cost in data.pop("costs", [])]
    kept = [_made(KeptEvent, event) for event in data.pop("kept", [])]
    moves = [_made(Moved, move) for move in data.pop("moves", [])]
    view = replace(_made(RunView, data), notes=notes, ledger=ledger, spent=spent, costs=costs)
    return replace(view, kept=kept, moves=moves)


def _data(view: RunView) -> dict[str, JSON]:
    notes = _columns([sparse(note) for note in view.notes])
    lists = {"columns": notes, "ledger": [asdict(entry) for entry in view.ledger]}
    costs = {"costs": [sparse(cost) for cost in view.costs]} if view.costs else {}
    return {**sparse(replace(view, notes=[], ledger=[], costs=[])), **lists, **costs}


def _columns(rows: list[dict[str, JSON]]) -> dict[str, list[JSON]]:
    """What no row has is no column, and what one lacks is null."""
    named = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in named}
    return {name: _SHORTER[name](column) if name in _SHORTER else column for name, column in columns.items()}


def _rows(columns: dict[str, list[JSON]]) -> list[dict[str, JSON]]:
    whole = {name: _WHOLE[name](column) if name in _WHOLE else column for name, column in columns.items()}
    rows = zip(*whole.values(), strict=True)
    return [{name: value for name, value in zip(whole, row, strict=True) if value is not None} for row in rows]


def _steps(numbers: list[int]) -> list[JSON]:
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]


def _sums(steps: list[int]) -> list[JSON]:
    return list(accumulate(steps))


def _passed(times: list[float]) -> list[JSON]:
    """Whole ticks since the time before; one that is between two of them stands as it is."""
    found: list[JSON] = []
    before = 0
    for time in times:
        now = round(time * TICKS)
        exact = now / TICKS == time
        found.append(now - before if exact else time)
        before = now if exact else before
    return found


def _times(passed: list[JSON]) -> list[JSON]:
    found: list[JSON] = []
    now = 0
    for each in passed:
        now += each if type(each) is int else 0
        found.append(now / TICKS if type(each) is int else each)
    return found


def _distances(paths: list[str]) -> list[JSON]:
    """Of one that was said before: how far it is, in the order of first words, from the one before."""
    places: dict[str, int] = {}
    found: list[JSON] = []
    before = 0
    for path in paths:
        found.append(places[path] - before if path in places else path)
        before = places.setdefault(path, len(places))
    return found


def _paths(distances: list[JSON]) -> list[JSON]:
    said: list[JSON] = []
    found: list[JSON] = []
    place = 0
    for each in distances:
        if type(each) is str:
            said.append(each)
        place = len(said) - 1 if type(each) is str else place + each
        found.append(said[place])
    return found


_SHORTER: dict[str, Callable[[Any], list[JSON]]] = {"number": _steps, "at": _passed, "path": _distances}
_WHOLE: dict[str, Callable[[Any], list[JSON]]] = {"number": _sums, "at": _times, "path": _paths}


def _note(data: dict[str, Any]) -> Note:
    counts = data.pop("counts", None)
    return replace(_made(Note, data), counts=None if counts is None else _made(Counts, counts))


def _made(cls: type[T], data: dict[str, Any]) -> T:
    """A later version may have written fields that this one does not know."""
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in known})
