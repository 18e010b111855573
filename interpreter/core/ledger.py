"""The ledger: what a run did that can be undone, and what may have happened without anyone knowing.

Entries are only ever added, so a position in it stays what it is. They are undone in the reverse order in which their
steps started. `started` is a list of numbers because a child's entries keep their own order inside that of the step
that ran the child.
"""

from itertools import islice
from typing import Any

from interpreter.boundary.payloads import JSON
from interpreter.core.snapshot import decode, encode
from interpreter.core.state import Entry, State


def below(path: str, scope: str) -> bool:
    """Whether `path` stands at or below `scope`."""
    return path == scope or path.startswith((scope + "/", scope + "["))


def to_undo(state: State, scope: str, since: int = 0) -> list[int]:
    """Where the entries of `scope` stand that have an undo and wait for it, the latest first.

    `since`: how long the ledger was when the scope was entered.
    """
    ledger, inside = state.ledger, (scope + "/", scope + "[")
    found = [
        position
        for position, entry in enumerate(islice(ledger, since, None), since)
        if entry.undo_tool is not None
        and (entry.state == "done" or entry.state == "uncertain")
        and (entry.path.startswith(inside) or entry.path == scope)
    ]
    return sorted(found, key=lambda position: ledger[position].started, reverse=True)


def record(state: State, entry: Entry) -> None:
    state.ledger.append(entry)


def adopt(state: State, entries: list[JSON], path: str, started: list[int]) -> None:
    """Take over the ledger that a child handed back, under the step that ran it."""
    for data in entries:
        entry: Any = decode(data)
        entry.path = f"{path}/{entry.path}"
        entry.started = started + entry.started
        state.ledger.append(entry)


def hand_over(state: State) -> list[JSON]:
    """The entries that a parent undoes when it fails later."""
    return [encode(entry) for entry in state.ledger]


def unsettled(state: State) -> list[Entry]:
    """What an operator has to look at: undos that failed, and outcomes nobody knows."""
    return [entry for entry in state.ledger if entry.state in ("undo_failed", "uncertain")]


def not_undone(state: State) -> list[str]:
    """The paths of what should have been undone and could not be, unless the author's own handler knows of it."""
    return [entry.path for entry in state.ledger if entry.state == "undo_failed" and not entry.accepted]


def accept(state: State, scope: str, since: int) -> None:
    """A handler takes over what could not be undone in `scope`."""
    for entry in islice(state.ledger, since, None):
        if entry.state == "undo_failed" and below(entry.path, scope):
            entry.accepted = True
