"""Which types fit where, and the type that two have in common.

`misfit(found, wanted)` compares by structure, not by name, and answers with the reason why `found` does not fit, in the
author's words, because a message needs it anyway. What fits, the run accepts: no value of `found` is refused where
`wanted` is validated. Values never change, so a list or a map fits when what it holds fits.

- A record fits when it has exactly the fields: what is unknown is refused at run time, so it is refused here.
- A union fits when each of its records does; something fits a union when it fits one record of it. A record that would
  fit only some records for some values and others for others is refused: sound, and seldom missed.
- `UNKNOWN` fits everywhere and everything fits it, so that a mistake is reported where it is and nowhere else. `NEVER`
  fits everywhere because there is no value of it.
- A conversation fits a shorter one: its last messages are what is kept, which is what the bound is written for. A list
  of messages fits as a list does.
- Recursive types are compared under the assumption that they fit: a pair of names that is met again further in is
  skipped. If they did not fit, some finite value would show it, and with it a place that the comparison does reach.
  There are finitely many pairs of names, so it ends.

`join(a, b)` is a type that both fit, for `if … then … else`, lists and ways that meet. Where the only such type would
be of no use (an int and a record), there is none, and what was written is reported. Two records that are written out
side by side may lack fields of each other, which are null then; of records that are compared, and of those that have
a name, that would hide a mistake.
"""

from collections.abc import Iterable

from dsl.semantics.misspelt import misspelt
from dsl.semantics.types import (
    CONVERSATION,
    DECIMAL,
    DURATION,
    FRACTION,
    INT,
    JSON,
    MESSAGE,
    NEVER,
    NOTHING,
    NULL,
    NUMBER,
    OPAQUE,
    TEXT,
    TIME,
    UNKNOWN,
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
    holds_conversation,
    holds_file,
    members,
    optional,
    required,
    spelled,
    structure,
)
from dsl.semantics.unions import alternatives

Assumed = frozenset[tuple[str, str]]
"""Pairs of recursive types that are being compared further out: they fit unless something else does not."""

WIDER = ((INT, NUMBER), (INT, DECIMAL), (INT, FRACTION), (FRACTION, NUMBER), (FRACTION, DECIMAL))
NUMERIC = (INT, NUMBER, DECIMAL, FRACTION)
ORDERED = (*NUMERIC, TEXT, TIME, DURATION)
"""Tuples, not sets: a record is compared with a basic type at once, while its hash would go through all of it."""


def misfit(found: Type, wanted: Type, assumed: Assumed = frozenset()) -> str | None:
    """Why a `found` cannot stand where a `wanted` is asked for; None when it can."""
    if found in (wanted, NEVER) or UNKNOWN in (found, wanted):
        return None
    if found == NOTHING:
        return "it has no value"
    if wanted == JSON:
        return OPAQUE if holds_conversation(found) else "a file is no json" if holds_file(found) else None
    if isinstance(wanted, OptionalOf):
        inner = found.item if isinstance(found, OptionalOf) else found
        return None if found == NULL else misfit(inner, wanted.item, assumed)
    if found == NULL or isinstance(found, OptionalOf):
        return "it may be null" if found != NULL else "it is null"
    return _structural(found, wanted, assumed)


def _structural(found: Type, wanted: Type, assumed: Assumed) -> str | None:
    if isinstance(found, Recursive) and isinstance(wanted, Recursive):
        pair = (found.name, wanted.name)
        if pair in assumed or found.name == wanted.name:
            return None
        assumed |= {pair}
    if isinstance(found, OutcomeOf) and isinstance(wanted, OutcomeOf):
        return misfit(optional(found.value), optional(wanted.value), assumed)
    return _expanded(structure(found), structure(wanted), assumed)


