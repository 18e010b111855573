"""The type that several values have in common: the items of a list, the ways of a chain, what branches yield.

Two by two is not enough. What the first two have in common may be given up for a third, which fits less: `{ a: 1 }` and
an `R` with a default for `b` are an `R`, an `R` and `{ a: 2, b: 3 }` may be a record with both fields, and that the
first one is not. So a type is an answer only when every value fits it, and records that have a name come first, since
they say what is filled in. What has been filled in with null already, further in, is not a default that was left out:
such a record beside an `R` is refused, so that no value depends on how the ways are nested.
"""

from collections.abc import Iterable, Sequence

from dsl.semantics.fit import join, misfit
from dsl.semantics.types import NEVER, Record, Recursive, Type, UnionOf, required, structure


def together(types: Sequence[Type]) -> Type | None:
    """The type of a value that is any of them; None when there is none that is of use."""
    named_first = sorted(types, key=lambda type_: not _says_its_fields(type_))
    for order, filling in ((types, False), (named_first, False), (types, True)):
        found = _joined(order, filling)
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


def _filled_otherwise(types: Sequence[Type]) -> tuple[int, Type] | None:
    """A record with null for a field that it lacked, and one beside it that would fill in something else there."""
    defaults: dict[str, Type] = {}
    filled: dict[str, Type] = {}
    for position, type_ in enumerate(types):
        bare = structure(required(type_))
        for each in bare.members if isinstance(bare, Record) else ():
            if each.default is not None:
                defaults.setdefault(each.name, type_)
            elif not each.required and each.declared is None:
                filled.setdefault(each.name, type_)
            if each.name in defaults and each.name in filled:
                return position, filled[each.name] if type_ is defaults[each.name] else defaults[each.name]
    return None


def _says_its_fields(type_: Type) -> bool:
    return isinstance(type_, UnionOf | Recursive) or (isinstance(type_, Record) and type_.name is not None)


def _joined(types: Iterable[Type], filling: bool) -> Type | None:
    found: Type | None = NEVER
    for type_ in types:
        found = None if found is None else join(found, type_, filling=filling)
    return found
