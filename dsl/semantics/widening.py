"""Where a value that fits changes its form: what sealing writes as `Widen`.

`changes(found, wanted)` says whether some value of `found`, which fits `wanted`, is not yet what a value of `wanted`
is: an int where a number is wanted, a record without the fields that have a default, a time that becomes json, a
conversation that is longer than it may be. It
follows `fit.misfit`, which says what fits; a place that the one compares and the other does not would be a hole, and
the random programs of the tests look for it.

`written(type, declared)` is the type as a text would write it: by its name where it has one.
"""

from collections.abc import Mapping

from dsl.ast import types as ast
from dsl.semantics.fit import WIDER, misfit
from dsl.semantics.types import (
    DECIMAL,
    DURATION,
    FRACTION,
    JSON,
    NEVER,
    NOTHING,
    NULL,
    TIME,
    UNKNOWN,
    ApprovalOf,
    Basic,
    Conversation,
    Enum,
    ListOf,
    MapOf,
    Member,
    OptionalOf,
    OutcomeOf,
    Record,
    Recursive,
    Type,
    UnionOf,
    members,
    structure,
)
from dsl.semantics.unions import alternatives

Met = dict[tuple[int, int], tuple[Type, Type]]
"""Pairs of types that were met already, by identity: so a type that contains itself ends, and one that stands in many
places is gone through once."""

_OTHER_FORM = tuple(pair for pair in WIDER if pair != (FRACTION, DECIMAL))
"""A fraction that is written out is a decimal already."""
_OTHER_IN_JSON = (DECIMAL, FRACTION, TIME, DURATION)


def changes(found: Type, wanted: Type, met: Met | None = None) -> bool:
    """Whether a value of `found`, which fits `wanted`, has to be made one."""
    met = {} if met is None else met
    if found is wanted or (id(found), id(wanted)) in met or found in (NEVER, NULL, NOTHING, UNKNOWN):
        return False
    met[id(found), id(wanted)] = found, wanted
    if isinstance(found, Recursive) and isinstance(wanted, Recursive) and found.name == wanted.name:
        return False
    if isinstance(found, OptionalOf):
        return changes(found.item, wanted.item if isinstance(wanted, OptionalOf) else wanted, met)
    if isinstance(wanted, OptionalOf):
        return changes(found, wanted.item, met)
    bare = structure(found)
    return _in_json(bare, met) if wanted == JSON else _changes(bare, structure(wanted), met)


def _in_json(found: Type, met: Met) -> bool:
    match found:
        case Record(members=parts):
            return any(changes(part.type, JSON, met) for part in parts)
        case ListOf(item=inner) | MapOf(value=inner):
            return changes(inner, JSON, met)
        case UnionOf():
            return any(changes(option, JSON, met) for option in alternatives(found))
        case _:
            return found in _OTHER_IN_JSON


def _changes(found: Type, wanted: Type, met: Met) -> bool:
    match found, wanted:
        case ListOf(item=inner), ListOf(item=outer):
            return changes(inner, outer, met)
        case ListOf(), Conversation():
            return True
        case Conversation(at_most=most), Conversation(at_most=bound):
            return bound is not None and (most is None or most > bound)
        case MapOf(value=inner), MapOf(value=outer):
            return changes(inner, outer, met)
        case UnionOf(), _:
            return any(changes(option, wanted, met) for option in alternatives(found))
        case _, UnionOf():
            return changes(found, _fitting(found, wanted), met)
        case Record(members=parts), MapOf(value=outer):
            return any(changes(part.type, outer, met) for part in parts)
        case Record(), Record():
            return _records(found, wanted, met)
        case _:
            return isinstance(found, Basic) and isinstance(wanted, Basic) and (found, wanted) in _OTHER_FORM


def _records(found: Record, wanted: Record, met: Met) -> bool:
    """Also when the fields have another order: it is the declared one that people and models see."""
    have, want = members(found) or {}, members(wanted) or {}
    return tuple(have) != tuple(want) or any(changes(have[name].type, want[name].type, met) for name in have)


def _fitting(found: Type, union: UnionOf) -> Type:
    return next((option for option in alternatives(union) if misfit(found, option) is None), union)


def written(type_: Type, declared: Mapping[str, Type]) -> ast.Type:
    """`type_` by its name where that is declared for it, without its bounds: but for those of conversations, which are
    kept by leaving out what is oldest."""
    match type_:
        case Enum(name=str(name)) | Record(name=str(name)) | UnionOf(name=str(name)) if declared.get(name) == type_:
            return ast.NamedType(name)
        case Recursive(name=name):
            return ast.NamedType(name)
        case Enum(values=values):
            texts = tuple(ast.LiteralType(value) for value in values)
            return texts[0] if len(texts) == 1 else ast.UnionType(texts)
        case Record(members=parts):
            return ast.RecordType(tuple(_field(part, declared) for part in parts))
        case ListOf(item=inner):
            return ast.ListType(written(inner, declared))
        case MapOf(value=inner) | OutcomeOf(value=inner):
            return ast.GenericType("map" if isinstance(type_, MapOf) else "Outcome", written(inner, declared))
        case OptionalOf(item=inner):
            return ast.OptionalType(written(inner, declared))
        case Conversation(at_most=bound):
            return ast.ConversationType(bound)
        case UnionOf():
            return ast.UnionType(tuple(written(option, declared) for option in alternatives(type_)))
        case ApprovalOf():
            return written(structure(type_), declared)
        case Basic(name=name):
            return ast.NamedType(_BASIC.get(name, name))


def _field(part: Member, declared: Mapping[str, Type]) -> ast.Field:
    type_ = written(part.type, declared)
    if not part.required and part.default is None and not isinstance(part.type, OptionalOf):
        type_ = ast.OptionalType(type_)  # of `json`, which does not say so itself
    return ast.Field(part.name, type_, default=part.default)


_BASIC = {"fraction": "decimal", "null": "json", "nothing": "json", "never": "json", "unknown": "json"}
"""Types that no text can write; of the last four there are no values, or null alone."""
