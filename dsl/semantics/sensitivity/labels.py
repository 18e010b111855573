"""What a value of a type has in it that is sensitive, by the fields that say so."""

from dsl.ast.types import Field
from dsl.semantics.provenance.marks import DEEPEST, NO_SOURCES, Mark, Sensitive, Sources, joined
from dsl.semantics.types import (
    ApprovalOf,
    ListOf,
    MapOf,
    OptionalOf,
    OutcomeOf,
    Record,
    Recursive,
    Type,
    UnionOf,
    inside,
    structure,
)


def label(declared: Field | None) -> Sources:
    if declared is None or declared.sensitive is None:
        return NO_SOURCES
    return frozenset({Sensitive(declared.sensitive, id(declared), declared)})


def labels(type_: Type, depth: int = 0) -> Mark:
    """By field as deep as marks go; below that, and inside of what contains itself, all together."""
    if depth >= DEEPEST or isinstance(type_, Recursive):
        return Mark(_everything(type_))
    match type_:
        case Record(members=members):
            found = {each.name: labels(each.type, depth + 1).and_(label(each.declared)) for each in members}
            return Mark(fields={name: mark for name, mark in found.items() if mark != Mark()})
        case ListOf(item=inner) | OptionalOf(item=inner):
            return labels(inner, depth)
        case MapOf(value=inner):
            return Mark(labels(inner, depth + 1).all())
        case UnionOf(options=options):
            return joined(labels(each, depth) for each in options)
        case OutcomeOf() | ApprovalOf():
            return labels(structure(type_), depth)
        case _:
            return Mark()


def _everything(type_: Type) -> Sources:
    records = (part for part in inside(type_, follow=True) if isinstance(part, Record))
    return NO_SOURCES.union(*(label(member.declared) for record in records for member in record.members))
