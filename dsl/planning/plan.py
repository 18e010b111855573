"""The plan of one flow, for who decides whether it may run: what it comes to, whom it asks, which line costs most."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from dsl.analysis import Analysis
from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.expressions import Expression, Get, Name
from dsl.ast.node import Node, children, walk
from dsl.ast.people import ChosenGroup, Stage
from dsl.dataclass import dataclass, replace
from dsl.planning.amounts import Amounts
from dsl.planning.history import EXECUTION, EXECUTION_BYTES
from dsl.planning.plans import Plans
from dsl.semantics.chosen_groups import as_written, possible
from dsl.source import Span

Price = Callable[[str], Decimal | None]
"""The most that one token of a model costs, in US dollars; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a flow calls, and how often: `usual` where nothing goes wrong, None where the text does not say."""

    name: str
    what: str
    effect: str
    usual: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to people, in the words of the text: whom, and until when. Where data chooses a group, `groups` has
    the words that say which, and all that it may be."""

    name: str
    line: int
    stages: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Dearest:
    """The line that adds most of something, and how much less there were without it."""

    of: str
    line: int
    text: str
    share: int | Decimal | None
    span: Span


@dataclass(frozen=True)
class Plan:
    """`usual` is what it comes to where nothing goes wrong, `most` its upper bound; `executions` those of the run
    itself. What a list of the input adds is in `each_item`, by the text of the list: for one item more, where nothing
    goes wrong, and at most in `each_item_most`."""

    flow: str
    hash: str | None
    usual: Amounts
    most: Amounts
    executions: int | None
    called: tuple[Called, ...]
    asked: tuple[Asked, ...]
    each_item: Mapping[str, Amounts]
    each_item_most: Mapping[str, Amounts]
    dearest: tuple[Dearest, ...]


class Planner:
    """Plans flows of one analysis. `input`: what the flow is given, where that is known."""

    def __init__(self, analysis: Analysis, price: Price, input: Mapping[str, Any] | None = None) -> None:
        self._analysis = analysis
        self._price = price
        self._input = input

    def plan(self, name: str) -> Plan:
        flow = next(each for each in self._analysis.flows if each.name == name)
        lengths = dict(self._lengths(flow))
        usual, most = (self._reckoned(name, rough=rough, lengths=lengths) for rough in (False, True))
        return Plan(
            name,
            None,
            usual,
            most,
            executions(most),
            tuple(self._called(usual, most)),
            tuple(self._asked(flow)),
            self._each_item(flow, lengths, rough=False),
            self._each_item(flow, lengths, rough=True),
            tuple(self._dearest(flow, most, lengths)),
        )

    def most(self, name: str) -> Amounts:
        """Only its upper bound: what `plan` has as `most`."""
        flow = next(each for each in self._analysis.flows if each.name == name)
        return self._reckoned(name, rough=True, lengths=dict(self._lengths(flow)))

    # -- numbers

    def _reckoned(self, name: str, *, rough: bool, lengths: Mapping[int, int], without: Node | None = None) -> Amounts:
        plans = Plans(self._analysis.facts, self._analysis.program.graph, rough=rough, lengths=lengths, without=without)
        plans.of(name)
        found = plans.inside[name]
        return replace(found, usd=self._money(found))

    def _money(self, found: Amounts) -> Decimal | None:
        """What the models cost follows from their tokens, where no budget says less."""
        dearest = self._dearest_token
        if found.tokens is None or found.charges is None or dearest is None:
            return found.usd
        reckoned = found.tokens * dearest + found.charges
        return reckoned if found.usd is None else min(found.usd, reckoned)

    @cached_property
    def _dearest_token(self) -> Decimal | None:
        agents = (each for each in self._analysis.module.declarations if isinstance(each, AgentDeclaration))
        prices = [self._price(model) for agent in agents for model in agent.models]
        return max((price for price in prices if price is not None), default=Decimal(0)) if None not in prices else None

    # -- what is known of the input

    def _lengths(self, flow: FlowDeclaration) -> Iterator[tuple[int, int]]:
        for source in _sources(flow):
            given = None if self._input is None else _given(source, self._input)
            if isinstance(given, list):
                yield id(source), len(given)

    def _each_item(self, flow: FlowDeclaration, lengths: Mapping[int, int], *, rough: bool) -> dict[str, Amounts]:
        """The difference that one item more makes."""
        found = {}
        for source in _sources(flow):
            if id(source) in lengths:
                continue
            none, one = (
                self._reckoned(flow.name, rough=rough, lengths={**lengths, id(source): count}) for count in (0, 1)
            )
            found[self._text(source.span)] = _difference(one, none)
        return found

    # -- whom and what

    def _called(self, usual: Amounts, most: Amounts) -> Iterator[Called]:
        declared = {each.name: each for each in self._analysis.module.declarations if hasattr(each, "name")}
        for name, number in most.by_name.items():
            node = declared[name]
            what = {ToolDeclaration: "tool", AgentDeclaration: "agent", FlowDeclaration: "flow"}[type(node)]
            effect = node.effect.kind if isinstance(node, ToolDeclaration) else ""
            yield Called(name, what, effect, usual.by_name.get(name, 0), number)

    def _asked(self, flow: FlowDeclaration) -> Iterator[Asked]:
        for node in self._reached(flow):
            match node:
                case ast.AwaitApproval(name=name, stages=stages):
                    yield self._question(name, node, stages)
                case Use(target=name, gate=stages) if stages:
                    yield self._question(name, node, stages)
                case ast.Loop() | ast.BudgetBlock() | AgentDeclaration() | FlowDeclaration() if node.asks:
                    yield self._question("more", node, node.asks)

    def _question(self, name: str, node: Node, stages: tuple[Stage, ...]) -> Asked:
        groups = {
            self._text(whom.value.span): possible(whom, self._analysis.facts)
            for stage in stages
            for whom in stage.whom
            if isinstance(whom, ChosenGroup) and as_written(whom) is None
        }
        said = tuple(self._text(stage.span) for stage in stages)
        return Asked(name, self._line(node.span), said, tuple(groups.items()))

    def _reached(self, flow: FlowDeclaration) -> Iterator[Any]:
        graph, seen = self._analysis.program.graph, [flow.name]
        for name in seen:
            yield from walk(graph.flows.get(name) or graph.agents[name])
            seen += [each for each in graph.direct.get(name, {}) if each not in seen]

    def _dearest(self, flow: FlowDeclaration, most: Amounts, lengths: Mapping[int, int]) -> Iterator[Dearest]:
        """The line that comes to most by itself, as often as it is gone through; and how much less there is without it,
        so that budgets around it, and what is done instead, count as they are."""
        plans = Plans(self._analysis.facts, self._analysis.program.graph, rough=True, lengths=lengths)
        plans.of(flow.name)
        lines = [(line, plans.alone[id(line)].times(often)) for line, often in _lines(plans, flow.body, 1)]
        waiting = list(_waiting(plans, flow.body, 1))
        for of in ("requests", "tokens", "usd", "calls", "time", "events"):
            whole = getattr(most, of)
            among: list[tuple[Node, Amounts]] = [*lines, *(waiting if of == "time" else ())]
            if whole == 0 or not among:
                continue
            for line, found in sorted(among, key=lambda each: _rank(getattr(each[1], of)), reverse=True)[:_LOOKED_AT]:
                share = None
                if whole is not None:
                    without = self._reckoned(flow.name, rough=True, lengths=lengths, without=line)
                    share = whole - (getattr(without, of) or 0)
                if (share is None and getattr(found, of) is None) or (share is not None and share > 0):
                    text = self._text(line.span).split("\n")[0]
                    yield Dearest(of, self._line(line.span), text, share, line.span)
                    break

    def _text(self, span: Span) -> str:
        return self._analysis.source.text[span.start : span.end]

    def _line(self, span: Span) -> int:
        source, start = self._analysis.source.at(span.start)
        return source.position(start).line


