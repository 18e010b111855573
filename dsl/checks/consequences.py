"""What follows from a mistake that is told already is not told as another one.

Where the text could not be read as it stands, what is found there may be right or wrong: only the mistake is told. In a
flow that holds one, the order of its statements may be another than it seems; in another declaration, what it says in
all.
"""

from bisect import bisect_right
from collections.abc import Iterable

from dsl.ast.budgets import ChosenLimit
from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Get
from dsl.ast.node import Node
from dsl.ast.statements import Arm, AwaitApproval, Match, Set
from dsl.checks.program import Program
from dsl.dataclass import replace
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.regex import regex
from dsl.semantics.findings import (
    DefinedTwice,
    InvalidType,
    MaybeNull,
    UnknownField,
    UnknownName,
    Unreachable,
    WrongKind,
)
from dsl.semantics.types import ApprovalOf
from dsl.source import Damage, Span
from dsl.syntax.words import STATEMENTS

_OF_THE_ORDER = ("SF103", "SF305", "SF50", "SF601", "SF602", "SF603", "SF605")
"""What depends on which statements stand where."""
_WORDS = tuple(word.lower() for word in STATEMENTS)
_CLOSING = regex(r"[\s)\]}]*")
_OF_THE_FILE = ("SF106",)
_OF_WHAT_IS_LEFT_OVER = ("SF608",)
"""A mistake elsewhere may be why it is named nowhere."""
_IDLE = ("SF603", "SF610", "SF611")
_OF_A_SIGN = "each side of"
"""What a sign takes, of which it is told that it means nothing."""
_OF_SHARES = ("SF307",)
"""What depends on how much may be spent by agents, which may have run into what could not be read."""
_OF_APPROVALS = ("SF501",)
_OF_CONDITIONS = ("SF202", "SF501")
"""What depends on what a condition told."""
_OF_CLASSES = ("SF70",)
"""What may go where: who sees what may be said in what could not be read."""
_OF_EFFECTS = ("SF109", "SF40", "SF50", "SF603")


def said(found: Iterable[Diagnostic], program: Program) -> Iterable[Diagnostic]:
    """Without what follows from damage of the text, or from names that stand for nothing."""
    found = list(found)
    if program.facts.damage.spans or any(each.severity == "error" for each in found):
        found = [each for each in found if not each.code.startswith(_OF_WHAT_IS_LEFT_OVER)]
    missed = list(program.facts.found(UnknownName))
    if any(each.kind in ("tool, agent or flow", "name") for each in missed):
        found = [each for each in found if not each.code.startswith(_OF_THE_FILE)]
    flows = [flow.span for flow in program.facts.all(FlowDeclaration)]
    missing = [each.node.span.start for each in missed]
    found = _without(found, (*_OF_APPROVALS, "SF109"), flows, missing)
    found = _one_for_each_approval(_behind(found, _OF_CONDITIONS, flows, _conditions(program)), program)
    found = _of_the_unreachable(found, program)
    twice = [each.node.span.start for each in program.facts.found(DefinedTwice)]
    named = [each.node.span.start for each in missed if each.kind in ("name", "var")]
    found = _set_by_a_call(found, program)
    limits = [each.node for each in program.facts.found(InvalidType) if isinstance(each.node, ChosenLimit)]
    found = [each for each in found if each.code != "SF305" or not limits]
    unknown = [each.node.span for each in missed if each.kind == "function"]
    found = [each for each in found if each.code != "SF107" or not _within(each.primary.span, unknown)]
    found = _with_the_missing(found, _renamed(flows, twice, named), set(named))
    damage = program.facts.damage
    if not damage.spans:
        return found
    found = [each for each in found if not each.code.startswith(_OF_CLASSES)]
    damaged = _Damaged(program)
    half = _half_read(program)
    return (
        each
        for each in found
        if not damage.touches(each.primary.span)
        and not damaged.hides(each)
        and each.primary.span not in half
        and not (each.message.startswith(_OF_A_SIGN) and damage.touches(_with_its_edges(each.primary.span)))
    )


