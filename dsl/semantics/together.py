"""The type that several values have in common: the items of a list, the ways of a chain, what branches yield.

Two by two is not enough. What the first two have in common may be given up for a third, which fits less: `{ a: 1 }` and
an `R` with a default for `b` are an `R`, an `R` and `{ a: 2, b: 3 }` may be a record with both fields, and that the
first one is not. So a type is an answer only when every value fits it, and records that have a name come first, since
they say what is filled in. What has been filled in with null already, further in, is not a default that was left out:
such a record beside an `R` is refused, so that no value depends on how the ways are nested.

Of long lists of what is written out, one by one is too slow: each text makes the type of those before it longer. There
the order in which two are taken together makes no difference, as long as fields are the same (`_outline`): so runs of
them are halved again and again, and what holds for a run holds for each in it. Where there are many runs, all
with the same fields are one, wherever they stand.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from dsl.semantics.fit import NUMERIC, join, misfit
from dsl.semantics.types import (
    BOOL,
    DURATION,
    JSON,
    NEVER,
    NULL,
    TEXT,
    TIME,
    Enum,
    ListOf,
    MapOf,
    Member,
    OptionalOf,
    Record,
    Recursive,
    Type,
    UnionOf,
    holds_conversation,
    required,
)

LONG = 16
_VALUES = (*NUMERIC, BOOL, TEXT, TIME, DURATION, NULL)


def together(types: Sequence[Type], *, filling: bool = True) -> Type | None:
    """The type of a value that is any of them; None when there is none that is of use. `filling` as for `join`."""
    runs = _in_runs(types)
    if runs is None:
        return None
    types = runs
    named_first = sorted(types, key=lambda type_: not _says_its_fields(type_))
    for order, fill in ((types, False), (named_first, False), *([(types, True)] if filling else ())):
        found = _joined(order, fill)
        if found is not None and all(misfit(each, found) is None for each in types):
            return None if _filled_otherwise(types) is not None else found
    return None


def odd_one(types: Sequence[Type]) -> tuple[int, Type]:
    """Which of types that have none in common stands out, and what those before it are."""
    if None not in _outlines(types):
        position = bisect_left(range(len(types)), True, key=lambda last: _from_first_to(last, types) is None)
        return min(position, len(types) - 1), _from_first_to(position - 1, types) or NEVER
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


def _in_runs(types: Sequence[Type]) -> Sequence[Type] | None:
    """Fewer types, which have the same in common, or none; those that are given where something in them is declared."""
    outlines = _outlines(types)
    if None in outlines:
        return types
    runs = [[type_ for _, type_ in run] for _, run in groupby(zip(outlines, types, strict=True), key=itemgetter(0))]
    if len(runs) > LONG:  # records that lack fields in turn
        alike: dict[Hashable, list[Type]] = {}
        for outline, type_ in zip(outlines, types, strict=True):
            alike.setdefault(outline, []).append(type_)
        runs = list(alike.values())
    joined = [_halved(run) for run in runs]
    return None if None in joined else [each for each in joined if each is not None]


def _from_first_to(last: int, types: Sequence[Type]) -> Type | None:
    runs = _in_runs(types[: last + 1]) if last >= LONG else types[: last + 1]
    return None if runs is None else _joined(runs, True)


def _outlines(types: Sequence[Type]) -> list[Hashable | None]:
    """Of few, nothing is gained by them."""
    return [_outline(type_) for type_ in types] if len(types) > LONG else [None]


def _outline(type_: Type) -> Hashable | None:
    """The same for records that have the same fields; None for what is declared, or no text, number or record."""
    match type_:
        case Enum(name=None, written=True):
            return "value"
        case OptionalOf(item=item):
            return _outline(item)
        case Record(name=None, members=parts) if all(part.default is None for part in parts):
            fields = tuple((part.name, part.required, _outline(part.type)) for part in parts)
            return None if any(outline is None for _, _, outline in fields) else fields
        case _:
            return "value" if type_ in _VALUES else None


def _halved(types: list[Type]) -> Type | None:
    while len(types) > 1:
        pairs = [join(left, right) for left, right in zip(types[::2], types[1::2], strict=False)]
        found = [pair for pair in pairs if pair is not None]
        if len(found) < len(pairs):
            return None
        types = [*found, *types[len(pairs) * 2 :]]
    return types[0]


def _joined(types: Iterable[Type], filling: bool) -> Type | None:
    found: Type | None = NEVER
    for type_ in types:
        found = None if found is None else join(found, type_, filling=filling)
    return found
