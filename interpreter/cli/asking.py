"""Asking a person at the terminal."""

from dataclasses import dataclass
from typing import Literal

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.fields import Field, fields_of
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import question_lines
from interpreter.cli.terminal import EndOfInput, read_line

_CHOICES = ("approve", "reject", "later", "skip")


@dataclass(frozen=True)
class Given:
    """What somebody typed."""

    decision: Literal["approve", "reject"]
    answer: JSON = None
    group: str | None = None
    note: str | None = None


async def ask(question: QuestionView) -> Given | None:
    """Show the question and read the answer; None when it is to be answered later, or the terminal closed."""
    _say("")
    first, *others = question_lines(question)
    _say(click.style(f"? {first}", bold=True))
    for line in others:
        _say(f"  {line}")
    try:
        match await _choice():
            case "approve":
                answer = await _fields(question)
                return Given("approve", answer, await _group(question))
            case "reject":
                return Given("reject", None, await _group(question), await _line("  why (may be empty): ") or None)
            case _:
                return None
    except EndOfInput:
        _say("")
        return None


async def _choice() -> str:
    while True:
        typed = (await _line("  [a]pprove  [r]eject  [l]ater: ")).lower()
        chosen = next((choice for choice in _CHOICES if typed and choice.startswith(typed)), None)
        if chosen is not None:
            return chosen
        _say("  a, r or l")


async def _fields(question: QuestionView) -> JSON:
    """Each field of the answer, asked for until it fits; None agrees to the proposal that others made."""
    fields = fields_of(question)
    if not fields:
        return None
    if question.proposal is not None:
        typed = await _line("  agree to the answer above? [y]es  [n]o: ")
        if typed.lower() in ("y", "yes"):
            return None
    _say("  (Ctrl-D: answer later)")
    answer: dict[str, JSON] = {}
    for field in fields:
        answer |= await _field(field)
    return answer


async def _field(field: Field) -> dict[str, JSON]:
    while True:
        typed = await _line(f"  {field.prompt}")
        try:
            return field.read(typed)
        except Misuse as error:
            _say(f"  {inert(error.message)}")


async def _group(question: QuestionView) -> str | None:
    """On whose behalf; where one group is asked, its name stands above."""
    groups = question.groups
    if len(groups) < 2:
        return groups[0] if groups else None
    while True:
        typed = await _line(f"  on behalf of ({inert(', '.join(groups))}): ")
        if typed in groups or (not typed and len(question.whom) > len(groups)):
            return typed or None


async def _line(prompt: str) -> str:
    click.echo(prompt, nl=False, err=True)
    return (await read_line()).strip()


def _say(text: str) -> None:
    click.echo(text, err=True)
