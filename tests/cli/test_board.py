"""From recorded notes to what is drawn and printed."""

import re
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console

from interpreter.boundary.view import Note
from interpreter.cli.board import Board
from interpreter.cli.lines import note_line
from interpreter.cli.tree import fitting, picture


@dataclass
class Recording:
    """Notes as the machine writes them."""

    notes: list[Note] = field(default_factory=list)

    def add(
        self, kind: str, path: str, node: str, *, name: str = "", attempt: int = 0, detail: str = ""
    ) -> "Recording":
        number = len(self.notes) + 1
        label = name or path.rsplit("/", 1)[-1]
        self.notes.append(Note(number, 100.0 + number, kind, path, label, node, attempt, detail))
        return self

    def board(self) -> Board:
        board = Board("f")
        for note in self.notes:
            board.take(note)
        return board


def rows(board: Board) -> list[tuple[int, str, str]]:
    return [(depth, item.label, item.state) for depth, item in board.root.rows()]


def test_blocks_without_a_name_are_left_out_and_iterations_are_counted_from_one() -> None:
    recording = (
        Recording()
        .add("started", "$", "run")
        .add("started", "f/if#1/then/look", "tool")
        .add("completed", "f/if#1/then/look", "tool")
        .add("iteration", "f/refine", "loop", attempt=1)
        .add("started", "f/refine[0]/draft", "agent")
        .add("completed", "f/refine[0]/draft", "agent")
        .add("iteration", "f/refine", "loop", attempt=2)
        .add("started", "f/refine[1]/draft", "agent")
    )
    assert rows(recording.board()) == [
        (0, "f", "running"),
        (1, "look", "completed"),
        (1, "refine", "running"),
        (2, "#1", "completed"),
        (3, "draft", "completed"),
        (2, "#2", "running"),
        (3, "draft", "running"),
    ]


def test_a_retry_and_its_call_belong_to_the_step() -> None:
    recording = (
        Recording()
        .add("started", "f/a", "tool")
        .add("retrying", "f/a/call", "tool", attempt=1, detail="Busy: later")
        .add("attempt", "f/a/call", "tool", attempt=2)
        .add("completed", "f/a", "tool")
    )
    board = recording.board()
    assert rows(board)[1:] == [(1, "a", "completed")]
    assert board.root.inside["/a"].attempt == 2


def test_an_undo_is_told_at_the_step_that_it_undoes() -> None:
    recording = (
        Recording()
        .add("completed", "f/a", "tool")
        .add("undoing", "f/undo", "undo", name="f/a", detail="b")
        .add("retrying", "f/undo/f/a", "tool", attempt=1)
        .add("undone", "f/undo", "undo", name="f/a")
    )
    assert rows(recording.board())[1:] == [(1, "a", "undone")]


def test_only_the_last_voter_is_shown() -> None:
    """Each vote is a row of its own, in order, and the step names all on whose votes it stands."""
    board = (
        Recording()
        .add("asked", "f/pay", "approval", detail="Pay?")
        .add("voted", "f/pay", "approval", detail="unverified: approve by eve for a: fine")
        .add("voted", "f/pay", "approval", detail="unverified: approve by eve2 for a")
        .add("approved", "f/pay", "approval", detail="by unverified eve for a: fine, unverified eve2 for a")
        .board()
    )
    step, *votes = [item for _, item in board.root.rows()][1:]
    assert (step.state, step.detail) == ("approved", "by unverified eve for a: fine, unverified eve2 for a")
    assert [vote.detail for vote in votes] == [
        "unverified: approve by eve for a: fine",
        "unverified: approve by eve2 for a",
    ]
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", vote.label) for vote in votes)


def test_the_end_of_the_run_is_its_state() -> None:
    for detail, state in (("completed", "completed"), ("cancelled", "cancelled"), ("Kind: message", "failed")):
        board = Recording().add("started", "$", "run").add("finished", "$", "run", detail=detail).board()
        assert (board.status, board.root.state) == (state, state)


def test_a_tall_tree_loses_what_is_over_and_keeps_what_is_under_way() -> None:
    recording = Recording().add("started", "$", "run")
    for index in range(20):
        recording.add("started", f"f/each[{index}]/s", "tool")
        if index != 3:
            recording.add("completed", f"f/each[{index}]/s", "tool")
    board = recording.board()
    kept = fitting(list(board.root.rows()), 6)
    assert len(kept) == 6
    assert [item.path for _, item in kept if item.state == "running"] == ["f", "f/each", "f/each[3]", "f/each[3]/s"]


def test_the_picture_has_a_mark_a_name_and_a_time() -> None:
    recording = (
        Recording()
        .add("started", "$", "run")
        .add("started", "f/a", "tool", detail="shop.look")
        .add("failed", "f/a", "tool", detail="Broken: no [red]way[/red]")
    )
    console = Console(width=80, record=True, file=StringIO())
    board = recording.board()
    console.print(picture(board, list(board.root.rows()), 110.0))
    text = console.export_text()
    assert "✗ a" in text
    assert "failed Broken: no [red]way[/red]" in text, "what an author wrote is no markup"
    assert "1.0s" in text


def test_a_line_names_the_step_as_the_author_does() -> None:
    note = Note(1, 101.5, "retrying", "f/parallel#1/notes[2]/look/call", "x", "tool", 1, "Busy:\n  later", False)
    assert note_line(note, 100.0, "f") == "   1.50s  notes #3/look  retrying  Busy: later"
    rehearsed = Note(2, 102.0, "completed", "f/a", "a", "agent", 1, "", True)
    assert note_line(rehearsed, 100.0, "f") == "   2.00s  a  completed  [rehearsal: no model was asked]"
