"""A gated call, worded for the place of its approval, where its arguments are evaluated and shown.

A `let` that comes later is put in; an argument that comes from an item of a shown list is the list of those arguments.
What the approval answers stays, and is shown as such.
"""

from collections.abc import Mapping
from dataclasses import replace

from dsl.ast.expressions import (
    Argument,
    Comprehension,
    Entry,
    Expression,
    Get,
    Index,
    ListLiteral,
    Name,
    RecordLiteral,
    Spread,
    Template,
)
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call, For, Let, ParallelFor, Step
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class
from dsl.semantics.symbols import Symbol


def worded(step: Step, approval: AwaitApproval, facts: Facts) -> Call:
    asked, now = facts.moment_of(approval), facts.moment_of(step)
    assert asked is not None
    assert now is not None
    rounds = now.iterations[len(asked.iterations) :]
    arguments = tuple(_argument(each, rounds, asked.state.names, facts) for each in step.call.arguments)
    return replace(step.call, arguments=arguments)


def _argument(argument: Argument, rounds: tuple[Node, ...], known: Mapping[str, Symbol], facts: Facts) -> Argument:
    value = _inlined(argument.value, known, facts)
    for round_ in reversed(rounds):
        assert isinstance(round_, For | ParallelFor)
        names = [name.name for name in by_class(value).get(Name, ()) if isinstance(name, Name)]
        if round_.variable in names:
            source = _inlined(round_.source, known, facts)
            value = Comprehension(value, round_.variable, source, None, span=argument.span)
    return replace(argument, value=value)


def _inlined(value: Expression, known: Mapping[str, Symbol], facts: Facts) -> Expression:
    match value:
        case Name(name=name) if name not in known:
            symbol = facts.symbol_of(value)
            let = None if symbol is None else symbol.node
            return _inlined(let.value, known, facts) if isinstance(let, Let) else value
        case Get() | Index():
            return replace(value, subject=_inlined(value.subject, known, facts))
        case Template(parts=parts):
            return replace(value, parts=tuple(_inlined(part, known, facts) for part in parts))
        case ListLiteral(items=items):
            return replace(value, items=tuple(_inlined(item, known, facts) for item in items))
        case RecordLiteral(entries=entries):
            return replace(value, entries=tuple(_entry(entry, known, facts) for entry in entries))
        case _:
            return value


def _entry(entry: Entry | Spread, known: Mapping[str, Symbol], facts: Facts) -> Entry | Spread:
    return replace(entry, value=_inlined(entry.value, known, facts))
