"""What a person or a program sees of a run: three ways to show the same events."""

import json
import sys
from dataclasses import asdict
from typing import Any, Protocol

import click

from dsl.diagnostics.inert import inert_json, inert_lines
from interpreter.boundary.payloads import JSON, RunResult
from interpreter.boundary.view import Note, QuestionView, RunView
from interpreter.cli.board import Board
from interpreter.cli.budgets import spent_record
from interpreter.cli.lines import note_line
from interpreter.cli.own_output import results
from interpreter.cli.questions import how_to_answer, question_lines

REHEARSAL = "This was a rehearsal: no model was asked, the agents' answers were made up, written down or recorded."

NOTHING_WRITTEN = "Nothing was written: what is shown as not carried out would have been called, with these arguments."


class Screen(Protocol):
    """Progress goes to standard error, the result to standard output, so a pipe gets the result alone."""

    @property
    def reads_along(self) -> bool:
        """Whether what models are writing is shown."""

    def writes(self, path: str, text: str) -> None:
        """The end of what a model is writing in this call: lossy, and only to look at."""

    def begins(self, run: str) -> None:
        """There is the run now."""

    def say(self, text: str) -> None:
        """Something about the command itself."""

    def note(self, note: Note) -> None:
        """Something that happened in the run."""

    def stands(self, view: RunView) -> None:
        """How the run stands now."""

    def question(self, run: str, question: QuestionView, *, only: bool) -> None:
        """A question that nobody answers here: how it can be answered."""

    def pause(self) -> None:
        """Leave the terminal to somebody who asks."""

    def resume(self) -> None:
        """Go on showing."""

    def result(self, run: str, result: RunResult) -> None:
        """The run has completed."""

    def failed(self, run: str, record: dict[str, Any], text: str) -> None:
        """The run has ended otherwise: as data, and as people read it."""


class Plain:
    """One line for each note."""

    reads_along = False

    def __init__(self, flow: str, server: str = "") -> None:
        self._flow = flow
        self._server = server
        self._began: float | None = None

    def begins(self, run: str) -> None:
        self.say(run)

    def say(self, text: str) -> None:
        click.echo(inert_lines(text), err=True)

    def note(self, note: Note) -> None:
        if self._began is None:
            self._began = note.at
        if note.kind != "finished":  # the result says the same, and more
            self.say(note_line(note, self._began, self._flow))

    def stands(self, view: RunView) -> None:
        """The notes say what happened."""

    def writes(self, path: str, text: str) -> None:
        """A line for each piece would hide them."""

    def question(self, run: str, question: QuestionView, *, only: bool) -> None:
        for line in question_lines(question):
            self.say(f"          {line}")
        self.say("          answer it with:")
        for command in how_to_answer(run, question, only=only, server=self._server):
            self.say(f"            {command}")

    def pause(self) -> None:
        """Nothing is in the way."""

    def resume(self) -> None:
        """Nothing was stopped."""

    def result(self, run: str, result: RunResult) -> None:
        if result.rehearsal:
            self.say(REHEARSAL)
        if result.staged:
            self.say(NOTHING_WRITTEN)
        click.echo(inert_json(json.dumps(result.value, ensure_ascii=False, indent=2)), file=results())

    def failed(self, run: str, record: dict[str, Any], text: str) -> None:
        click.echo(text, err=True)


class Live(Plain):
    """A tree that moves."""

    reads_along = True

    def __init__(self, flow: str, server: str = "") -> None:
        from rich.console import Console

        from interpreter.cli.tree import LiveTree

        super().__init__(flow, server)
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._board = Board(flow)
        self._tree = LiveTree(self._board, self._console)
        self._tree.start()

    def say(self, text: str) -> None:
        self._console.print(inert_lines(text), markup=False)

    def note(self, note: Note) -> None:
        self._board.take(note)

    def stands(self, view: RunView) -> None:
        self._board.purses, self._board.spent = view.purses, view.spent

    def writes(self, path: str, text: str) -> None:
        self._board.write(path, text)

    def pause(self) -> None:
        self._tree.pause()

    def resume(self) -> None:
        self._tree.start()

    def result(self, run: str, result: RunResult) -> None:
        self._board.spent = result.spent
        self._tree.finish()
        super().result(run, result)

    def failed(self, run: str, record: dict[str, Any], text: str) -> None:
        self._tree.finish()
        super().failed(run, record, text)


class Lines:
    """One JSON object for each event, for programs; the last one is the result."""

    reads_along = False

    def __init__(self, flow: str) -> None:
        self._flow = flow

    def begins(self, run: str) -> None:
        self._write({"event": "run", "run": run})

    def say(self, text: str) -> None:
        self._write({"event": "message", "text": text})

    def note(self, note: Note) -> None:
        self._write({"event": "note", **asdict(note)})

    def stands(self, view: RunView) -> None:
        """The notes say what happened."""

    def writes(self, path: str, text: str) -> None:
        """The step's result is what counts."""

    def question(self, run: str, question: QuestionView, *, only: bool) -> None:
        made_up = {"rehearsal": question.rehearsal, "staged": question.staged}
        self._write({"event": "question", "run": run, **made_up, **asdict(question)})

    def pause(self) -> None:
        """Nobody asks beside it."""

    def resume(self) -> None:
        """Nothing was stopped."""

    def result(self, run: str, result: RunResult) -> None:
        how = {"event": "result", "run": run, "rehearsal": result.rehearsal, "staged": result.staged}
        self._write({**how, "outcome": "completed", "value": result.value, "spent": spent_record(result)})

    def failed(self, run: str, record: dict[str, Any], text: str) -> None:
        self._write({"event": "result", "run": run, **record})

    def _write(self, record: JSON) -> None:
        results().write(inert_json(json.dumps(record, ensure_ascii=False)) + "\n")
        results().flush()


def choose_screen(flow: str, *, as_json: bool, server: str) -> Screen:
    """`server`: the options that say which, for the commands that are suggested."""
    if as_json:
        return Lines(flow)
    return Live(flow, server) if sys.stderr.isatty() else Plain(flow, server)
