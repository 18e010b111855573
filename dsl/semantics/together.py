"""The type that several values have in common: the items of a list, the ways of a chain, what branches yield.

Two by two is not enough. What the first two have in common may be given up for a third, which fits less: `{ a: 1 }` and
an `R` with a default for `b` are an `R`, an `R` and `{ a: 2, b: 3 }` may be a record with both fields, and that the
first one is not. So a type is an answer only when every value fits it, and records that have a name come first, since
they say what is filled in. What has been filled in with null already, further in, is not a default that was left out:
such a record beside an `R` is refused, so that no value depends on how the ways are nested.
"""

from collections.abc import Iterable, Iterator, Sequence

from dsl.semantics.fit import NUMERIC, join, misfit
from dsl.semantics.types import (
    JSON,
    NEVER,
    NULL,
    Enum,
    ListOf,
    MapOf,
    Member,
    Record,
    Recursive,
    Type,
    UnionOf,
    holds_conversation,
    required,
)


def together(types: Sequence[Type], *, filling: bool = True) -> Type | None:
    """The type of a value that is any of them; None when there is none that is of use. `filling` as for `join`."""
    named_first = sorted(types, key=lambda type_: not _says_its_fields(type_))
    for order, fill in ((types, False), (named_first, False), *([(types, True)] if filling else ())):
        found = _joined(order, fill)
        if found is not None and all(misfit(each, found) is None for each in types):
            return None if _filled_otherwise(types) is not None else found
    return None


def odd_one(types: Sequence[Type]) -> tuple[int, Type]:
    """Which of types that have none in common stands out, and what those before it are."""
    found: Type = NEVER
    for position, type_ in enumerate(types):
        joined = join(found, type_, filling=True)
        if joined is None:
            return position, found
        found = joined
    odd = next((position for position, type_ in enumerate(types) if misfit(type_, found) is not None), None)
    return (odd, found) if odd is not None else _filled_otherwise(types) or (len(types) - 1, found)


def comparable(left: Type, right: Type) -> bool:
    """Whether a value of one type can ever equal one of the other. Of conversations nobody knows, and of a record
    that has null already where the other has a default it would be a guess."""
    if NULL in (left, right):
        return True
    if holds_conversation(left) or holds_conversation(right):
        return False
    if JSON in (left, right):
        return True
    if _filled_otherwise((left, right)) is not None:
        return False
    left, right = required(left), required(right)
    if isinstance(left, Enum) and isinstance(right, Enum):
        return not set(left.values).isdisjoint(right.values)
    if left in NUMERIC and right in NUMERIC:
        return True
    return misfit(left, right) is None or misfit(right, left) is None or join(left, right) is not None


def _filled_otherwise(types: Sequence[Type]) -> tuple[int, Type] | None:
    """A record with null for a field that it lacked, and one beside it that would fill in something else there."""
    defaults: dict[str, Type] = {}
    filled: dict[str, Type] = {}
    for position, type_ in enumerate(types):
        for place, field in _fields(type_, ""):
            if field.default is not None:
                defaults.setdefault(place, type_)
            elif not field.required and field.declared is None:
                filled.setdefault(place, type_)
            if place in defaults and place in filled:
                return position, filled[place] if type_ is defaults[place] else defaults[place]
    return None


def _fields(type_: Type, place: str) -> Iterator[tuple[str, Member]]:
    """Those of a record and of what is in it, each with its place."""
    match required(type_):
        case ListOf(item=inner) | MapOf(value=inner):
            yield from _fields(inner, f"{place}[]")
        case Record(members=parts):
            for part in parts:
                yield f"{place}.{part.name}", part
                yield from _fields(part.type, f"{place}.{part.name}")
        case _:
            return


def _says_its_fields(type_: Type) -> bool:
    return isinstance(type_, UnionOf | Recursive) or (isinstance(type_, Record) and type_.name is not None)


def _joined(types: Iterable[Type], filling: bool) -> Type | None:
    found: Type | None = NEVER
    for type_ in types:
        found = None if found is None else join(found, type_, filling=filling)
    return found
