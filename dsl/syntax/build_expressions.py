"""Expressions."""

from typing import NamedTuple

from dsl.ast.expressions import (
    Argument,
    Binary,
    Comprehension,
    Conditional,
    DurationLiteral,
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
    Spread,
    Unary,
)
from dsl.source import Span
from dsl.syntax.amounts import milliseconds, number
from dsl.syntax.site import Rules, Site
from dsl.syntax.templates import interpolation, plain, template
from dsl.syntax.token import Token

_WORDS = {"TRUE": True, "FALSE": False, "NULL": None}


def literal(site: Site, token: Token) -> Literal:
    if token.kind in _WORDS:
        return Literal(_WORDS[token.kind], span=site.span)
    value = plain(site, token) if token.kind == "STRING" else number(token.text)
    return Literal(value, span=site.span)


def duration_literal(site: Site, token: Token) -> DurationLiteral:
    return DurationLiteral(milliseconds(site, token) or 0, span=site.span)


def name(site: Site, token: Token) -> Name:
    return Name(token.text, span=site.span)


def get(site: Site, subject: Expression, field: Token) -> Get:
    return Get(subject, field.text, span=site.span)


def get_optional(site: Site, subject: Expression, field: Token) -> Get:
    return Get(subject, field.text, optional=True, span=site.span)


def index(site: Site, subject: Expression, position: Expression) -> Index:
    return Index(subject, position, span=site.span)


def slice_(site: Site, subject: Expression, start: Expression | None, stop: Expression | None) -> Slice:
    return Slice(subject, start, stop, span=site.span)


def argument(site: Site, parameter: Token | None, value: Expression) -> Argument:
    return Argument(parameter.text if parameter else None, value, span=site.span)


def otherwise(site: Site, word: Token, value: Expression) -> Argument:
    """`or: value`, though `or` is no name."""
    return Argument(word.text, value, span=site.span)


def function_call(site: Site, function: Token, *arguments: Argument) -> FunctionCall:
    return FunctionCall(function.text, arguments, span=site.span)


def unary(site: Site, operator: Token, operand: Expression) -> Unary:
    return Unary(operator.text, operand, span=site.span)


def binary(site: Site, left: Expression, operator: Token, right: Expression) -> Binary:
    return Binary(operator.text, left, right, span=site.span)


def not_in(site: Site, left: Expression, _not: Token, _in: Token, right: Expression) -> Binary:
    return Binary("not in", left, right, span=site.span)


def conditional(site: Site, condition: Expression, then: Expression, otherwise: Expression) -> Conditional:
    return Conditional(condition, then, otherwise, span=site.span)


def list_literal(site: Site, *items: Expression) -> ListLiteral:
    return ListLiteral(items, span=site.span)


def comprehension(
    site: Site, item: Expression, variable: Token, source: Expression, condition: Expression | None
) -> Comprehension:
    return Comprehension(item, variable.text, source, condition, span=site.span)


def entry(site: Site, key: Token, value: Expression) -> Entry:
    return Entry(plain(site, key) if key.kind == "STRING" else key.text, value, span=site.span)


def spread(site: Site, value: Expression) -> Spread:
    return Spread(value, span=site.span)


class Computed(NamedTuple):
    """`[key]: value`, whose key is known when it is worked out."""

    key: Expression
    value: Expression
    span: Span


def computed_entry(site: Site, key: Expression, value: Expression) -> Computed:
    return Computed(key, value, site.span)


def record_literal(site: Site, *entries: Entry | Spread | Computed) -> RecordLiteral | FunctionCall:
    """With a computed key it is a map, and means the same as `map_of` of its entries, merged with what is spread."""
    plain_ = tuple(each for each in entries if not isinstance(each, Computed))
    return RecordLiteral(plain_, span=site.span) if len(plain_) == len(entries) else _map(site, entries)


def _map(site: Site, entries: tuple[Entry | Spread | Computed, ...]) -> FunctionCall:
    parts: list[Expression | list[RecordLiteral]] = []
    for each in entries:
        if isinstance(each, Spread):
            parts.append(each.value)
            continue
        if not parts or not isinstance(parts[-1], list):
            parts.append([])
        key = each.key if isinstance(each, Computed) else Literal(each.name, span=each.span)
        pair = (Entry("key", key, span=key.span), Entry("value", each.value, span=each.value.span))
        assert isinstance(parts[-1], list)
        parts[-1].append(RecordLiteral(pair, span=each.span))
    made = [
        _call(site, "map_of", ListLiteral(tuple(part), span=site.span)) if isinstance(part, list) else part
        for part in parts
    ]
    whole = made[0]
    for part in made[1:]:
        whole = _call(site, "merge", whole, part)
    assert isinstance(whole, FunctionCall)
    return whole


def _call(site: Site, function: str, *values: Expression) -> FunctionCall:
    return FunctionCall(function, tuple(Argument(None, each, span=each.span) for each in values), span=site.span)


RULES: Rules = {
    "literal": literal,
    "duration_literal": duration_literal,
    "name": name,
    "get": get,
    "get_optional": get_optional,
    "index": index,
    "slice": slice_,
    "argument": argument,
    "otherwise": otherwise,
    "function_call": function_call,
    "unary": unary,
    "binary": binary,
    "not_in": not_in,
    "conditional": conditional,
    "list_literal": list_literal,
    "comprehension": comprehension,
    "entry": entry,
    "computed_entry": computed_entry,
    "spread": spread,
    "record_literal": record_literal,
    "template": template,
    "interpolation": interpolation,
}
