"""An agent of many turns on a screen: one row, until it is unfolded."""

from interpreter.boundary.view import Counts, Note
from interpreter.cli.board import Board
from interpreter.cli.budgets import counts_text
from interpreter.cli.folding import CLOSED, EVERYTHING, UNDER_WAY, Folding


def _board(*, over: bool) -> Board:
    """Three turns, of which the last is under way unless all is `over`."""
    notes: list[Note] = []

    def add(kind: str, path: str, node: str, **more: object) -> None:
        number = len(notes) + 1
        notes.append(Note(number, 100.0 + number, kind, path, path.rsplit("/", 1)[-1], node, **more))  # type: ignore[arg-type]

    add("started", "$", "run")
    add("started", "f/reply", "agent", detail="helper")
    for turn in (1, 2, 3):
        add("turn", "f/reply", "agent", attempt=turn, detail="find, look", counts=Counts(turn, 2 * turn, 10 * turn))
        for call in ("find#1", "look#2"):
            add("started", f"f/reply/turn#{turn}/{call}", "tool", detail="x")
            if over or turn < 3:
                add("completed", f"f/reply/turn#{turn}/{call}", "tool")
    if over:
        add("completed", "f/reply", "agent", counts=Counts(4, 6, 2048, 2000, 48, "0.0120"))
    board = Board("f")
    for note in notes:
        board.take(note)
    return board


def _labels(board: Board, folding: Folding) -> list[str]:
    return [f"{'  ' * depth}{item.label}" for depth, item in folding.rows(board.root)]


def test_an_agent_is_one_row_that_says_what_it_has_taken() -> None:
    board = _board(over=True)
    assert _labels(board, CLOSED) == ["f", "  reply"]
    reply = board.root.inside["/reply"]
    assert (reply.state, reply.detail) == ("completed", "helper")
    assert reply.counts is not None
    assert counts_text(reply.counts) == "4 turns, 6 calls, 2,048 tokens, 0.0120 usd"


def test_turns_unfold_to_what_they_call_and_all_to_the_calls() -> None:
    board = _board(over=True)
    assert _labels(board, Folding("turns")) == ["f", "  reply", "    turn 1", "    turn 2", "    turn 3"]
    assert [item.detail for _, item in Folding("turns").rows(board.root)][2:] == ["find, look"] * 3
    assert len(_labels(board, EVERYTHING)) == 2 + 3 * 3
    assert _labels(board, Folding("open", depth=1)) == ["f", "  reply"]
    assert _labels(board, Folding("open", depth=2)) == _labels(board, Folding("turns"))


def test_while_it_lasts_only_the_turn_that_is_under_way_is_unfolded() -> None:
    board = _board(over=False)
    assert _labels(board, UNDER_WAY) == ["f", "  reply", "    turn 3", "      find", "      look"]
    assert _labels(_board(over=True), UNDER_WAY) == ["f", "  reply"]


def _turns(*kinds: str) -> list[tuple[str, str]]:
    """The turns of an agent that asked for `find`, of which then came one note of each kind; nothing was called."""
    board = Board("f")
    for number, kind in enumerate(("started", "turn", *kinds), 1):
        turn = {"attempt": kinds[: number - 2].count("turn") + 1, "detail": "find"} if kind == "turn" else {}
        path = "" if kind == "finished" else "f/reply"
        board.take(Note(number, 100.0 + number, kind, path, "reply", "run" if not path else "agent", **turn))  # type: ignore[arg-type]
    turns = [item for _, item in Folding("turns").rows(board.root) if item.node == "turn"]
    assert all((item.ended is None) == (item.state == "running") for item in turns)
    return [(item.state, item.detail) for item in turns]


def test_a_turn_without_a_call_has_a_state_too() -> None:
    over = ("completed", "find (none was called)")
    assert _turns() == [("running", "find")]
    assert _turns("turn") == [over, ("running", "find")]
    assert _turns("attempt") == _turns("retrying") == _turns("completed") == _turns("failed") == [over]
    assert _turns("cancelled") == [("cancelled", "find (none was called)")]
    assert _turns("told") == [("running", "find")]
    assert _turns("finished") == [("cancelled", "find")]
