"""Asking a person at the terminal."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import answer_fields, question_lines
from interpreter.cli.reading import parse_json, travelling
from interpreter.cli.terminal import EndOfInput, read_line

_WORDS = {"string": "text", "boolean": "yes or no", "integer": "whole number", "array": "JSON", "object": "JSON"}
_CHOICES = {"a": "approve", "r": "reject", "s": "skip"}


@dataclass(frozen=True)
class Given:
    """What somebody typed."""

    decision: Literal["approve", "reject"]
    answer: JSON = None
    group: str | None = None
    note: str | None = None


async def ask(question: QuestionView) -> Given | None:
    """Show the question and read the answer; None when it was skipped, or the terminal closed."""
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
        return None


async def _choice() -> str:
    while True:
        typed = (await _line("  [a]pprove  [r]eject  [s]kip: ")).lower()
        if typed and typed[0] in _CHOICES and _CHOICES[typed[0]].startswith(typed):
            return _CHOICES[typed[0]]
        _say("  a, r or s")


async def _fields(question: QuestionView) -> JSON:
    """Each field of the answer, asked for until it can be read; None agrees to the proposal that others made."""
    fields = answer_fields(question.answer_schema)
    if not fields:
        return None
    if question.proposal is not None:
        typed = await _line("  agree to the answer above? [y]es  [n]o: ")
        if typed.lower() in ("y", "yes"):
            return None
    return {name: await _field(name, schema) for name, schema in fields.items()}


async def _field(name: str, schema: Any) -> JSON:
    while True:
        typed = await _line(f"  {name}{_hint(schema)}: ")
        try:
            return read_field(typed, schema)
        except Misuse as error:
            _say(f"  {error.message}")


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


def read_field(typed: str, schema: Any) -> JSON:
    """What was typed, as a value of the field's JSON Schema; `Misuse` says what was expected."""
    schema, optional = _without_null(schema)
    if optional and not typed:
        return None
    if "enum" in schema and typed not in schema["enum"]:
        raise Misuse(f"one of: {', '.join(map(str, schema['enum']))}")
    match schema.get("type"):
        case "string":
            return typed
        case "boolean":
            return _boolean(typed)
        case "integer":
            return _integer(typed)
        case "number":
            return travelling(_number(typed))
        case ["string", "number"]:  # a decimal: its digits travel as text
            return str(_number(typed))
        case _:
            return travelling(parse_json(typed, "this"))


def _integer(typed: str) -> int:
    try:
        return int(typed)
    except ValueError as error:
        raise Misuse("a whole number is needed") from error


def _number(typed: str) -> Decimal:
    try:
        number = Decimal(typed)
    except InvalidOperation as error:
        raise Misuse("a number is needed") from error
    if not number.is_finite():
        raise Misuse("a number is needed")
    return number


def _boolean(typed: str) -> bool:
    words = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
    if typed.lower() not in words:
        raise Misuse("yes or no")
    return words[typed.lower()]


def _without_null(schema: Any) -> tuple[dict[str, Any], bool]:
    """The schema of a value that is there, and whether it may be left out."""
    if not isinstance(schema, dict):
        return {}, False
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        others = [kind for kind in kinds if kind != "null"]
        return {**schema, "type": others[0] if len(others) == 1 else None}, True
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if "anyOf" in schema and len(options) < len(schema["anyOf"]):
        return (options[0] if len(options) == 1 else {}), True
    return schema, False


def _hint(schema: Any) -> str:
    schema, optional = _without_null(schema)
    kind = "number" if isinstance(schema.get("type"), list) else schema.get("type", "JSON")
    what = schema.get("description") or _WORDS.get(kind, kind)
    if "enum" in schema:
        what = " | ".join(map(str, schema["enum"]))
    parts = [what, "may be empty"] if optional else [what]
    return f" ({', '.join(parts)})"
