"""Types of names, fields, items and slices. What a condition told about a path goes before its declared type."""

from dsl.ast.expressions import Expression, Get, Index, Literal, Name, Slice, Unary
from dsl.semantics import budget_left, config, events, of_run
from dsl.semantics.findings import TOLD_APART, Mismatch, NoValue, UnknownField, UnknownName, WrongKind, no_value
from dsl.semantics.fit import misfit
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import Path, State, place_by_name
from dsl.semantics.together import together
from dsl.semantics.types import (
    FILE,
    FILE_MEMBERS,
    INT,
    JSON,
    MIXED,
    NEVER,
    NOTHING,
    NULL,
    TEXT,
    UNKNOWN,
    Basic,
    Enum,
    ListOf,
    MapOf,
    OptionalOf,
    Record,
    Type,
    UnionOf,
    members,
    optional,
    required,
    structure,
)
from dsl.semantics.unions import alternatives, shared_member
from dsl.semantics.widening import changes


def path_of(expression: Expression) -> Path | None:
    """`a.b[0].c` or `a[i]` as a path; None for anything but a name with fields and items at such places below it."""
    below: list[str] = []
    while isinstance(expression, Get | Index):
        if isinstance(expression, Get):
            below.append(expression.name)
        elif (place := _place(expression.index)) is not None:
            below.append(place)
        else:
            return None
        expression = expression.subject
    return (expression.name, *reversed(below)) if isinstance(expression, Name) else None


def _place(index: Expression) -> str | None:
    """`[0]`, `["key"]` and `[name]`, which no field is called."""
    if isinstance(index, Name):
        return place_by_name(index.name)
    if isinstance(index, Literal) and isinstance(index.value, str):
        return f'["{index.value}"]'
    whole = _whole(index)
    return None if whole is None else f"[{whole}]"


def name(node: Name, state: State, inference: Inference) -> Type:
    symbol = state.names.get(node.name)
    if symbol is None:
        _unknown(node, tuple(state.names), inference)
        return UNKNOWN
    inference.facts.symbols[id(node)] = symbol
    if node.name in state.versions:
        inference.facts.versions[id(node)] = state.versions[node.name]
    inference.facts.used.add(id(symbol.node))
    if node.name in state.unassigned:
        inference.report(NoValue(node, node.name, symbol.node, "unassigned"))
        return symbol.type
    refined = state.refined.get((node.name,), symbol.type)
    return refined if refined != NEVER else _there(symbol.type)


def _unknown(node: Name, known: tuple[str, ...], inference: Inference) -> None:
    defined = inference.defined.get(node.name)
    if defined is not None:
        inference.facts.used.add(id(defined))
        inference.report(no_value(node, node.name, defined))
        return
    declarations = inference.facts.declarations
    if node.name in declarations.constants:
        return  # that stands for nothing, which is told where it is declared
    if node.name in declarations.configs:
        inference.report(config.not_here(node, node.name))
        return
    declared = declarations.kind_of(node.name)
    if declared is not None:
        inference.report(WrongKind(node, node.name, f"a {declared[0]}", "a value", declared[1]))
    elif not inference.quiet and node.name not in declarations.lost:
        inference.report(UnknownName(node, "name", node.name, (*known, *declarations.constants, *declarations.configs)))


def get(node: Get, state: State, inference: Inference) -> Type:
    if _is_callee(node, state, inference):
        return UNKNOWN
    if budget_left.is_budget(node, state, inference):
        return budget_left.field_of(node, state, inference)
    if of_run.is_run(node, state, inference):
        return _known(node, of_run.field_of(node, inference), state, inference)
    if node.optional:
        subject = inference.infer(node.subject, state)
    else:
        subject = inference.present(node.subject, state, f"`.{node.name}`")
    found = _field(node, subject, inference)
    return _known(
        node, optional(found) if node.optional and isinstance(subject, OptionalOf) else found, state, inference
    )


def _known(node: Get | Index, found: Type, state: State, inference: Inference) -> Type:
    """`found`, or what a condition told. That may have been of a wider type, before its record was known better."""
    path = path_of(node)
    if path is None or path not in state.refined:
        return found
    refined = state.refined[path]
    if refined == NEVER:
        return _there(found)
    if misfit(required(found), required(refined)) is None:
        inference.widen(node, required(found), required(refined))
    return refined


def _there(declared: Type) -> Type:
    """Of what is null and is asked not to be, so where nobody comes: as it is declared. Nothing is wrong there."""
    found = required(declared)
    return found if found != NULL else UNKNOWN


