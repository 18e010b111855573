"""Which approval opens the gate of which irreversible call: data flow from what people saw to what is done.

An approval opens the gate of a call when

1. the call is reached only where a person is known to have approved;
2. each of its arguments is covered (`readings.py`): it means the same as it did when it was shown, or was answered;
3. all items that its arguments take out of lists lie on one way: the longest chain begins with each other one. So they
   belong to one item, with what stands around it, and people saw them together: never `pays[0].amount` beside
   `pays[1].to`, never two rounds over one list;
4. every round between the approval and the call is a `for` or `parallel for` whose item is a link of that chain.

Why no call is made that the question did not list, and none twice for one approval: a call site is reached at most once
in each turn of the rounds around it. Those between approval and call are links of one chain (4), and each gives every
item of its list at most once, filtered or not; so a turn of all of them is one place in what was shown, a place is
visited once, and by (2) and (3) it settles the arguments. The question goes through the same rounds (`wording.py`).
What surrounds the approval too makes a new question in each turn, whose answer is gone before the next one.

Where this cannot tell, the gate stays closed. What a condition between the two leaves out is listed and not done.
"""

from collections.abc import Iterator
from typing import Literal as OneOf

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Conditional, Expression, ListLiteral, Name, RecordLiteral, Template
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, For, GatedCall, ParallelFor, Step
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts, Moment
from dsl.semantics.gating.entrance import entrance
from dsl.semantics.gating.readings import Chain, Readings
from dsl.semantics.gating.terms import Rounds, Terms
from dsl.semantics.gating.wording import source_of, worded
from dsl.semantics.nodes import of_class
from dsl.semantics.state import State
from dsl.semantics.symbols import Signature, Symbol
from dsl.semantics.types import ApprovalOf, Enum


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an approval does not open the gate of a call. `node` is the text that is concerned, `argument` its name; of
    two arguments that do not belong together, `other` is the second."""

    reason: OneOf["not approved", "approved by timeout", "not shown", "changed since", "not together", "more than once"]
    node: Node
    argument: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One irreversible call against one approval. `gate` is what the question says of it; None when something stands
    in the way."""

    step: Step
    approval: AwaitApproval
    obstacles: tuple[Obstacle, ...]
    gate: GatedCall | None


def gates(flow: FlowDeclaration, facts: Facts) -> dict[str, tuple[GatedCall, ...]]:
    """The irreversible calls that each approval of `flow` opens, by the approval's name, in source order."""
    found: dict[str, list[GatedCall]] = {}
    for _, tried in ungated(flow, facts):
        for each in tried:
            if each.gate is not None:
                found.setdefault(each.approval.name, []).append(each.gate)
    return {name: tuple(calls) for name, calls in found.items()}


def ungated(flow: FlowDeclaration, facts: Facts) -> Iterator[tuple[Step, list[Candidate]]]:
    """The steps of a flow that need a gate, those on irreversible tools and on flows that require approval that do not
    say why they go without, and that the approval of the flow itself does not cover; each with the latest approval that
    opens it, or with all that have come to an end there, the most promising first."""
    steps = [step for step in of_class(flow, Step) if _needs_gate(step, facts)]
    if not steps:
        return
    terms, approved = Terms(flow, facts), entrance(flow, facts)
    for step in steps:
        moment = facts.moment_of(step)
        if moment is not None:
            found = _candidates(step, moment, facts, terms)
            opened = bool(found) and found[0].gate is not None
            if opened or approved is None or _Entered(step, approved, moment, facts, terms).result().gate is None:
                yield step, found


def _candidates(step: Step, moment: Moment, facts: Facts, terms: Terms) -> list[Candidate]:
    names = moment.state.names
    approved = [names[name] for name in _approved(moment.state)]
    tried = _tried(step, approved, moment, facts, terms)
    if not tried or tried[-1].gate is None:  # what stands in the way of those that do not hold is said too
        others = [each for name, each in names.items() if _is_approval(each) and name not in {a.name for a in approved}]
        tried += _tried(step, others, moment, facts, terms)
    opening = [each for each in tried if each.gate is not None]
    return opening or sorted(tried, key=lambda each: (len(each.obstacles), -each.approval.span.start))


def _approved(state: State) -> list[str]:
    """The approvals of which it is known there that they were approved; only these open anything."""
    told = [path for path, truth in state.truths.items() if truth and path[1:] == ("approved",)]
    return [path[0] for path in told if path[0] in state.names and _is_approval(state.names[path[0]])]


def _is_approval(symbol: Symbol) -> bool:
    return isinstance(symbol.node, AwaitApproval)


def _approval(symbol: Symbol) -> AwaitApproval:
    assert isinstance(symbol.node, AwaitApproval)
    return symbol.node


def _tried(step: Step, approvals: list[Symbol], moment: Moment, facts: Facts, terms: Terms) -> list[Candidate]:
    """From the latest approval back to the first one that opens the gate."""
    tried: list[Candidate] = []
    for symbol in sorted(approvals, key=lambda each: -each.node.span.start):
        tried.append(_Trial(step, symbol, moment, facts, terms).result())
        if tried[-1].gate is not None:
            break
    return tried