def _expanded(found: Type, wanted: Type, assumed: Assumed) -> str | None:
    match found, wanted:
        case _ if UNKNOWN in (found, wanted) or (found, wanted) in WIDER:
            return None
        case Enum(), Enum():
            known = wanted.values if len(found.values) == 1 else frozenset(wanted.values)
            extra = next((value for value in found.values if value not in known), None)
            return None if extra is None else f'"{extra}" is not one of {spelled(Enum(wanted.values))}'
        case Enum(), _ if wanted == TEXT:
            return None
        case ListOf(), ListOf():
            return _lists(found, wanted, assumed)
        case Conversation(), Conversation():
            return None
        case ListOf(), Conversation(at_most=at_most):
            return _lists(found, ListOf(MESSAGE, at_most), assumed)
        case MapOf(), MapOf():
            return misfit(found.value, wanted.value, assumed)
        case Record(), MapOf():
            return _first(misfit(member.type, wanted.value, assumed) for member in found.members)
        case UnionOf(), _:
            return _first(misfit(option, wanted, assumed) for option in alternatives(found))
        case _, UnionOf():
            return _into_union(found, wanted, assumed)
        case Record(), Record():
            return _records(found, wanted, assumed)
        case _:
            return f"it is {spelled(found)}"


def _lists(found: ListOf, wanted: ListOf, assumed: Assumed) -> str | None:
    reason = misfit(found.item, wanted.item, assumed)
    if reason is not None:
        return f"an item does not fit: {reason}"
    if wanted.at_most is None or (found.at_most is not None and found.at_most <= wanted.at_most):
        return None
    size = "any number of items" if found.at_most is None else f"up to {found.at_most} items"
    return f"it may hold {size}, not at most {wanted.at_most}"


def _records(found: Record, wanted: Record, assumed: Assumed) -> str | None:
    have, want = members(found) or {}, members(wanted) or {}
    for name, member in want.items():
        if name not in have:
            if member.required and not isinstance(member.type, OptionalOf):
                return f"`{name}` is missing"
            continue
        reason = misfit(have[name].type, member.type, assumed)
        if reason is not None:
            return f"field `{name}` does not fit: {reason}"
    extra = next((name for name in have if name not in want), None)
    return None if extra is None else f"{spelled(wanted)} has no field `{extra}`"


def _into_union(found: Type, wanted: UnionOf, assumed: Assumed) -> str | None:
    if any(misfit(found, option, assumed) is None for option in alternatives(wanted)):
        return None
    return f"it is none of {spelled(UnionOf(wanted.options))}"


def _first(reasons: Iterable[str | None]) -> str | None:
    return next((reason for reason in reasons if reason is not None), None)


def join(left: Type, right: Type, *, filling: bool = False) -> Type | None:
    """The type of a value that is one or the other; None when there is none that is of use. `filling`: of two records
    without a name, one may lack what the other has, which is null there."""
    if right in (left, NEVER):
        return left
    if left in (NEVER, UNKNOWN):
        return right
    if right == UNKNOWN:
        return left
    if NULL in (left, right) or isinstance(left, OptionalOf) or isinstance(right, OptionalOf):
        return _join_optional(left, right, filling)
    if isinstance(left, Enum) and isinstance(right, Enum):
        return Enum(tuple(dict.fromkeys(left.values + right.values)), written=left.written and right.written)
    if isinstance(left, ListOf) and isinstance(right, ListOf):
        return _join_lists(left, right, filling)
    if isinstance(left, Conversation) or isinstance(right, Conversation):
        return _join_conversations(left, right)
    if _is_written_out(left) and _is_written_out(right):
        return _join_records(left, right, filling)
    if misfit(left, right) is None:
        return left if misfit(right, left) is None and _left_out(left) > _left_out(right) else right
    return left if misfit(right, left) is None else _join_records(left, right, filling)


def _is_written_out(type_: Type) -> bool:
    """A record that no declaration says anything of: neither a name nor what it is filled with."""
    return isinstance(type_, Record) and type_.name is None and all(part.default is None for part in type_.members)


def _left_out(type_: Type) -> int:
    """How many fields may be left out: of two that fit each other, the one with more of them takes more."""
    return sum(not part.required for part in (members(type_) or {}).values())


def _join_optional(left: Type, right: Type, filling: bool) -> Type | None:
    bare = [side.item if isinstance(side, OptionalOf) else side for side in (left, right)]
    present = [side for side in bare if side != NULL]
    if len(present) < 2:
        return optional(present[0]) if present else NULL
    joined = join(present[0], present[1], filling=filling)
    return None if joined is None else optional(joined)


