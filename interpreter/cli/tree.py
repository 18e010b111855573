"""A run as a live tree on a terminal."""

import time
from collections.abc import Callable, Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from dsl.diagnostics.inert import inert
from interpreter.cli.board import BAD, RUNNING, Board, Item
from interpreter.cli.budgets import cost_anything, counts_text, limiting, purse_text, spent_text
from interpreter.cli.folding import CLOSED, UNDER_WAY
from interpreter.cli.spans import duration_text

_MARKS = {
    "completed": ("✓", "green"),
    "approved": ("✓", "green"),
    "failed": ("✗", "red"),
    "undo_failed": ("✗", "red"),
    "rejected": ("✗", "yellow"),
    "timed_out": ("✗", "yellow"),
    "uncertain": ("?", "red"),
    "cancelled": ("–", "yellow"),
    "withdrawn": ("–", "yellow"),
    "undone": ("↶", "cyan"),
    "undoing": ("↶", "cyan"),
    "asked": ("?", "magenta"),
    "voted": ("•", ""),
    "told": ("•", ""),
    "retrying": ("↻", "yellow"),
}
_WORDS = {
    "undo_failed": "undo failed",
    "uncertain": "outcome unknown",
    "timed_out": "timed out",
    "asked": "waits for an answer",
}
_TURNING = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SAID_BY_THE_MARK = frozenset({"completed", "running", "voted", "told", ""})
WIDEST_NAME = 40
MOST_WRITTEN = 48
"""Characters of the end of a text that a model is writing."""
MOST_BUDGETS = 4
LINES_AROUND = 5 + MOST_BUDGETS
"""Rows of the terminal that the tree leaves free."""


class LiveTree:
    """Draws a board again and again, until it is stopped. What is said meanwhile scrolls by above it."""

    def __init__(self, board: Board, console: Console) -> None:
        self._board = board
        self._console = console
        self._clock: Callable[[], float] = time.time
        self._live: Live | None = None

    def start(self) -> None:
        if self._live is None:
            self._live = Live(get_renderable=self._picture, console=self._console, refresh_per_second=8, transient=True)
            self._live.start()

    def pause(self) -> None:
        """Leave the terminal to someone else for a while, below the tree as it stands now."""
        if self._live is not None:
            self._stop()
            self._console.print(self._picture())

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def finish(self) -> None:
        """Take the live picture away and leave one of the whole run behind, each agent in one row."""
        self._stop()
        self._board.purses = []
        self._console.print(picture(self._board, list(CLOSED.rows(self._board.root)), self._clock()))

    def _picture(self) -> RenderableType:
        rows = list(UNDER_WAY.rows(self._board.root))
        room = max(3, self._console.height - LINES_AROUND)
        return picture(self._board, fitting(rows, room), self._clock())


def picture(board: Board, rows: Sequence[tuple[int, Item]], now: float) -> RenderableType:
    """The rows as a table: mark and name, what they are doing, and for how long."""
    table = Table.grid(padding=(0, 2))
    names = [_name(depth, item, now) for depth, item in rows]
    # Names are read first: what they do gives way to them, not the other way round.
    table.add_column(no_wrap=True, min_width=min(WIDEST_NAME, max((name.cell_len for name in names), default=0)))
    table.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, (_, item) in zip(names, rows, strict=True):
        table.add_row(name, _doing(item), _seconds(item, board, now))
    return Group(table, *_money_and_time(board, now))


def _money_and_time(board: Board, now: float) -> list[Text]:
    """What was spent, and what is left of the budgets that are open."""
    of = "budget in the rehearsal of" if board.rehearsal else "budget of"
    lines = [f"{of} {purse_text(purse, now)}" for purse in limiting(board.purses)[:MOST_BUDGETS]]
    if board.spent is not None and cost_anything(board.spent) and not board.rehearsal:
        lines = [f"spent {spent_text(board.spent)}", *lines]
    return [Text(inert(line), style="dim", no_wrap=True, overflow="ellipsis") for line in lines]


def fitting(rows: Sequence[tuple[int, Item]], room: int) -> list[tuple[int, Item]]:
    """As many rows as fit: of what is over, the oldest are left out first; what is under way stays."""
    surplus = len(rows) - room
    if surplus <= 0:
        return list(rows)
    kept: list[tuple[int, Item]] = []
    for depth, item in rows:
        is_over = depth > 0 and item.state not in RUNNING and not any(i.state in RUNNING for _, i in item.rows())
        if is_over and surplus > 0:
            surplus -= 1
        else:
            kept.append((depth, item))
    return kept[:room]


def _name(depth: int, item: Item, now: float) -> Text:
    state = item.state
    if state == "running":
        mark = Text(_TURNING[int(now * 10) % len(_TURNING)], style="blue")
    else:
        sign, style = _MARKS.get(state, (" ", ""))
        mark = Text(sign, style=style)
    return Text.assemble("  " * depth, mark, " ", (inert(item.label), "bold" if depth == 0 else ""))


def _doing(item: Item) -> Text:
    state = item.state
    text = Text(style="dim")
    if item.rehearsal:
        text.append("rehearsal ", style="yellow")
    if item.staged:
        text.append("not carried out ", style="yellow")
    if item.attempt > 1 and item.node != "loop":
        text.append(f"attempt {item.attempt} ")
    if state not in _SAID_BY_THE_MARK:
        text.append(_WORDS.get(state, state) + " ", style="red" if state in BAD else "")
    if state == "running" and item.writing:
        end = " ".join(item.writing.split())[-MOST_WRITTEN:]
        text.append(f"writes …{inert(end)}")
        return text
    counts = counts_text(item.counts) if item.counts is not None else ""
    text.append(", ".join(filter(None, [inert(" ".join(item.detail.split())), counts])))
    return text


def _seconds(item: Item, board: Board, now: float) -> Text:
    began = item.began
    if item.started is None or began is None:
        return Text("")
    ended = item.ended if item.ended is not None else now if board.status == "running" else item.started
    return Text(duration_text(max(0.0, ended - began)), style="dim")