def seen_in_approvals(step: Step, flow: FlowDeclaration, facts: Facts) -> frozenset[str]:
    """The arguments of a call of any kind that people have seen, or answered, in an approval that holds there."""
    moment = facts.moment_of(step)
    if moment is None:
        return frozenset()
    found: set[str] = set()
    approved = [moment.state.names[name] for name in _approved(moment.state)]
    if not approved:
        return frozenset()
    for tried in _tried(step, approved, moment, facts, Terms(flow, facts)):
        missing = {each.argument for each in tried.obstacles}
        if not any(each.reason in ("not approved", "approved by timeout") for each in tried.obstacles):
            found |= facts.arguments_of(step.call).keys() - missing
    return frozenset(found)


def approved_before(step: Step, facts: Facts) -> list[AwaitApproval]:
    """The approvals that are known to be approved where a call of any kind begins: the latest first."""
    moment = facts.moment_of(step)
    found = [] if moment is None else [_approval(moment.state.names[name]) for name in _approved(moment.state)]
    return sorted(found, key=lambda node: -node.span.start)


def _needs_gate(step: Step, facts: Facts) -> bool:
    signature = facts.callee_of(step.call)
    return step.without_approval is None and signature is not None and needs_approval(signature)


def needs_approval(signature: Signature) -> bool:
    """Whether people approve each call of it."""
    match signature.node:
        case ToolDeclaration(effect=effect):
            return effect.kind == "irreversible"
        case FlowDeclaration(requires_approval=required):
            return required
        case _:
            return False


class _Trial:
    """One call against one approval."""

    def __init__(self, step: Step, symbol: Symbol, moment: Moment, facts: Facts, terms: Terms) -> None:
        self._approval = _approval(symbol)
        asked = facts.moment_of(self._approval)
        assert asked is not None
        self._step, self._symbol, self._now, self._facts, self._terms = step, symbol, moment, facts, terms
        self._between = moment.iterations[len(asked.iterations) :]
        self._inner = tuple(each for each in self._between if isinstance(each, Rounds))
        self._readings = Readings(self._approval, self._inner, facts, terms)
        self._arguments = facts.arguments_of(step.call)

    def result(self) -> Candidate:
        obstacles = (*self._decision(), *self._uncovered())
        if not obstacles:
            obstacles = tuple(self._chosen())
        gate = None if obstacles else worded(self._step, self._arguments, self._inner, self._readings, self._terms)
        return Candidate(self._step, self._approval, obstacles, gate)

    def _decision(self) -> Iterator[Obstacle]:
        name, state = self._symbol.name, self._now.state
        if not state.truths.get((name, "approved")):
            yield Obstacle("not approved", self._step)
        by_timeout = isinstance(self._symbol.type, ApprovalOf) and self._symbol.type.by_timeout
        if by_timeout and state.refined.get((name, "outcome")) != Enum(("approved",)):
            yield Obstacle("approved by timeout", next(s for s in self._approval.stages if s.outcome == "approve"))

    def _uncovered(self) -> Iterator[Obstacle]:
        for name, value in self._arguments.items():
            if not self._is_covered(value):
                part = self._smallest(value)
                yield Obstacle("changed since" if self._changed(part) else "not shown", part, name)

    def _is_covered(self, value: Expression) -> bool:
        term = self._terms.of(value)
        return self._readings.covered(term) is not None and self._readings.said(term) is not None

    def _smallest(self, value: Expression) -> Expression:
        """The first part of an argument that people neither saw nor answered."""
        match value:
            case Template(parts=parts) | ListLiteral(items=parts):
                return self._first(value, parts)
            case RecordLiteral(entries=entries):
                return self._first(value, tuple(entry.value for entry in entries))
            case Conditional(then=then, otherwise=otherwise):
                return self._first(value, (then, otherwise))
            case _:
                return value

    def _first(self, value: Expression, parts: tuple[Expression, ...]) -> Expression:
        return next((self._smallest(part) for part in parts if not self._is_covered(part)), value)

    def _changed(self, part: Node) -> bool:
        """Whether it reads a `var`, or goes over one, whose value was shown and may have been set since."""
        for name in of_class(part, Name):
            symbol = self._facts.symbol_of(name)
            if symbol is not None:
                if symbol.kind == "var" and self._readings.is_outdated(self._terms.of(name)):
                    return True
                match symbol.node:
                    case For() | ParallelFor() if symbol.kind == "item" and self._changed(symbol.node.source):
                        return True
        return False

    def _chosen(self) -> Iterator[Obstacle]:
        longest: Chain = ()
        holder = ""
        for name, chain in self._chains():
            if chain != longest[: len(chain)] and longest != chain[: len(longest)]:
                yield Obstacle("not together", self._arguments[name], name, holder)
                return
            if len(chain) > len(longest):
                longest, holder = chain, name
        for round_ in self._between:
            if not isinstance(round_, For | ParallelFor) or self._terms.item(round_) not in longest:
                yield Obstacle("more than once", round_)
                return
            if source_of(round_, self._readings, self._terms) is None:
                yield Obstacle("not shown", round_.source, holder)
                return

    def _chains(self) -> Iterator[tuple[str, Chain]]:
        for name, value in self._arguments.items():
            chains = self._readings.covered(self._terms.of(value))
            assert chains is not None
            yield from ((name, chain) for chain in sorted(chains, key=len))


class _Entered(_Trial):
    """A call against the approval of the flow that it stands in: whoever runs the flow has it."""

    def _decision(self) -> Iterator[Obstacle]:
        return iter(())