def _join_lists(left: ListOf, right: ListOf, filling: bool) -> Type | None:
    item = join(left.item, right.item, filling=filling)
    bounded = left.at_most is not None and right.at_most is not None
    at_most = max(left.at_most or 0, right.at_most or 0) if bounded else None
    return None if item is None else ListOf(item, at_most)


def _join_conversations(left: Type, right: Type) -> Type | None:
    """Of two, or of one and a list of messages, nothing is cut off."""
    bounds = [side.at_most for side in (left, right) if isinstance(side, Conversation | ListOf)]
    if any(misfit(side, CONVERSATION) is not None for side in (left, right)):
        return None
    return Conversation(None if None in bounds else max(bound or 0 for bound in bounds))


def _join_records(left: Type, right: Type, filling: bool) -> Type | None:
    one, other = members(left), members(right)
    if one is None or other is None or not (one.keys() == other.keys() or (filling and _fill(left, right))):
        return None
    parts = [_joined_member(name, one.get(name), other.get(name), filling) for name in (*one, *other)]
    found = {part.name: part for part in parts if part is not None}
    return Record(tuple(found.values())) if len(found) == len(one | other) else None


def _joined_member(name: str, one: Member | None, other: Member | None, filling: bool) -> Member | None:
    if one is not None and other is not None:
        joined = join(one.type, other.type, filling=filling)
        return None if joined is None else Member(name, joined, one.required and other.required)
    given = one or other
    assert given is not None
    return Member(name, optional(given.type), required=False)


def _fill(left: Type, right: Type) -> bool:
    """Whether two records may lack fields of each other: they have no name that says what belongs to them, they have
    something in common, and no field of one is the other's with a slip in it."""
    if not isinstance(left, Record) or not isinstance(right, Record) or left.name or right.name:
        return False
    one, other = members(left) or {}, members(right) or {}
    return bool(one.keys() & other.keys()) and misspelt(one.keys() - other.keys(), other.keys() - one.keys()) is None


def widened(type_: Type) -> Type:
    """The type of a `var` whose first value is a `type_`: later values are of the same kind, not the same literal."""
    match type_:
        case Enum(values=values, name=None, written=written) if written or len(values) == 1:
            return TEXT
        case ListOf(item=item, at_most=at_most):
            return ListOf(widened(item), at_most)
        case MapOf(value=value):
            return MapOf(widened(value))
        case OptionalOf(item=item):
            return OptionalOf(widened(item))
        case Conversation():
            return CONVERSATION
        case Record(name=None, members=parts):
            return Record(tuple(Member(part.name, widened(part.type), part.required) for part in parts))
        case _:
            return type_


def grown(type_: Type, found: Type) -> Type | None:
    """The type of a `var` without a written one that is set to a `found`, which does not fit what it held so far: an
    int or a fraction may turn out a number or a decimal, a list longer. None when it is of another kind."""
    match type_, found:
        case Basic(), Basic() if (type_, found) in WIDER:
            return found
        case ListOf(), ListOf():
            item = type_.item if misfit(found.item, type_.item) is None else grown(type_.item, found.item)
            fits = type_.at_most is None or (found.at_most is not None and found.at_most <= type_.at_most)
            return None if item is None else ListOf(item, type_.at_most if fits else None)
        case OptionalOf(item=item), _ if found != NULL:
            inner = grown(item, required(found))
            return None if inner is None else OptionalOf(inner)
        case MapOf(value=value), MapOf(value=new_value):
            wider = grown(value, new_value)
            return None if wider is None else MapOf(wider)
        case Record(name=None), Record():
            have, new = members(type_) or {}, members(found) or {}
            if have.keys() != new.keys():
                return None
            kept = {
                name: part.type if misfit(new[name].type, part.type) is None else grown(part.type, new[name].type)
                for name, part in have.items()
            }
            parts = tuple(Member(name, each) for name, each in kept.items() if each is not None)
            return Record(parts) if len(parts) == len(kept) else None
        case _:
            return None
