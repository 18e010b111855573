"""Types, fields and their constraints."""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from dsl.ast.expressions import Expression
from dsl.ast.types import (
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.source import Span
from dsl.syntax.site import Option, Rules, Site, only
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


class Bound(NamedTuple):
    value: Decimal
    span: Span


def bound(site: Site, minus: Token | None, amount: int | Decimal) -> Bound:
    return Bound(-Decimal(amount) if minus else Decimal(amount), site.span)


def whole(site: Site, limit: Bound | None) -> int | None:
    """A bound that counts: of a list, or of the rounds of a `for`."""
    if limit is None:
        return None
    if limit.value < 0 or limit.value != limit.value.to_integral_value():
        site.problem("a size is a whole number", limit.span, code="SF203")
        return None
    return int(limit.value)


def rounds(site: Site, limit: Bound | None) -> int | None:
    """How many items a `for` may go over."""
    if limit is not None and limit.value == 0:
        message = "`at most 0` goes over no item at all"
        site.problem(message, limit.span, code="SF203", advice="write how many there may be, from 1")
    return whole(site, limit)


def at_most(site: Site, limit: Bound) -> Option:
    return Option("at most", limit, site.span)


def at_least(site: Site, limit: Bound) -> Option:
    return Option("at least", limit, site.span)


def matches(site: Site, pattern: Token) -> Option:
    return Option("matches", plain(site, pattern), site.span)


def field(site: Site, doc: str | None, name: Token, type_: Type, *rest: Option | Expression | None) -> Field:
    *constraints, default = rest
    options = site.options(constraints)
    type_ = sized(site, type_, options)
    return Field(
        name.text,
        type_,
        at_least=_value(options, "at least"),
        at_most=_value(options, "at most"),
        matches=_pattern(options),
        default=None if isinstance(default, Option) else default,
        doc=doc,
        span=site.span,
    )


def var_type(site: Site, type_: Type, *constraints: object) -> Type:
    options = site.options(constraints)
    type_ = sized(site, type_, options)
    for option in options.values():
        site.problem(
            f"a `var` cannot have `{option.name}`",
            option.span,
            code="SF203",
            advice="only a list has a size: `at most 40`",
        )
    return type_


def sized(site: Site, type_: Type, options: dict[str, Option]) -> Type:
    """`[T] at most N` is the list type `[T at most N]`: take the option and put it where it belongs."""
    limit = options.get("at most")
    inner = type_.item if isinstance(type_, OptionalType) else type_
    if limit is None or not isinstance(inner, ListType) or inner.at_most is not None:
        return type_
    del options["at most"]
    assert isinstance(limit.value, Bound)
    list_ = replace(inner, at_most=whole(site, limit.value))
    return replace(type_, item=list_) if isinstance(type_, OptionalType) else list_


def bounded_type(site: Site, type_: Type, limit: Bound) -> Type:
    options = {"at most": Option("at most", limit, limit.span)}
    type_ = sized(site, type_, options)
    if options:
        site.problem("only a list has a size", limit.span, code="SF203", advice="put `at most` on a field or a list")
    return type_


def named_type(site: Site, name: str) -> NamedType:
    return NamedType(name, span=site.span)


def literal_type(site: Site, value: Token) -> LiteralType:
    return LiteralType(plain(site, value), span=site.span)


def record_type(site: Site, *fields: Field) -> RecordType:
    return RecordType(only(Field, fields), span=site.span)


def list_type(site: Site, item: Type, limit: Bound | None) -> ListType:
    return ListType(item, whole(site, limit), span=site.span)


def generic_type(site: Site, name: str, argument: Type) -> GenericType:
    return GenericType(name, argument, span=site.span)


def optional_type(site: Site, item: Type) -> OptionalType:
    return OptionalType(item, span=site.span)


def union_type(site: Site, *options: Type) -> UnionType:
    return UnionType(options, span=site.span)


def _value(options: dict[str, Option], name: str) -> Decimal | None:
    option = options.get(name)
    return option.value.value if option and isinstance(option.value, Bound) else None


def _pattern(options: dict[str, Option]) -> str | None:
    option = options.get("matches")
    return option.value if option and isinstance(option.value, str) else None


RULES: Rules = {
    "bound": bound,
    "at_most": at_most,
    "at_least": at_least,
    "matches": matches,
    "field": field,
    "var_type": var_type,
    "bounded_type": bounded_type,
    "named_type": named_type,
    "literal_type": literal_type,
    "record_type": record_type,
    "list_type": list_type,
    "generic_type": generic_type,
    "optional_type": optional_type,
    "union_type": union_type,
}
