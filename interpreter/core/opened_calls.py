"""The calls that an approval opens, one line for each, with all their arguments: what people say yes to.

A call inside a `for` is listed once for each item, so that it can be seen which arguments belong together. Where the
answer decides which items there are, the line says so. What is left out of a call, or of a record in it, is listed with
the value that is declared for it: it is sent like the rest. A call whose arguments have no value is not listed with
others in their place: the same expression has none when the call would be made, so it is not made.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from dsl.ast.expressions import (
    Comprehension,
    Conditional,
    Entry,
    Expression,
    FunctionCall,
    Get,
    Index,
    ListLiteral,
    Literal,
    Name,
    RecordLiteral,
    Slice,
    Template,
    Widen,
)
from dsl.ast.statements import GatedCall, GateRound
from dsl.ast.types import Field, ListType, NamedType, OptionalType, RecordType, Type
from dsl.expressions.errors import EvaluationError
from dsl.expressions.names import names
from dsl.expressions.values import Reference, Value
from dsl.expressions.wire import to_wire
from dsl.values.references import shown as plain
from dsl.values.structure import resolve
from dsl.values.validate import validate, validate_record
from interpreter.core.machine import Machine
from interpreter.core.state import Frame

ANSWER = "‹your answer›"
NO_VALUE = "‹no value›"
ANYTHING = NamedType("json")

Turn = dict[str, Value]
"""What the variables of the rounds around a call stand for in one turn of them."""


def opened_calls(machine: Machine, frame: Frame, approval: str, gates: tuple[GatedCall, ...]) -> list[str]:
    """May suspend, as every evaluation may; evaluated before anything of the question is kept."""
    return [
        text for number, gate in enumerate(gates) for text in _Listing(machine, frame, approval, gate, number).lines()
    ]


class _Listing:
    """One gate. Evaluations are told apart by the gate's number, the round or argument, and the turn.

    `open` are the rounds that cannot be gone through here: over what is answered, or over a list that is kept elsewhere
    because of its size. They are told instead, and with them what they give.
    """

    def __init__(self, machine: Machine, frame: Frame, approval: str, gate: GatedCall, number: int) -> None:
        self._machine, self._frame, self._approval, self._gate = machine, frame, approval, gate
        self._slot = f"gate{number}"
        self._turns, self._open = self._gone_through()

    def lines(self) -> Iterator[str]:
        return (self._line(number, turn) for number, turn in enumerate(self._turns))

    def _gone_through(self) -> tuple[list[Turn], tuple[GateRound, ...]]:
        turns: list[Turn] = [{}]
        for depth, round_ in enumerate(self._gate.rounds):
            if self._is_answered(round_.source):
                return turns, self._gate.rounds[depth:]
            slots = [f"{self._slot}.{depth}.{number}" for number in range(len(turns))]
            found = [self._value(slot, round_.source, turn) for slot, turn in zip(slots, turns, strict=True)]
            lists = [each[0] if each else [] for each in found]
            if any(type(items) is Reference for items in lists):
                return turns, self._gate.rounds[depth:]
            pairs = zip(turns, lists, strict=True)
            turns = [{**turn, round_.variable: item} for turn, items in pairs for item in cast(list[Value], items)]
        return turns, ()

    def _line(self, number: int, turn: Turn) -> str:
        call = self._gate.call
        definition = self._machine.definition
        tool = definition.tools.get(call.target)
        parameters = (tool or definition.flows[call.target]).parameters
        types = {each.name: each.type for each in parameters}
        said = {
            name: self._argument(each.value, types[name], f"{self._slot}.{name}.{number}", turn)
            for each in call.arguments
            if (name := each.name) is not None
        }
        given = [f"{name}: {value}" for name, value in self._with_declared(said, parameters).items()]
        rounds = [f" for each {each.variable} of {self._path(each.source)}" for each in self._open]
        return f"{call.target}({', '.join(given)}){''.join(rounds)}"

    def _argument(self, value: Expression, type_: Type, slot: str, turn: Turn) -> str:
        if not self._is_open(value):
            found = self._value(slot, value, turn)
            return self._sent(found[0], type_) if found else NO_VALUE
        match value:
            case Widen(value=widened):
                return self._argument(widened, type_, slot, turn)
            case Conditional():
                return self._choice(value, type_, slot, turn)
            case Get(subject=Conditional() as choice):
                ways = (replace(value, subject=choice.then), replace(value, subject=choice.otherwise))
                return self._choice(replace(choice, then=ways[0], otherwise=ways[1]), type_, slot, turn)
            case Template():
                return self._text(value, slot, turn)
            case RecordLiteral():
                return self._record(value, type_, slot, turn)
            case ListLiteral(items=items):
                inner = self._inside(type_)
                item = inner.item if isinstance(inner, ListType) else ANYTHING
                return (
                    f"[{', '.join(self._argument(each, item, f'{slot}.{at}', turn) for at, each in enumerate(items))}]"
                )
            case _:
                return ANSWER if _root(value) == Name(self._approval) else self._path(value)

    def _choice(self, value: Conditional, type_: Type, slot: str, turn: Turn) -> str:
        """What is chosen; both, where the answer decides between them."""
        if not self._is_open(value.condition):
            found = self._value(f"{slot}.if", value.condition, turn)
            if not found:
                return NO_VALUE
            return self._argument(value.then if found[0] is True else value.otherwise, type_, slot, turn)
        ways = [
            self._argument(each, type_, f"{slot}.{at}", turn) for at, each in enumerate((value.then, value.otherwise))
        ]
        return f"({' or '.join(ways)})"

    def _record(self, value: RecordLiteral, type_: Type, slot: str, turn: Turn) -> str:
        """A record of which only a part is open: the rest of it is what people say yes to."""
        inner = self._inside(type_)
        fields = inner.fields if isinstance(inner, RecordType) else ()
        types = {each.name: each.type for each in fields}
        said: dict[str, str] = {}
        for at, entry in enumerate(value.entries):
            name = entry.name if isinstance(entry, Entry) else f"...{at}"
            said[name] = self._argument(entry.value, types.get(name, ANYTHING), f"{slot}.{at}", turn)
        if all(isinstance(entry, Entry) for entry in value.entries):
            said = self._with_declared(said, fields)
        parts = (f"...{each}" if name.startswith("...") else f"{_as_json(name)}: {each}" for name, each in said.items())
        return f"{{{', '.join(parts)}}}"

    def _with_declared(self, said: dict[str, str], fields: tuple[Field, ...]) -> dict[str, str]:
        """With the declared values of what is left out."""
        left_out = tuple(each for each in fields if each.name not in said and each.default is not None)
        values = validate_record({}, left_out, self._machine.definition.types).value
        return said | {name: _as_json(value) for name, value in values.items()}

    def _inside(self, type_: Type) -> Type:
        types = self._machine.definition.types
        inner = resolve(type_, types)
        return self._inside(inner.item) if isinstance(inner, OptionalType) else inner

    def _sent(self, value: Value, type_: Type) -> str:
        """As it would be sent: with what the declared type adds to it."""
        checked = validate(value, type_, self._machine.definition.types)
        return _as_json(value if checked.problems else checked.value)

    def _text(self, value: Template, slot: str, turn: Turn) -> str:
        """A text with what is known of it, and with what is not as such."""
        parts = []
        for position, part in enumerate(value.parts):
            if self._is_open(part):
                path = self._path(part)
                parts.append(path if path.startswith("‹") else f"‹{path}›")
            else:
                found = self._value(f"{slot}.{position}", Template((part,)), turn)
                parts.append(json.dumps(plain(to_wire(found[0])), ensure_ascii=False)[1:-1] if found else NO_VALUE)
        return f'"{"".join(parts)}"'

    def _is_open(self, value: Expression) -> bool:
        """Whether the answer decides it, or what comes with a round that is told instead."""
        return self._is_answered(value) or not {each.variable for each in self._open}.isdisjoint(names(value))

    def _value(self, slot: str, value: Expression, turn: Turn) -> list[Value]:
        """One, or none. What only takes too much work here may have one later: that fails the question."""
        try:
            return [self._machine.evaluate(self._frame, slot, value, turn)]
        except EvaluationError as error:
            if error.kind == "LimitExceeded":
                raise
            return []

    def _is_answered(self, value: Expression) -> bool:
        return self._approval in names(value)

    def _path(self, value: Expression) -> str:
        """What is open, by its name; of the answer, that it is answered."""
        match value:
            case Widen(value=inner):
                return self._path(inner)
            case Get(subject=Name(name=name), name="answer") if name == self._approval:
                return ANSWER
            case Get(subject=subject, name=name):
                return f"{self._path(subject)}.{name}"
            case Name(name=name):
                return ANSWER if name == self._approval else name
            case Index(subject=subject, index=Literal(value=at)):
                return f"{self._path(subject)}[{at}]"
            case Index(subject=subject, index=index):
                return f"{self._path(subject)}[{self._path(index)}]"
            case Comprehension(source=source) | Slice(subject=source):
                return f"{self._path(source)}, filtered"
            case FunctionCall(arguments=arguments) if arguments:
                return f"{self._path(arguments[0].value)}, filtered"
            case _:
                return ANSWER if self._is_answered(value) else "…"


def _as_json(value: Value) -> str:
    return json.dumps(plain(to_wire(value)), ensure_ascii=False)


def _root(value: Expression) -> Expression:
    """What a path begins with."""
    while isinstance(value, Get | Index | Widen):
        value = value.value if isinstance(value, Widen) else value.subject
    return value
