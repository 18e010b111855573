"""What to write where values that stand side by side (items, the ways of an `if`, what branches yield) have no type in
common."""

from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import NUMERIC, join
from dsl.semantics.misspelt import misspelt
from dsl.semantics.types import TEXT, Enum, ListOf, Member, OptionalOf, Record, Type, required, spelled, structure


def of_one_type(found: Mismatch) -> str | None:
    if found.as_before is None:
        return None
    one, other = structure(required(found.as_before)), structure(required(found.found))
    while isinstance(one, ListOf) and isinstance(other, ListOf):
        one, other = structure(required(one.item)), structure(required(other.item))
    if isinstance(one, Record) and isinstance(other, Record):
        return _records(one, other)
    kinds = [_is_text(each) for each in (one, other)]
    if any(kinds) and (one in NUMERIC or other in NUMERIC):
        return "make each a text: `text(…)`"
    return None if found.role == "`yield`" else "make them the same, or say what they are: `let x: json = …`"


def _records(one: Record, other: Record) -> str:
    here, there = {each.name: each for each in one.members}, {each.name: each for each in other.members}
    slip = misspelt([name for name in there if name not in here], [name for name in here if name not in there])
    if slip is not None:
        return f"did you mean `{slip[1]}`?"
    unlike = next((name for name in here if name in there and _are_unlike(here[name], there[name])), None)
    if unlike is not None:
        return f"`{unlike}` is {spelled(here[unlike].type)} in one and {spelled(there[unlike].type)} in the other"
    named = [record for record in (one, other) if record.name is not None]
    if len(named) == 1:
        return _as(named[0], other if named[0] is one else one)
    fields = dict.fromkeys((*here, *there))
    shown = ", ".join(f"{name}: {_of_either(name, here, there)}" for name in fields)
    return f"say what it is, with a type that has the fields of both: `type T = {{ {shown} }}`, then `let x: T = …`"


def _are_unlike(one: Member, other: Member) -> bool:
    return join(one.type, other.type, filling=True) is None


def _as(named: Record, other: Record) -> str:
    """What makes a record without a name one of those."""
    name, given = named.name, {each.name for each in other.members}
    extra = next((each for each in other.members if each.name not in {own.name for own in named.members}), None)
    if extra is not None:
        declared = f"`{extra.name}: {_maybe(extra.type)}`"
        return f"{name} has no field `{extra.name}`: leave it out, or declare it there, as {declared}"
    lacks = next((each for each in named.members if each.required and each.name not in given), None)
    if lacks is not None:
        return f"`{lacks.name}` of {name} is missing: write it"
    return f"say what it is where it is made: `let x: {name} = …`"


def _of_either(name: str, here: dict[str, Member], there: dict[str, Member]) -> str:
    if name in here and name in there:
        joined = join(here[name].type, there[name].type, filling=True)
        return spelled(here[name].type if joined is None else joined)
    return _maybe((here.get(name) or there[name]).type)


def _is_text(type_: Type) -> bool:
    return type_ == TEXT or isinstance(type_, Enum)


def _maybe(type_: Type) -> str:
    return spelled(type_ if isinstance(type_, OptionalOf) else OptionalOf(type_))
