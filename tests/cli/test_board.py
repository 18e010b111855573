"""From recorded notes to what is drawn and printed."""

import re
from dataclasses import dataclass, field, replace
from io import StringIO

from rich.console import Console

from interpreter.boundary.payloads import RunResult, Spent
from interpreter.boundary.view import Note, PurseView
from interpreter.cli.board import Board
from interpreter.cli.budgets import spent_record, spent_text
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


def test_blocks_without_a_name_are_left_out_and_iterations_are_called_as_in_histories() -> None:
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
        (2, "[0]", "completed"),
        (3, "draft", "completed"),
        (2, "[1]", "running"),
        (3, "draft", "running"),
    ]


def test_a_round_that_failed_says_so_and_its_loop_goes_on() -> None:
    recording = (
        Recording()
        .add("iteration", "f/often", "loop", attempt=1)
        .add("gathered", "f/often", "loop", attempt=1, detail="Failed: no")
        .add("iteration", "f/often", "loop", attempt=2)
        .add("completed", "f/often", "loop", attempt=2)
    )
    board = recording.board()
    assert rows(board)[1:] == [(1, "often", "completed"), (2, "[0]", "failed")]
    (often,) = board.root.inside.values()
    assert (often.detail, often.inside["[0]"].detail) == ("", "Failed: no")


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


def test_what_was_tried_again_says_at_its_end_what_it_called() -> None:
    recording = (
        Recording()
        .add("started", "f/a", "agent", detail="helper")
        .add("retrying", "f/a", "agent", attempt=1, detail="RateLimited: later")
        .add("attempt", "f/a", "agent", attempt=2, detail="small")
        .add("turn", "f/a", "agent", attempt=1, detail="shop.look")
        .add("adapted", "f/b", "agent", detail="small does not take `seed`")
    )
    board = recording.board()
    assert board.root.inside["/a"].detail == "small", "which model is asked counts while it is"
    for path in ("f/a", "f/b"):
        board.take(recording.add("completed", path, "agent").notes[-1])
    assert [item.detail for item in board.root.inside.values()] == ["helper", "small does not take `seed`"]


def test_a_turn_whose_call_failed_told_that_to_the_model() -> None:
    recording = (
        Recording()
        .add("started", "f/a", "agent", detail="helper")
        .add("turn", "f/a", "agent", attempt=1, detail="shop.look, shop.buy")
        .add("completed", "f/a/turn#1/shop.look#1", "tool")
        .add("failed", "f/a/turn#1/shop.buy#2", "tool", detail="SoldOut: no more")
    )
    turn = (2, "turn 1", "completed")
    assert rows(recording.board())[2:] == [turn, (3, "shop.look", "completed"), (3, "shop.buy", "failed")]
    recording.add("uncertain", "f/a/turn#1/shop.buy#2", "tool")
    assert rows(recording.board())[2] == (2, "turn 1", "uncertain")


def test_a_block_of_which_only_the_end_is_told_began_with_what_is_inside() -> None:
    recording = (
        Recording()
        .add("started", "$", "run")
        .add("started", "f/all[0]/a", "tool", detail="shop.look")
        .add("completed", "f/all[0]/a", "tool")
        .add("completed", "f/all", "parallel", detail="1 of 1")
    )
    console = Console(width=80, record=True, file=StringIO())
    board = recording.board()
    console.print(picture(board, list(board.root.rows()), 110.0))
    (line,) = (line for line in console.export_text().splitlines() if "1 of 1" in line)
    assert line.split() == ["✓", "all", "1", "of", "1", "2.0s"]


def test_an_undo_is_told_at_the_step_that_it_undoes() -> None:
    recording = (
        Recording()
        .add("completed", "f/a", "tool")
        .add("undoing", "f/undo", "undo", name="f/a", detail="b")
        .add("retrying", "f/undo/f/a", "tool", attempt=1)
        .add("undone", "f/undo", "undo", name="f/a")
    )
    assert rows(recording.board())[1:] == [(1, "a", "undone")]


