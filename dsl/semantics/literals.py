"""Types of literals, templates, conditionals and comprehensions; and what is wanted of the parts of a literal."""

from decimal import Decimal

from dsl.ast.expressions import (
    Comprehension,
    Conditional,
    DurationLiteral,
    Entry,
    Expression,
    ListLiteral,
    Literal,
    RecordLiteral,
    Spread,
    Template,
)
from dsl.expressions.numbers import LARGEST_INT
from dsl.semantics import computed_maps
from dsl.semantics.constants import expect_constant
from dsl.semantics.conversations import expect_messages
from dsl.semantics.findings import DefinedTwice, InvalidType, Mismatch, UnknownField
from dsl.semantics.fit import join
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol
from dsl.semantics.together import odd_one, together
from dsl.semantics.types import (
    BOOL,
    DURATION,
    FRACTION,
    INT,
    JSON,
    NOTHING,
    NULL,
    OPAQUE,
    TEXT,
    UNKNOWN,
    Enum,
    ListOf,
    MapOf,
    Member,
    OptionalOf,
    Record,
    Type,
    UnionOf,
    holds_conversation,
    members,
    required,
    spelled,
    structure,
)
from dsl.semantics.unions import alternatives, discriminator


def literal(node: Literal, state: State, inference: Inference) -> Type:
    match node.value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int(number):
            if not -LARGEST_INT - 1 <= number <= LARGEST_INT:
                inference.report(InvalidType(node, "this number is larger than an int holds, which has 64 bits"))
            return INT
        case Decimal():
            return FRACTION
        case str(value):
            return Enum((value,), written=True)


def duration(node: DurationLiteral, state: State, inference: Inference) -> Type:
    return DURATION


def template(node: Template, state: State, inference: Inference) -> Type:
    """Everything can be printed, null as nothing; only a call that gives no value cannot."""
    for part in node.parts:
        found = inference.infer(part, state)
        if found == NOTHING:
            inference.report(Mismatch(part, "a template", "a value", NOTHING, "it has no value"))
        elif holds_conversation(found):
            inference.report(Mismatch(part, "a template", "anything that can be looked into", found, OPAQUE))
    return TEXT


def conditional(node: Conditional, state: State, inference: Inference) -> Type:
    """All ways of one that goes on with `else if` together, as of a long one, which is a `Chain`."""
    ways = [node]
    while isinstance(last := ways[-1].otherwise, Conditional):
        ways.append(last)
    types: list[Type] = []
    for way in ways:
        inference.expect(way.condition, Wanted(BOOL, "the condition of `if`"), state)
        types.append(inference.infer(way.then, assume(way.condition, True, state, inference.facts)))
        state = assume(way.condition, False, state, inference.facts)
    values = [*(way.then for way in ways), last]
    joined = one_of_ways(values, [*types, inference.infer(last, state)], inference)
    for way in ways:
        inference.facts.conversions.pop(id(way), None)
        inference.facts.types[id(way)] = joined
    return joined


def one_of_ways(values: list[Expression], types: list[Type], inference: Inference) -> Type:
    joined = together(types)
    if joined is None:
        odd, before = odd_one(types)
        wanted = f"{spelled(before)}, as `then` gives"
        inference.report(Mismatch(values[odd], "`else`", wanted, types[odd], as_before=before))
        return UNKNOWN
    for value, found in zip(values, types, strict=True):
        inference.widen(value, found, joined)
    return joined


def list_literal(node: ListLiteral, state: State, inference: Inference) -> Type:
    types = [inference.infer(part, state) for part in node.items]
    if computed_maps.is_wrong(node, inference):
        return ListOf(UNKNOWN, len(node.items))
    item = together(types)
    if item is None:
        odd, before = odd_one(types)
        role, wanted = "an item of this list", f"{spelled(before)}, as the items before"
        inference.report(Mismatch(node.items[odd], role, wanted, types[odd], as_before=before))
        return ListOf(UNKNOWN, len(node.items))
    for part, found in zip(node.items, types, strict=True):
        inference.widen(part, found, item)
    return ListOf(item, len(node.items))


def comprehension(node: Comprehension, state: State, inference: Inference) -> Type:
    source = inference.list_of(node.source, state, "`for`")
    if node.variable in state.names:
        inference.report(DefinedTwice(node, node.variable, state.names[node.variable].node))
    symbol = Symbol(node.variable, "item", UNKNOWN if source is None else source.item, node)
    inner = state.define(symbol)
    if node.condition is not None:
        inference.expect(node.condition, Wanted(BOOL, "the condition of `if`"), inner)
        inner = assume(node.condition, True, inner, inference.facts)
    item = inference.infer(node.item, inner)
    return UNKNOWN if source is None else ListOf(item, source.at_most)


def record(node: RecordLiteral, state: State, inference: Inference) -> Type:
    """A record, or a map where a map is spread: then nobody knows its fields, only what they hold."""
    found: dict[str, Member] = {}
    values: list[Type] = []
    _repeated(node, inference)
    for entry in node.entries:
        if isinstance(entry, Entry):
            found[entry.name] = Member(entry.name, inference.infer(entry.value, state))
            continue
        spread = inference.present(entry.value, state, "`...`")
        fields = members(spread)
        if isinstance(spread, MapOf):
            values.append(spread.value)
        elif fields is None:
            inference.refuse(entry.value, "`...`", "a record or a map", spread)
            return UNKNOWN
        found |= {name: Member(name, member.type) for name, member in (fields or {}).items()}
    return _map(node, found, values, inference) if values else Record(tuple(found.values()))


