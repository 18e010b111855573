"""What was read of one file, at its place among files that are linked."""

from collections.abc import Iterable

from dsl.ast.declarations import Module
from dsl.ast.node import walk
from dsl.dataclass import replace
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import NOWHERE, Span
from dsl.syntax.parse import Parsed


def moved(parsed: Parsed, by: int) -> Parsed:
    """`parsed` with all its places `by` characters further on. Its nodes are changed in place: nobody else has them."""
    if by == 0:
        return parsed
    _move_nodes(parsed.module, by)
    damage = tuple(_further(span, by) for span in parsed.damage)
    return Parsed(parsed.module, tuple(_diagnostics(parsed.diagnostics, by)), damage, parsed.lost)


def _move_nodes(module: Module, by: int) -> None:
    seen: set[int] = set()
    for node in walk(module):
        if id(node) not in seen and node.span != NOWHERE:
            seen.add(id(node))
            object.__setattr__(node, "span", _further(node.span, by))


def _diagnostics(diagnostics: Iterable[Diagnostic], by: int) -> Iterable[Diagnostic]:
    for each in diagnostics:
        secondary = tuple(_label(label, by) for label in each.secondary)
        fix = None if each.fix is None else Fix(_further(each.fix.span, by), each.fix.replacement)
        yield replace(each, primary=_label(each.primary, by), secondary=secondary, fix=fix)


def _label(label: Label, by: int) -> Label:
    return Label(_further(label.span, by), label.text)


def _further(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