def test_what_an_agent_is_told_is_a_row_of_its_own() -> None:
    board = (
        Recording()
        .add("started", "f/reply", "agent", detail="helper")
        .add("told", "f/reply", "agent", detail="by ada: Be brief.")
        .add("completed", "f/reply", "agent")
        .board()
    )
    step, said = [item for _, item in board.root.rows()][1:]
    assert (step.label, step.state) == ("reply", "completed")
    assert (said.state, said.detail) == ("told", "by ada: Be brief.")


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
    assert note_line(note, 100.0, "f") == "   1.50s  notes[2]/look  retrying  Busy: later"
    asleep = Note(2, 102.0, "started", "f/sleep#2", "sleep#2", "sleep")
    assert note_line(asleep, 100.0, "f") == "   2.00s  sleep  started", "not the flow, though it has no name"
    inside = replace(asleep, path="f/if#1/then/for#2[3]/sleep#1")
    assert note_line(inside, 100.0, "f") == "   2.00s  [3]/sleep  started"
    third = Note(2, 102.0, "iteration", "f/refine", "refine", "loop", 3)
    assert note_line(third, 100.0, "f") == "   2.00s  refine[2]  started"
    rehearsed = Note(2, 102.0, "completed", "f/a", "a", "agent", 1, "", True)
    assert note_line(rehearsed, 100.0, "f") == "   2.00s  a  completed  [rehearsal: no model was asked]"


def test_keep_going_shown_as_failed() -> None:
    """A block that went on as written is not shown as failed, but with how many branches came to something."""
    board = (
        Recording()
        .add("completed", "f/notes[0]/x", "tool")
        .add("failed", "f/notes[1]/x", "tool", detail="No: two")
        .add("completed", "f/notes", "parallel", detail="1 of 2")
        .board()
    )
    assert rows(board)[1] == (1, "notes", "completed")
    assert "1 of 2" in drawn(board)


def test_what_was_spent_is_drawn_and_what_is_left_of_each_budget_that_limits_something() -> None:
    board = Recording().add("started", "$", "run").board()
    board.purses = [
        PurseView("f", "0.50", 60_000, 10, 3100.0, Spent("0.02", 1_200, 2), Spent("0.08", 800, 1)),
        PurseView("f/refine", None, None, None, None, Spent(), Spent()),
    ]
    board.spent = Spent("0.02", 1_200, 2)
    spent, first = drawn(board, now=100.0).splitlines()[-2:]
    assert spent == "spent 0.02 usd, 1,200 tokens, 2 calls"
    assert first.startswith("budget of f: 0.02 of 0.50 usd (0.4 left), 1,200 of 60,000 tokens (58,000 left), ")
    assert first.endswith("2 of 10 calls (7 left), 50m00s left")
    board.purses = []
    assert drawn(board).splitlines()[-1] == "spent 0.02 usd, 1,200 tokens, 2 calls"
    board.spent = Spent("0", 0, 2)
    assert "spent" not in drawn(board), "calls of tools alone cost nothing"


def drawn(board: Board, now: float = 200.0) -> str:
    out = StringIO()
    Console(file=out, width=120).print(picture(board, list(board.root.rows()), now))
    return out.getvalue()


def test_names_are_whole_beside_long_details() -> None:
    recording = Recording().add("started", "$", "run").add("started", "f/a_rather_long_name", "tool", detail="x " * 200)
    assert "a_rather_long_name" in drawn(recording.board())


def test_what_was_made_up_is_not_said_to_be_spent() -> None:
    spent = Spent("0.02", 120, 2)
    assert spent_text(spent) == "0.02 usd, 120 tokens, 2 calls"
    assert spent_text(spent, rehearsal=True).startswith("nothing, since no model was asked; counted as 0.02 usd")
    assert spent_text(Spent("0", 0, 2), rehearsal=True) == "0 usd, 0 tokens, 2 calls"
    assert spent_record(RunResult(1, spent, rehearsal=True))["made_up"] is True
    assert "made_up" not in spent_record(RunResult(1, spent))


def test_nothing_goes_on_in_a_run_that_is_over() -> None:
    recording = Recording().add("started", "main", "run").add("iteration", "main/rounds", "loop", attempt=1)
    recording.add("started", "main/rounds[0]/s", "tool").add("finished", "main", "run", detail="cancelled")
    board = Board("main")
    for note in recording.notes:
        board.take(note)
    assert [item.state for _, item in board.root.rows()] == ["cancelled"] * 4
    assert all(item.ended is not None or not item.own_state for _, item in board.root.rows())


def test_the_end_of_what_a_model_writes_is_shown_at_its_step_until_something_happens() -> None:
    recording = Recording().add("started", "$", "run").add("started", "f/refine[0]/draft", "agent")
    board = recording.board()
    board.write(
        "f/refine[0]/draft~2", "Once upon a time, far away,\nthere was a very long sentence without an end\x1b[2J"
    )
    assert "a very long sentence without an end" in drawn(board)
    assert "\x1b" not in drawn(board)
    board.write("g/not/shown/yet", "lost")
    assert "lost" not in drawn(board)
    board.take(recording.add("retrying", "f/refine[0]/draft", "agent", detail="again").notes[-1])
    assert "writes" not in drawn(board)