def _map(node: RecordLiteral, fields: dict[str, Member], values: list[Type], inference: Inference) -> Type:
    types = [*values, *(member.type for member in fields.values())]
    value = together(types)
    if value is None:
        odd, before = odd_one(types)
        role = "a value beside the map that is spread here"
        inference.report(Mismatch(node, role, spelled(before), types[odd], as_before=before))
        return UNKNOWN
    for entry in node.entries:
        found_type = inference.facts.type_of(entry.value)
        inference.widen(entry.value, found_type, value if isinstance(entry, Entry) else MapOf(value))
    return MapOf(value)


def _repeated(node: RecordLiteral, inference: Inference) -> None:
    seen: dict[str, Entry] = {}
    for entry in node.entries:
        if isinstance(entry, Entry):
            if entry.name in seen:
                inference.report(DefinedTwice(entry, entry.name, seen[entry.name]))
            seen.setdefault(entry.name, entry)


def expect_list(node: ListLiteral, wanted: Wanted, state: State, inference: Inference) -> Type | None:
    target = structure(required(wanted.type))
    if target == JSON:
        for item in node.items:
            inference.expect(item, Wanted(JSON, wanted.role, wanted.declared), state)
        return JSON
    if not isinstance(target, ListOf):
        return expect_messages(node, wanted, state, inference)
    for item in node.items:
        inference.expect(item, Wanted(target.item, f"an item of {wanted.role}", wanted.declared), state)
    if target.at_most is not None and len(node.items) > target.at_most:
        reason = f"it holds {len(node.items)} items"
        found = ListOf(target.item, len(node.items))
        inference.report(Mismatch(node, wanted.role, spelled(target), found, reason, wanted.declared))
    return ListOf(target.item, len(node.items))


def expect_conditional(node: Conditional, wanted: Wanted, state: State, inference: Inference) -> Type | None:
    inference.expect(node.condition, Wanted(BOOL, "the condition of `if`"), state)
    then = inference.expect(node.then, wanted, assume(node.condition, True, state, inference.facts))
    otherwise = inference.expect(node.otherwise, wanted, assume(node.condition, False, state, inference.facts))
    joined = join(then, otherwise)
    return wanted.type if joined is None else joined


def expect_record(node: RecordLiteral, wanted: Wanted, state: State, inference: Inference) -> Type | None:
    """Field by field, when all fields are written out."""
    target = structure(required(wanted.type))
    if isinstance(target, UnionOf):
        target = structure(_chosen(node, target))
    if any(isinstance(entry, Spread) for entry in node.entries):
        return None
    if target == JSON or isinstance(target, MapOf):
        return _expect_map(node, target, wanted, state, inference)
    if not isinstance(target, Record):
        return None
    _repeated(node, inference)
    fields = members(target) or {}
    given = {entry.name: entry for entry in node.entries if isinstance(entry, Entry)}
    for name, entry in given.items():
        if name in fields:
            _expect_field(entry.value, fields[name], wanted, state, inference)
        else:
            inference.infer(entry.value, state)
            inference.report(UnknownField(entry, name, target, tuple(fields)))
    _missing(node, set(given), target, wanted, inference)
    if given.keys() <= fields.keys():
        inference.widen(node, Record(tuple(fields[name] for name in given)), target)
    return target


def _expect_map(node: RecordLiteral, target: Type, wanted: Wanted, state: State, inference: Inference) -> Type:
    """Of a map or of json: each value is one of its own."""
    _repeated(node, inference)
    for entry in node.entries:
        if isinstance(entry, Entry):
            value = target.value if isinstance(target, MapOf) else JSON
            inference.expect(entry.value, Wanted(value, f"field `{entry.name}`", wanted.declared), state)
    return target


def _expect_field(value: Expression, member: Member, wanted: Wanted, state: State, inference: Inference) -> None:
    part = Wanted(member.type, f"field `{member.name}`", wanted.declared)
    if member.declared is None:
        inference.expect(value, part, state)
    else:
        expect_constant(value, member.declared, part, state, inference)


def _missing(node: RecordLiteral, given: set[str], target: Record, wanted: Wanted, inference: Inference) -> None:
    unknown = given - {member.name for member in target.members}
    absent = [
        f"`{member.name}`"
        for member in target.members
        if member.name not in given and member.required and not isinstance(member.type, OptionalOf)
    ]
    if absent and not unknown:
        reason = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing"
        inference.report(Mismatch(node, wanted.role, spelled(target), target, reason, wanted.declared))


def _chosen(node: RecordLiteral, union: UnionOf) -> Type:
    """The record of a union that this literal means: the one whose telling field has the text written here."""
    field = discriminator(union)
    written = {entry.name: entry.value for entry in node.entries if isinstance(entry, Entry)}.get(field or "")
    if isinstance(written, Literal) and isinstance(written.value, str):
        for option in alternatives(union):
            member = (members(option) or {}).get(field or "")
            if member is not None and isinstance(member.type, Enum) and written.value in member.type.values:
                return option
    return union
