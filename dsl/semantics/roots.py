"""One finding for each mistake: of several that are about one name, one field or one declaration, the first is told.

A type that was declared wrongly does not fit wherever it is used, and a name that was written wrongly once is missed at
each of its uses. What is left out is kept beside the finding that is told, so that a message can show the other places.
"""

from collections.abc import Callable, Iterator
from typing import Any

from dsl.ast.expressions import Get, Name
from dsl.ast.statements import Var
from dsl.semantics.facts import Facts
from dsl.semantics.findings import BadArgument, Finding, Mismatch, UnknownField, UnknownName, WrongKind
from dsl.semantics.types import spelled

Keys = Callable[[Any, Facts], Iterator[object]]


def one_for_each(facts: Facts) -> None:
    """Leave of the findings the first about each root."""
    first: dict[object, Finding] = {}
    kept: list[Finding] = []
    for finding in facts.findings:
        rule = _KEYS.get(type(finding))
        keys = list(rule(finding, facts)) if rule else []
        earlier = next((first[key] for key in keys if key in first), None)
        if earlier is None:
            kept.append(finding)
        elif finding.node is not earlier.node:  # type: ignore[union-attr]
            facts.also.setdefault(id(earlier), []).append(finding.node)  # type: ignore[union-attr]
        for key in keys:
            first.setdefault(key, finding if earlier is None else earlier)
    facts.findings[:] = kept


def _unknown_name(found: UnknownName, facts: Facts) -> Iterator[object]:
    yield "name", "name" if found.kind == "var" else found.kind, found.name


def _unknown_field(found: UnknownField, facts: Facts) -> Iterator[object]:
    yield "field", spelled(found.type), found.name


def _wrong_kind(found: WrongKind, facts: Facts) -> Iterator[object]:
    yield "kind", found.name, found.wanted


def _bad_argument(found: BadArgument, facts: Facts) -> Iterator[object]:
    if found.reason in ("unknown", "missing"):
        yield "argument", found.callee, found.reason, found.name


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


_KEYS: dict[type, Keys] = {
    UnknownName: _unknown_name,
    UnknownField: _unknown_field,
    WrongKind: _wrong_kind,
    BadArgument: _bad_argument,
    Mismatch: _mismatch,
}
