"""Types, fields and their constraints."""

from decimal import Decimal
from typing import NamedTuple

from dsl.ast.expressions import Expression
from dsl.ast.types import (
    SENSITIVE,
    ConversationType,
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
from dsl.dataclass import replace
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


def most_messages(site: Site, limit: Bound) -> Option:
    return Option("most messages", limit, site.span, "at most")


def at_least(site: Site, limit: Bound) -> Option:
    return Option("at least", limit, site.span)


def matches(site: Site, pattern: Token) -> Option:
    return Option("matches", plain(site, pattern), site.span)


def sensitive(site: Site, class_: Token | None) -> Option:
    return Option("sensitive", SENSITIVE if class_ is None else class_name(site, class_), site.span)


def trusted(site: Site) -> Option:
    return Option("trusted", True, site.span)


def class_name(site: Site, token: Token) -> str:
    if token.kind != "STRING":
        return SENSITIVE
    name = plain(site, token)
    if not name.strip():
        advice = 'name it, such as `"health"`, or write `sensitive` alone'
        site.problem("a class has a name", token.span, code="SF203", advice=advice)
    return name


def classes(site: Site, *tokens: Token) -> tuple[str, ...]:
    return tuple(dict.fromkeys(class_name(site, token) for token in tokens))


def sees(site: Site, *names: Token) -> Option:
    return Option("sees", classes(site, *names), site.span)


def keeps(site: Site, *names: Token) -> Option:
    return Option("keeps", classes(site, *names), site.span)


def class_(_site: Site, name: Token) -> Token:
    return name


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
        sensitive=_class(options),
        trusted="trusted" in options,
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
            advice="only a list or a conversation has a size: `at most 40`, `at most 40 messages`",
        )
    return type_


_SIZE_OF_EACH = "a list of lists says first how long each of them may be: `[[text at most 4] at most 6]`"
_SIZE_OF_TEXTS = "say it once; how long a text may be stands behind a field: `[{ name: text at most 20 }] at most 3`"
_SIZE_ONCE = "say it once: leave one of them out"


def sized(site: Site, type_: Type, options: dict[str, Option]) -> Type:
    """`[T] at most N` is the list type `[T at most N]`: take the option and put it where it belongs."""
    inner = type_.item if isinstance(type_, OptionalType) else type_
    _counted_in_messages(site, inner, options)
    limit = options.get("most messages" if isinstance(inner, ConversationType) else "at most")
    if limit is None or not isinstance(inner, ListType | ConversationType):
        return type_
    del options[limit.name]
    assert isinstance(limit.value, Bound)
    if inner.at_most is not None:
        site.problem("its size is said twice", limit.span, code="SF203", advice=_of_its_items(inner))
        return type_
    bounded = replace(inner, at_most=whole(site, limit.value))
    return replace(type_, item=bounded) if isinstance(type_, OptionalType) else bounded


def _of_its_items(type_: ListType | ConversationType) -> str:
    match type_:
        case ListType(item=ListType()):
            return _SIZE_OF_EACH
        case ListType(item=NamedType(name="text")):
            return _SIZE_OF_TEXTS
        case _:
            return _SIZE_ONCE


def _counted_in_messages(site: Site, type_: Type, options: dict[str, Option]) -> None:
    """Messages are what a conversation has, and a conversation has nothing else that could be counted."""
    of_conversation = isinstance(type_, ConversationType)
    limit = options.get("at most" if of_conversation else "most messages")
    if limit is None:
        return
    del options[limit.name]
    assert isinstance(limit.value, Bound)
    written = f"at most {limit.value.value}"
    if of_conversation:
        message, meant = "the size of a conversation is counted in messages", f"{written} messages"
    else:
        message, meant = "only a conversation has `messages`", written
    site.problem(message, limit.span, code="SF203", advice=f"write `{meant}`", replacement=meant)


def bounded_type(site: Site, type_: Type, limit: Bound) -> Type:
    return _bounded(site, type_, Option("at most", limit, limit.span))


def conversation_type(site: Site, type_: Type, limit: Bound) -> Type:
    return _bounded(site, type_, Option("most messages", limit, limit.span))


def _bounded(site: Site, type_: Type, limit: Option) -> Type:
    options = {limit.name: limit}
    type_ = sized(site, type_, options)
    if options:
        site.problem("only a list has a size", limit.span, code="SF203", advice="put `at most` on a field or a list")
    return type_


def named_type(site: Site, name: str) -> NamedType | ConversationType:
    if name == "conversation":
        return ConversationType(span=site.span)
    return NamedType(name, span=site.span)


def literal_type(site: Site, value: Token) -> LiteralType:
    return LiteralType(plain(site, value), span=site.span)


def record_type(site: Site, *fields: Field) -> RecordType:
    return RecordType(only(Field, fields), span=site.span)


def list_type(site: Site, item: Type, limit: Bound | None) -> ListType:
    return ListType(item, whole(site, limit), span=site.span)


def list_of_conversations(site: Site, item: Type, limit: Bound) -> ListType:
    return ListType(_bounded(site, item, Option("most messages", limit, limit.span)), span=site.span)


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


def _class(options: dict[str, Option]) -> str | None:
    option = options.get("sensitive")
    return option.value if option and isinstance(option.value, str) else None


RULES: Rules = {
    "bound": bound,
    "at_most": at_most,
    "most_messages": most_messages,
    "at_least": at_least,
    "matches": matches,
    "sensitive": sensitive,
    "trusted": trusted,
    "sees": sees,
    "keeps": keeps,
    "class": class_,
    "field": field,
    "var_type": var_type,
    "bounded_type": bounded_type,
    "conversation_type": conversation_type,
    "named_type": named_type,
    "literal_type": literal_type,
    "record_type": record_type,
    "list_type": list_type,
    "list_of_conversations": list_of_conversations,
    "generic_type": generic_type,
    "optional_type": optional_type,
    "union_type": union_type,
}
