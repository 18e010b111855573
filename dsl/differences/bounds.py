"""What of a type the words for it leave out: what fields are said to be, and how long lists may be."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from dsl.ast.node import Node
from dsl.ast.rewrite import rewrite
from dsl.ast.types import (
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
from dsl.differences.changes import Found, Verb

Types = Mapping[str, Type]
LONGER = "what goes through it may go round more often"


def bare(type_: Type | None) -> Type | None:
    """Without what is said of its fields."""
    return None if type_ is None else rewrite(type_, _without_words)


def _without_words(part: Node, _: Node) -> Node:
    return replace(part, doc=None) if isinstance(part, Field) else part


def redocumented(what: str, before: Type | None, after: Type | None) -> Iterator[Found]:
    """What is said of the fields that are written out in it, of those that are there on both sides."""
    old, new = (dict(_words(each, what)) if each is not None else {} for each in (before, after))
    for place, words in new.items():
        if place in old and old[place] != words:
            said = f"{place}, documentation that a model reads"
            verb: Verb = "added" if old[place] is None else "removed" if words is None else "changed"
            yield Found("documentation", said, verb, old[place], words)


def _words(type_: Type, at: str) -> Iterator[tuple[str, str | None]]:
    match type_:
        case RecordType(fields=fields):
            for each in fields:
                yield f"{at}.{each.name}", each.doc
                yield from _words(each.type, f"{at}.{each.name}")
        case ListType(item=inside) | OptionalType(item=inside) | GenericType(argument=inside):
            yield from _words(inside, f"{at}[]" if isinstance(type_, ListType) else at)
        case UnionType(options=options):
            for number, option in enumerate(options, 1):
                yield from _words(option, f"{at}|{number}")
        case NamedType() | LiteralType() | ConversationType():
            return
        case _:
            assert_never(type_)


def longer(before: Type, after: Type, old: Types, new: Types, at: str) -> str | None:
    """The first list that may have more items than it could, by its place."""
    limits = dict(_limits(before, old, at, frozenset()))
    for place, most in _limits(after, new, at, frozenset()):
        was = limits.get(place)
        if was is not None and (most is None or most > was):
            return f"{place} may have more than {was} items: {LONGER}".lstrip()
    return None


def _limits(type_: Type, types: Types, at: str, seen: frozenset[str]) -> Iterator[tuple[str, int | None]]:
    match type_:
        case NamedType(name=name):
            if name in types and name not in seen:
                yield from _limits(types[name], types, at, seen | {name})
        case ListType(item=item, at_most=most):
            yield at, most
            yield from _limits(item, types, f"{at}[]", seen)
        case OptionalType(item=item):
            yield from _limits(item, types, at, seen)
        case GenericType(argument=argument):
            yield from _limits(argument, types, f"{at}[]", seen)
        case RecordType(fields=fields):
            for each in fields:
                yield from _limits(each.type, types, f"{at}.{each.name}" if at else each.name, seen)
        case UnionType(options=options):
            for option in options:
                yield from _limits(option, types, at, seen)
        case LiteralType() | ConversationType():
            return
        case _:
            assert_never(type_)
