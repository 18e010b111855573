"""Maps with computed keys (`{ [k]: v, ...m }`) are calls of `map_of` and `merge` that nobody has written.

So what is wrong with one is told in the words of its author: of a key, a value, or what is spread. They are known by
their places: such a call has that of its list, and the key of an entry that of its field, where what is written out
stands behind a name.
"""

from dsl.ast.expressions import Entry, Expression, FunctionCall, ListLiteral, RecordLiteral
from dsl.semantics.findings import Mismatch
from dsl.semantics.inference import Inference
from dsl.semantics.together import odd_one, together
from dsl.semantics.types import TEXT, UNKNOWN, Enum, Type, spelled, structure


def is_computed(node: FunctionCall) -> bool:
    return any(argument.value.span == node.span for argument in node.arguments)


def role(node: FunctionCall, given: Expression) -> str:
    """What of a map a part of it is that does not fit."""
    return "what stands beside `...` in this map" if given.span == node.span else "`...` in this map"


def is_wrong(node: ListLiteral, inference: Inference) -> bool:
    """Whether these are the entries of such a map, and something is wrong with one, which is told."""
    entries = [_entry(item) for item in node.items]
    found = [entry for entry in entries if entry is not None]
    if not found or len(found) < len(entries):
        return False
    for key, _ in found:
        type_ = inference.facts.type_of(key)
        if not (structure(type_) in (TEXT, UNKNOWN) or isinstance(structure(type_), Enum)):
            inference.report(Mismatch(key, "a key of this map", spelled(TEXT), type_))
            return True
    types: list[Type] = [inference.facts.type_of(value) for _, value in found]
    if together(types) is not None:
        return False
    odd, before = odd_one(types)
    wanted = f"{spelled(before)}, as the values before"
    inference.report(Mismatch(found[odd][1], "a value of this map", wanted, types[odd], as_before=before))
    return True


def _entry(item: Expression) -> tuple[Expression, Expression] | None:
    match item:
        case RecordLiteral(entries=(Entry(name="key", value=key) as first, Entry(name="value", value=value))):
            return (key, value) if first.span == key.span else None
        case _:
            return None
