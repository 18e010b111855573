"""The ledger: what a run did that can be undone, and what may have happened without anyone knowing.

Entries are undone in the reverse order in which their steps started. `started` is a list of numbers because a child's
entries keep their own order inside that of the step that ran the child.
"""

from typing import Any

from interpreter.boundary.payloads import JSON
from interpreter.core.snapshot import decode, encode
from interpreter.core.state import Entry, State


def below(path: str, scope: str) -> bool:
    """Whether `path` stands at or below `scope`."""
    return path == scope or path.startswith((scope + "/", scope + "["))


def to_undo(state: State, scope: str) -> list[Entry]:
    """The entries of `scope` that have an undo and wait for it, the latest first."""
    entries = [
        e for e in state.ledger if e.undo_tool is not None and e.state in ("done", "uncertain") and below(e.path, scope)
    ]
    return sorted(entries, key=lambda entry: entry.started, reverse=True)


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
