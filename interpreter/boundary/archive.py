"""What is kept of a run when it ends: its view, so that nobody has to replay it to tell how it went.

It stands where a run's end stands anyway and costs no event: in the result of a run that completed, in the details of
a failure. Of a cancelled run it is the memo. A child leaves none: its end stands in its parent's history too.
"""

import json
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from dsl.definition.packed import packed, unpacked
from interpreter.boundary.costs import Cost
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, Spent
from interpreter.boundary.sparse import sparse
from interpreter.boundary.view import Counts, KeptEvent, LedgerView, Note, RunView

LARGEST = 50_000
"""Characters of an archive. A result has nearly two megabytes of its own, of two that the server takes."""

T = TypeVar("T")


def archived(view: RunView) -> str:
    """The view without what ends with the run, and the latest of its notes if there is no room for all."""
    view = replace(view, steps=[], questions=[], purses=[])
    while len(text := packed(json.dumps(_data(view), ensure_ascii=False).encode())) > LARGEST and view.notes:
        view = replace(view, notes=view.notes[len(view.notes) // 2 + 1 :])
    return text if len(text) <= LARGEST else ""


def unarchived(text: str) -> RunView:
    """The view that `archived` was given, as far as it was kept. Raises `UnsealError`."""
    data = json.loads(unpacked(text))
    notes = [_note(note) for note in data.pop("notes", [])]
    ledger = [_made(LedgerView, entry) for entry in data.pop("ledger", [])]
    spent = _made(Spent, data.pop("spent", {}))
    costs = [_made(Cost, cost) for cost in data.pop("costs", [])]
    kept = [_made(KeptEvent, event) for event in data.pop("kept", [])]
    moves = [_made(Moved, move) for move in data.pop("moves", [])]
    view = replace(_made(RunView, data), notes=notes, ledger=ledger, spent=spent, costs=costs)
    return replace(view, kept=kept, moves=moves)


def _data(view: RunView) -> dict[str, JSON]:
    lists = {"notes": [sparse(note) for note in view.notes], "ledger": [asdict(entry) for entry in view.ledger]}
    costs = {"costs": [sparse(cost) for cost in view.costs]} if view.costs else {}
    return {**sparse(replace(view, notes=[], ledger=[], costs=[])), **lists, **costs}


def _note(data: dict[str, Any]) -> Note:
    counts = data.pop("counts", None)
    return replace(_made(Note, data), counts=None if counts is None else _made(Counts, counts))


def _made(cls: type[T], data: dict[str, Any]) -> T:
    """A later version may have written fields that this one does not know."""
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in data.items() if name in known})
