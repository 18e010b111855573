"""What follows from a mistake that is told already is not told as another one.

Where the text could not be read as it stands, what is found there may be right or wrong: only the mistake is told. In a
flow that holds one, the order of its statements may be another than it seems; in another declaration, what it says in
all.
"""

from bisect import bisect_right
from collections.abc import Iterable

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.node import Node
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import DefinedTwice, UnknownName
from dsl.source import Damage, Span

_OF_THE_ORDER = ("SF103", "SF305", "SF50", "SF601", "SF602", "SF603", "SF605")
"""What depends on which statements stand where."""
_OF_THE_FILE = ("SF106",)
_OF_APPROVALS = ("SF501",)
_OF_EFFECTS = ("SF109", "SF40", "SF50", "SF603")


def said(found: Iterable[Diagnostic], program: Program) -> Iterable[Diagnostic]:
    """Without what follows from damage of the text, or from names that stand for nothing."""
    missed = list(program.facts.found(UnknownName))
    if any(each.kind == "tool, agent or flow" for each in missed):
        found = [each for each in found if not each.code.startswith(_OF_THE_FILE)]
    flows = [flow.span for flow in program.facts.all(FlowDeclaration)]
    missing = [each.node.span.start for each in missed]
    found = _without(found, _OF_APPROVALS, flows, missing)
    twice = [each.node.span.start for each in program.facts.found(DefinedTwice)]
    found = _without(found, ("SF101", "SF103"), _renamed(flows, twice, missing), twice)
    damage = program.facts.damage
    if not damage.spans:
        return found
    damaged = _Damaged(program)
    return (each for each in found if not damage.touches(each.primary.span) and not damaged.hides(each))


def _renamed(flows: list[Span], twice: list[int], missing: list[int]) -> list[Span]:
    """The flows in which each name that is missing may be one of those that are called like another: where more are
    missing, some are mistakes of their own."""
    return [flow for flow in flows if _count(flow, missing) <= _count(flow, twice)] if twice else []


def _count(flow: Span, places: list[int]) -> int:
    return sum(flow.start <= place <= flow.end for place in places)


def without_idle_warnings(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """That nobody uses a name is said of a flow without errors: what is to use it may be what is wrong."""
    errors = [each.primary.span.start for each in found if each.severity == "error"]
    return _without(found, ("SF603",), [flow.span for flow in program.facts.all(FlowDeclaration)], errors)


def _without(
    found: Iterable[Diagnostic], codes: tuple[str, ...], flows: list[Span], places: list[int]
) -> list[Diagnostic]:
    """Without what has these codes in a flow that holds one of `places`."""
    if not places:
        return list(found)
    hurt = Damage(flow for flow in flows if any(flow.start <= place <= flow.end for place in places))
    return [each for each in found if not each.code.startswith(codes) or not hurt.touches(each.primary.span)]


def one_at_a_place(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Of the errors about one stretch of text the first, in the order of their codes: a name before its type. A warning
    follows from no other, so each is told, where nothing is wrong.
    """
    errors: dict[Span, Diagnostic] = {}
    kept = list(found)
    for each in kept:
        if each.severity == "error":
            errors.setdefault(each.primary.span, each)
    return list(dict.fromkeys(each for each in kept if errors.get(each.primary.span, each) is each))


class _Damaged:
    """The declarations that hold damage. One goes on to where the next begins, as far as its end is not known."""

    def __init__(self, program: Program) -> None:
        nodes: list[Node] = sorted(program.facts.module.declarations, key=lambda node: node.span.start)
        self._starts = [node.span.start for node in nodes]
        self._nodes = nodes
        self._hurt = {
            max(0, bisect_right(self._starts, place) - 1)
            for span in program.facts.damage.spans
            for place in (span.start, span.end)
        }
        text = program.source.text
        self._blocks = any({"{", "}"} & set(text[each.start : each.end]) for each in program.facts.damage.spans)
        self._tools = any(isinstance(nodes[at], ToolDeclaration) for at in self._hurt if nodes)

    def hides(self, each: Diagnostic) -> bool:
        if each.code.startswith(_OF_THE_FILE) or (self._tools and each.code.startswith(_OF_EFFECTS)):
            return True
        at = max(0, bisect_right(self._starts, each.primary.span.start) - 1)
        if at not in self._hurt or not self._nodes:
            return False
        if each.code == "SF604" and self._blocks:
            return True
        return not isinstance(self._nodes[at], FlowDeclaration) or each.code.startswith(_OF_THE_ORDER)