def _is_callee(node: Get, state: State, inference: Inference) -> bool:
    """`crm.read` used as a value, where `crm` is no name of the flow."""
    path = path_of(node)
    if path is None or path[0] in state.names or path[0] in inference.defined:
        return False
    signature = inference.facts.declarations.callees.get(".".join(path))
    if signature is None:
        return False
    inference.report(WrongKind(node, signature.name, f"a {signature.kind}", "a value", signature.node))
    return True


def _field(node: Get, subject: Type, inference: Inference) -> Type:
    bare = structure(subject.item if isinstance(subject, OptionalOf) else subject)
    if bare == FILE:
        bare = Record(FILE_MEMBERS)
    if bare in (UNKNOWN, JSON):
        return bare if node.optional else _of_json(node.subject, bare, f"`.{node.name}`", inference)
    if bare == NULL:
        return NULL if node.optional else UNKNOWN
    if isinstance(bare, UnionOf):
        return _shared_field(node, bare, inference)
    fields = members(bare)
    if fields is not None and node.name in fields:
        return fields[node.name].type
    if (envelope := events.of_envelope(node, inference)) is not None:
        return envelope
    if bare == NOTHING:
        inference.report(Mismatch(node.subject, f"`.{node.name}`", "a record", bare, "it has no value"))
    else:
        shown = subject.item if isinstance(subject, OptionalOf) else subject
        inference.report(UnknownField(node, node.name, shown, tuple(fields or ())))
    return UNKNOWN


def _of_json(subject: Expression, found: Type, role: str, inference: Inference) -> Type:
    """What is in a value of `json`. Of one that is only `json` because it is not told apart yet, nobody has said that
    it may not be there."""
    if isinstance(found, Basic) and found.mixed:
        inference.report(Mismatch(subject, role, TOLD_APART, found))
        return UNKNOWN
    return found


def _shared_field(node: Get, union: UnionOf, inference: Inference) -> Type:
    found = shared_member(union, node.name)
    if found is None and (envelope := events.of_envelope(node, inference)) is not None:
        return envelope
    if found is None:
        known = [list(members(option) or ()) for option in alternatives(union)]
        shared = [field for field in (known[0] if known else []) if all(field in fields for fields in known)]
        inference.report(UnknownField(node, node.name, union, tuple(shared)))
        return UNKNOWN
    joined = together(found, filling=False)
    common = MIXED if joined is None else joined
    for type_ in found:
        if changes(type_, common):
            inference.widen(node, type_, common)
            break
    return common


def index(node: Index, state: State, inference: Inference) -> Type:
    subject = inference.present(node.subject, state, "`[ ]`")
    match subject:
        case ListOf(item=item):
            inference.expect(node.index, Wanted(INT, "the position in a list"), state)
            return _known(node, item, state, inference)
        case MapOf(value=value):
            inference.expect(node.index, Wanted(TEXT, "the key of a map"), state)
            return _known(node, value, state, inference)
    inference.infer(node.index, state)
    if subject == JSON:
        return _of_json(node.subject, subject, "`[ ]`", inference)
    inference.refuse(node.subject, "`[ ]`", "a list or a map", subject)
    return UNKNOWN


def slice_of(node: Slice, state: State, inference: Inference) -> Type:
    subject = inference.present(node.subject, state, "`[ : ]`")
    for bound in (node.start, node.stop):
        if bound is not None:
            inference.expect(bound, Wanted(INT, "the bound of a slice"), state)
    if isinstance(subject, ListOf):
        sizes = [size for size in (subject.at_most, _slice_bound(node)) if size is not None]
        return ListOf(subject.item, min(sizes) if sizes else None)
    if subject == TEXT or isinstance(subject, Enum):
        return TEXT
    inference.refuse(node.subject, "`[ : ]`", "a list or a text", subject)
    return UNKNOWN


def _slice_bound(node: Slice) -> int | None:
    """The largest size of a slice whose bounds are written as numbers."""
    start = 0 if node.start is None else _whole(node.start)
    if start is not None and start < 0:
        return -start
    stop = None if node.stop is None else _whole(node.stop)
    return None if start is None or stop is None or stop < 0 else max(0, stop - start)


def _whole(expression: Expression) -> int | None:
    if isinstance(expression, Unary) and expression.operator == "-":
        inner = _whole(expression.operand)
        return None if inner is None else -inner
    value = expression.value if isinstance(expression, Literal) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