def _within(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _with_its_edges(span: Span) -> Span:
    """`span` with the blanks around it."""
    return Span(max(0, span.start - 1), span.end + 1)


def _half_read(program: Program) -> set[Span]:
    """Names that are not whole: one that has run into the next word, where the text cannot be read on, and one whose
    declaration has run into what stood behind its name."""
    damaged = [each.name for each in program.facts.declarations.callees.values() if each.damaged]
    half = set()
    for found in program.facts.findings:
        if isinstance(found, UnknownName | UnknownField):
            place = program.word(found.node, found.name)
            declared = any(each.startswith(found.name) for each in damaged)
            if declared or (found.name.endswith(_WORDS) and program.facts.damage.touches(_on(place, program))):
                half.add(place)
    return half


def _on(place: Span, program: Program) -> Span:
    """From a place to the next word behind it."""
    behind = _CLOSING.match(program.source.text, place.end)
    assert behind is not None, "nothing at all is one too"
    return Span(place.end, behind.end())


def _conditions(program: Program) -> list[int]:
    """Where conditions end that hold a mistake, so that what they tell is not known."""
    facts = program.facts
    asked = (*(arm.condition for arm in facts.all(Arm)), *(node.subject for node in facts.all(Match)))
    conditions = Damage(sorted((node.span for node in asked), key=lambda span: span.start))
    wrong = [found.node.span for found in facts.findings if isinstance(found, UnknownName | UnknownField)]
    return [span.end for span in (*wrong, *facts.damage.spans) if conditions.touches(span)]


def _behind(
    found: Iterable[Diagnostic], codes: tuple[str, ...], flows: list[Span], places: list[int]
) -> list[Diagnostic]:
    """Without what has these codes and stands behind one of `places` in its flow."""
    hurt = Damage(Span(place, flow.end) for flow in flows for place in places if _holds(flow, place))
    return [each for each in found if not each.code.startswith(codes) or not hurt.touches(each.primary.span)]


def _one_for_each_approval(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """A call that is reached without its approval uses an answer that may be none: it is told with the call."""
    facts = program.facts
    answers = [each.node for each in facts.found(MaybeNull) if isinstance(each.node, Get)]
    of_approvals = {program.place(node) for node in answers if isinstance(facts.type_of(node.subject), ApprovalOf)}
    flows = [flow.span for flow in facts.all(FlowDeclaration)]
    called = [each.primary.span.start for each in found if each.code == "SF501"]
    hurt = Damage(flow for flow in flows if _count(flow, called))
    return [
        each
        for each in found
        if each.code != "SF202" or each.primary.span not in of_approvals or not hurt.touches(each.primary.span)
    ]


def _of_the_unreachable(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """Of what is never reached that is told, and not which names have no value there; or another mistake in it."""
    dead = [each.node.span for each in program.facts.found(Unreachable)]
    if not dead:
        return found
    whole = Damage(dead)
    found = [each for each in found if each.code != "SF103" or not whole.touches(each.primary.span)]
    wrong = [each.primary.span.start for each in found if each.severity == "error" and each.code != "SF601"]
    told = {program.place(each.node) for each in program.facts.found(Unreachable) if _count(each.node.span, wrong) == 0}
    return [each for each in found if each.code != "SF601" or each.primary.span in told]


def _renamed(flows: list[Span], twice: list[int], missing: list[int]) -> list[Span]:
    """The flows in which each name that is missing may be one of those that are called like another: where more are
    missing, some are mistakes of their own."""
    return [flow for flow in flows if _count(flow, missing) <= _count(flow, twice)] if twice else []


def _set_by_a_call(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """Of `set x = tool(…)` it is told that it is a step, and not also that there is no such `var`."""
    called = {id(each.node) for each in program.facts.found(WrongKind)}
    sets = [Span(each.span.start, each.value.span.start) for each in program.facts.all(Set) if id(each.value) in called]
    if not sets:
        return found
    heads = Damage(sorted(sets, key=lambda span: span.start))
    return [each for each in found if each.code != "SF101" or not heads.touches(each.primary.span)]


def _with_the_missing(found: list[Diagnostic], flows: list[Span], missing: set[int]) -> list[Diagnostic]:
    """Names that are missing in these flows are shown beside the name that is there twice: one mistake, if it is one,
    and both places where it is two."""
    kept: list[Diagnostic] = []
    shown: dict[Span, list[Span]] = {}
    for each in found:
        start = each.primary.span.start
        flow = next((flow for flow in flows if _holds(flow, start)), None)
        of_name = each.code == "SF101" and start in missing
        if flow is None or not (of_name or each.code == "SF103"):
            kept.append(each)
        elif of_name:
            shown.setdefault(flow, []).append(each.primary.span)
    for flow, spans in shown.items():
        at = max(
            (at for at, each in enumerate(kept) if each.code == "SF102" and _holds(flow, each.primary.span.start)),
            default=None,
        )
        if at is not None:
            labels = tuple(Label(span, "which name is this?") for span in spans)
            kept[at] = replace(kept[at], secondary=(*kept[at].secondary, *labels))
    return kept


def _holds(flow: Span, place: int) -> bool:
    return flow.start <= place < flow.end


def _count(flow: Span, places: list[int]) -> int:
    return sum(_holds(flow, place) for place in places)


def without_idle_warnings(found: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """That nobody uses a name, and what a condition comes to, is said of a declaration without errors: what is to use
    it, or what it asks, may be what is wrong."""
    errors = [each.primary.span.start for each in found if each.severity == "error"]
    return _without(found, _IDLE, [each.span for each in program.facts.module.declarations], errors)


def _without(
    found: Iterable[Diagnostic], codes: tuple[str, ...], flows: list[Span], places: list[int]
) -> list[Diagnostic]:
    """Without what has these codes in a flow that holds one of `places`."""
    if not places:
        return list(found)
    hurt = Damage(flow for flow in flows if _count(flow, places))
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
        damage = program.facts.damage
        self._first = damage.spans[0].start
        asking = (node.span for node in program.facts.all(AwaitApproval) if damage.touches(node.span))
        self._asking = Damage(asking)
        flows = [node.span for node in nodes if isinstance(node, FlowDeclaration)]
        self._beside_flows = not all(_within(span, flows) for span in damage.spans)
        self._tools = any(isinstance(nodes[at], ToolDeclaration) for at in self._hurt if nodes)

    def hides(self, each: Diagnostic) -> bool:
        if each.code.startswith(_OF_THE_FILE) or (self._tools and each.code.startswith(_OF_EFFECTS)):
            return True
        if self._beside_flows and each.code.startswith(_OF_SHARES):
            return True
        at = max(0, bisect_right(self._starts, each.primary.span.start) - 1)
        if at not in self._hurt or not self._nodes:
            return False
        if each.code == "SF604" and self._blocks:
            return True
        if each.code == "SF302" and self._asking.touches(each.primary.span):
            return True
        if each.code in _OF_CONDITIONS and self._blocks and each.primary.span.start > self._first:
            return True
        return not isinstance(self._nodes[at], FlowDeclaration) or each.code.startswith(_OF_THE_ORDER)
