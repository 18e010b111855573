"""One finding for each mistake: of several that are about one name, one field or one declaration, the first is told.

A type that was declared wrongly does not fit wherever it is used, and a name that was written wrongly once is missed at
each of its uses. What is left out is kept beside the finding that is told, so that a message can show the other places.
"""

from collections.abc import Iterator

from dsl.ast.expressions import Get, Name
from dsl.ast.statements import Var
from dsl.semantics.facts import Facts
from dsl.semantics.findings import (
    BadArgument,
    InvalidType,
    MaybeNull,
    Mismatch,
    NoValue,
    UnknownField,
    UnknownName,
    WrongKind,
)
from dsl.semantics.origins import blamed, needed
from dsl.semantics.types import ApprovalOf, spelled
from dsl.source import Span

Rooted = UnknownName | UnknownField | WrongKind | BadArgument | Mismatch | MaybeNull | NoValue | InvalidType
"""What may be about the same as another one."""


def one_for_each(facts: Facts) -> None:
    """Leave of the findings the first about each root."""
    first: dict[object, Rooted] = {}
    # What stands where the text is in doubt is not told, so it must not stand for the others.
    begins = (Span(each.node.span.start, each.node.span.start) for each in facts.findings if isinstance(each, Rooted))
    doubtful = {span.start for span in begins if facts.damage.touches(span)}
    right = needed(facts)
    facts.findings[:] = [
        each
        for each in facts.findings
        if not isinstance(each, Rooted) or each.node.span.start in doubtful or _leads(each, first, right, facts)
    ]


def _leads(finding: Rooted, first: dict[object, Rooted], right: set[int], facts: Facts) -> bool:
    """Whether no earlier finding is about the same; else its place is kept beside that one."""
    keys = list(_keys(finding, facts))
    if isinstance(finding, Mismatch):
        keys += [("declared", id(node), to) for node, to in blamed(finding, facts) if id(node) not in right]
    earlier = next((first[key] for key in (*keys, *_follows(finding, facts)) if key in first), None)
    if earlier is not None and finding.node is not earlier.node:
        facts.also.setdefault(id(earlier), []).append(finding.node)
    for key in keys:
        first.setdefault(key, finding if earlier is None else earlier)
    return earlier is None


def _keys(found: Rooted, facts: Facts) -> Iterator[object]:
    """What a finding is about."""
    match found:
        case UnknownName():
            yield "name", "name" if found.kind == "var" else found.kind, found.name
            yield from _of_parameter(found, facts)
        case UnknownField():
            yield "field", spelled(found.type), found.name
        case WrongKind():
            yield "kind", found.name, found.wanted
        case BadArgument(reason="unknown" | "missing"):
            yield "argument", found.callee, found.reason, found.name
        case Mismatch():
            yield from _mismatch(found, facts)
        case NoValue():
            yield "no value", found.name, id(found.defined), found.reason
        case MaybeNull():
            yield from _maybe_null(found, facts)
        case InvalidType():
            yield "declared wrongly", id(found.node)


def _follows(found: Rooted, facts: Facts) -> Iterator[object]:
    """What else, told of before, explains a finding."""
    if isinstance(found, Mismatch):
        for declared, _ in blamed(found, facts):
            yield "declared wrongly", id(declared)


def _of_parameter(found: UnknownName, facts: Facts) -> Iterator[object]:
    """A parameter that was misspelt where it is declared is missed inside and by those who call."""
    for each in facts.declarations.callees.values():
        if each.node.span.start <= found.node.span.start < each.node.span.end:
            yield "argument", each.name, "unknown", found.name


def _maybe_null(found: MaybeNull, facts: Facts) -> Iterator[object]:
    """What nobody answered is nothing wherever it is used."""
    if isinstance(found.node, Get) and isinstance(facts.type_of(found.node.subject), ApprovalOf):
        yield "answer", id(facts.symbol_of(found.node.subject) or found.node), found.node.name


def _mismatch(found: Mismatch, facts: Facts) -> Iterator[object]:
    yield "words", found.role, found.wanted, spelled(found.found), found.reason
    if found.declared is not None and found.role.startswith("argument"):
        yield "declared", id(found.declared), spelled(found.found)
    for node in (found.node, found.beside):
        if isinstance(node, Get):
            yield "of", spelled(facts.type_of(node.subject)), node.name, found.wanted, spelled(found.found)
    yield from _of_var(found, facts)


def _of_var(found: Mismatch, facts: Facts) -> Iterator[object]:
    """A `var` that holds what was first put in: of the wrong type, that fits nowhere behind it."""
    for node in (found.node, found.beside, found.declared):
        symbol = facts.symbol_of(node) if isinstance(node, Name) else None
        var = node if isinstance(node, Var) else None if symbol is None else symbol.node
        if isinstance(var, Var) and var.type is None:
            yield "var", id(var)
