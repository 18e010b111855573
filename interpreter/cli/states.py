"""How the statements of a run stand, for its picture: from what it tells, by the addresses of its definition."""

import re

from dsl.drawing.picture import State
from interpreter.boundary.view import RunView
from interpreter.cli.board import Board, Item

_ROUND = re.compile(r"\[\d+\]")
_STATES: dict[str, State] = {
    "running": "running",
    "retrying": "running",
    "waiting": "waiting",
    "asked": "waiting",
    "completed": "done",
    "approved": "done",
    "rejected": "done",
    "timed_out": "done",
    "passed_over": "done",
    "undoing": "undone",
    "undone": "undone",
    "failed": "failed",
    "refused": "failed",
    "undo_failed": "failed",
    "uncertain": "uncertain",
    "cancelling": "cancelled",
    "cancelled": "cancelled",
    "withdrawn": "cancelled",
}
"""What a note or a frame says of a statement. One that was answered or has timed out is done: the flow goes on."""
_WAITS = frozenset({"event", "first", "sleep"})
"""While it is under way, nothing is done."""


def states_of(view: RunView) -> dict[str, tuple[State, ...]]:
    """By address, the states that a statement has in its rounds."""
    board = Board(view.flow)
    noted = {board.take(note).path for note in view.notes}
    found: dict[str, list[State]] = {}
    for item in _all(board.root):
        _add(found, item.path, item.own_state, item.node)
    for step in view.steps:
        if step.path not in noted:  # the notes of a long run are cut
            _add(found, step.path, step.state, step.node)
    return {address: tuple(states) for address, states in found.items()}


def _all(item: Item) -> list[Item]:
    return [item, *(each for inside in item.inside.values() for each in _all(inside))]


def _add(found: dict[str, list[State]], path: str, said: str, node: str) -> None:
    state = _STATES.get(said)
    if state is not None:
        found.setdefault(_ROUND.sub("[]", path), []).append(
            "waiting" if state == "running" and node in _WAITS else state
        )
