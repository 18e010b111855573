"""Unions of records, told apart by a field that holds another text in each of them."""

from dsl.semantics.types import Enum, Member, Type, UnionOf, members, structure


def alternatives(union: UnionOf) -> tuple[Type, ...]:
    """The records of `union`, with those of unions inside it."""
    found: list[Type] = []
    waiting = list(reversed(union.options))
    seen: set[int] = set()
    while waiting:
        option = waiting.pop()
        inner = structure(option)
        if isinstance(inner, UnionOf):
            if id(inner) not in seen:
                seen.add(id(inner))
                waiting.extend(reversed(inner.options))
        else:
            found.append(option)
    return tuple(found)


def discriminator(union: UnionOf) -> str | None:
    """The first field that is an enumeration in every record, with no text in two of them."""
    options = [members(option) for option in alternatives(union)]
    if not options or any(option is None for option in options):
        return None
    first = options[0] or {}
    return next((name for name in first if _disjoint([_values(option or {}, name) for option in options])), None)


def narrowed(union: UnionOf, field: str, values: frozenset[str]) -> Type:
    """What is left of `union` when its `field` is one of `values`."""
    kept = [option for option in alternatives(union) if (_values(members(option) or {}, field) or values) & values]
    if len(kept) == 1:
        return kept[0]
    return UnionOf(tuple(kept), union.name) if kept else union


def shared_member(union: UnionOf, name: str) -> list[Type] | None:
    """The types that field `name` has in the records of `union`; None when one of them has no such field."""
    found = [(members(option) or {}).get(name) for option in alternatives(union)]
    return None if None in found else [member.type for member in found if member is not None]


def _values(fields: dict[str, Member], name: str) -> frozenset[str] | None:
    member = fields.get(name)
    return frozenset(member.type.values) if member is not None and isinstance(member.type, Enum) else None


def _disjoint(sets: list[frozenset[str] | None]) -> bool:
    seen: set[str] = set()
    for values in sets:
        if values is None or values & seen:
            return False
        seen |= values
    return True
