"""Expressions."""

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


def record_literal(site: Site, *entries: Entry | Spread) -> RecordLiteral:
    return RecordLiteral(entries, span=site.span)


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
    "spread": spread,
    "record_literal": record_literal,
    "template": template,
    "interpolation": interpolation,
}
