"""Texts of others, whatever they hold, through every place where people and programs read them."""

import json
import random
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from rich.console import Console

from dsl.decompiling import yaml_form
from dsl.diagnostics import reports
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.diagnostics.inert import is_active
from dsl.source import Source, Span
from interpreter.boundary.payloads import RunResult, Spent
from interpreter.boundary.view import Note, QuestionView, ShownValue, VoteView
from interpreter.cli.board import Board
from interpreter.cli.failure import entry_line
from interpreter.cli.fields import fields_of
from interpreter.cli.lines import note_line
from interpreter.cli.printing import print_json, print_table
from interpreter.cli.problem import Problem
from interpreter.cli.questions import how_to_answer, question_lines
from interpreter.cli.screen import Lines, Plain
from interpreter.cli.shown_values import value_lines
from interpreter.cli.tree import picture
from tests.cli.test_typing import question

ROUNDS = 150
PIECES = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u00ad\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ufff9\ud800\U000e0041",
    *("\x1b[2J", "\x1b]0;title\x07", "\x1b[1A\x1b[2K", "\x9b1m", "\r\n  from    boss", "\n  opens   nothing"),
    *("[bold red]x[/]", "{{ x }}", "<b>", "$(rm -rf .)", "`id`", "'; ls", "\\n", "%s", "🙂", "e\u0301", "注文", "word"),
]


def hostile() -> Iterator[str]:
    chance = random.Random(20)
    yield "".join(PIECES)
    for _ in range(ROUNDS):
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 12)))


HOSTILE = list(hostile())
of_each = pytest.mark.parametrize("evil", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])


def active_in(text: str) -> set[str]:
    return {character for character in text if is_active(character) and character != "\n"}


def asked(evil: str) -> QuestionView:
    return question(
        name="keep",
        question=evil,
        shown=[ShownValue(evil, {evil: [evil, {"long": evil * 20}]}), ShownValue("text", evil)],
        gates=[evil],
        whom=[evil],
        groups=[evil],
        votes=[VoteView(evil, "unverified", "approve", 0.0, 1, evil, evil, {"a": evil}, evil)],
        proposal={evil: evil},
        proposal_digest="0" * 64,
        answer_schema={"properties": {evil: {"type": "string", "enum": [evil], "default": evil}}},
    )


def notes(evil: str) -> list[Note]:
    kinds = ("started", "voted", "failed", "undoing", "uncertain", "staged", "iteration", "retrying")
    return [Note(number, 1.0, kind, f"f/{evil}", evil, "tool", 2, evil) for number, kind in enumerate(kinds, 1)]


@of_each
def test_a_question_is_inert_and_each_line_of_it_is_ours(evil: str) -> None:
    lines = [*question_lines(asked(evil), now=0.0), *how_to_answer(evil, asked(evil), only=False)]
    lines += [field.prompt for field in fields_of(asked(evil))]
    assert not any(map(is_active, "".join(lines)))
    harmless = [*question_lines(asked("word"), now=0.0)]
    ours = ("  opens ", "  from ", "  until ", "  before ", "  answer ", "  agreed ")
    assert [line[:8] for line in lines if line.startswith(ours)] == [
        line[:8] for line in harmless if line.startswith(ours)
    ]


@of_each
def test_tree_lines_notes_tables_and_errors_are_inert(evil: str) -> None:
    board, out = Board(evil), StringIO()
    for note in notes(evil):
        board.take(note)
    Console(file=out, width=200).print(picture(board, list(board.root.rows()), 2.0))
    with redirect_stdout(out), redirect_stderr(out):
        print_table(("run", "flow"), [(evil, evil)])
        Problem(evil).show()
        plain = Plain(evil)
        plain.say(evil)
        plain.question(evil, asked(evil), only=True)
        print(*(note_line(note, 0.0, evil) for note in notes(evil)), sep="\n")
        print(entry_line({"path": evil, "tool": evil, "state": evil, "reason": evil}))
        print(*value_lines("it", evil), sep="\n")
    assert active_in(out.getvalue()) == set()


@of_each
def test_json_is_inert_and_means_the_same(evil: str) -> None:
    out = StringIO()
    with redirect_stdout(out):
        print_json({evil: [evil]})
    assert json.loads(out.getvalue()) == {evil: [evil]}
    lines = StringIO()
    with redirect_stdout(lines):
        screen = Lines(evil)
        screen.say(evil)
        screen.result(evil, RunResult({evil: evil}, Spent()))
    told, result = map(json.loads, lines.getvalue().splitlines())
    assert (told["text"], result["value"]) == (evil, {evil: evil})
    assert active_in(out.getvalue() + lines.getvalue()) == set()


@of_each
def test_a_definition_as_data_is_inert_and_means_the_same(evil: str) -> None:
    text = evil.encode(errors="replace").decode()
    plain = {"text": text, "list": [text, {text: f"{text}\n{text}"}]}
    as_yaml = yaml_form.write(plain)
    assert active_in(as_yaml) == set()
    assert yaml_form.read(as_yaml) == plain


@of_each
def test_what_the_check_quotes_is_inert_in_each_format(evil: str) -> None:
    text = f'flow f() -> text {{ return "{evil}" }}'.encode(errors="replace").decode()
    source = Source(evil.encode(errors="replace").decode(), text)
    found = [Diagnostic("SF001", evil, Label(Span(0, len(text)), evil), help=evil)]
    for form in reports.FORMATS.values():
        assert active_in(form([(source, found)], reports.PLAIN)) == set()