_LOOKED_AT = 4
"""Lines that are tried: without the first of them another may fill the same budget."""
Line: TypeAlias = "ast.Step | ast.AwaitApproval | ast.Sleep"


def _lines(plans: Plans, node: Node, often: int | None) -> Iterator[tuple[Line, int | None]]:
    """Those that come to something, and how often each is gone through."""
    if isinstance(node, ast.Step | ast.AwaitApproval | ast.Sleep):
        yield node, often
        return
    rounds = plans.rounds(node)
    inside = None if often is None or rounds is None else often * rounds
    for child in children(node):
        yield from _lines(plans, child, inside)


def _waiting(plans: Plans, node: Node, often: int | None) -> Iterator[tuple[Node, Amounts]]:
    """What waits besides: for an event, and loops that wait for their next round longer than one takes."""
    rounds = plans.rounds(node)
    inside = None if often is None or rounds is None else often * rounds
    if id(node) in plans.waits:
        yield node, Amounts(time=plans.waits[id(node)]).times(inside)
    for child in children(node):
        yield from _waiting(plans, child, inside)


def _rank(amount: int | Decimal | None) -> tuple[bool, int | Decimal]:
    """What has no bound is more than all that has one."""
    return amount is None, amount or 0


def executions(of: Amounts) -> int | None:
    """Of one run: it continues as new where its history has grown so far."""
    if of.events is None or of.size is None:
        return None
    return 1 + max(of.events // EXECUTION, of.size // EXECUTION_BYTES)


def _sources(flow: FlowDeclaration) -> list[Expression]:
    """Lists of the input that the flow goes through."""
    parameters = {parameter.name for parameter in flow.parameters}
    rounds = (node.source for node in walk(flow.body) if isinstance(node, ast.For | ast.ParallelFor))
    return [source for source in rounds if _root(source) in parameters]


def _root(source: Expression) -> str | None:
    while isinstance(source, Get):
        source = source.subject
    return source.name if isinstance(source, Name) else None


def _given(source: Expression, input: Mapping[str, Any]) -> Any:
    if isinstance(source, Name):
        return input.get(source.name)
    assert isinstance(source, Get)
    within = _given(source.subject, input)
    return within.get(source.name) if isinstance(within, dict) else None


def _difference(one: Amounts, none: Amounts) -> Amounts:
    def less(name: str) -> int | None:
        more, before = getattr(one, name), getattr(none, name)
        return None if more is None or before is None else more - before

    return Amounts(less("requests"), less("calls"), less("runs"), less("questions"), events=less("events"))
