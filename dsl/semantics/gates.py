"""Which approval opens the gate of which irreversible call: data flow from what people saw to what is done.

A call is gated by an approval when it is reached only where that approval is known to hold, when each of its arguments
is a constant, was shown, or was answered in that one approval, and when it runs once for it, or once for each item of a
list that was shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import (
    DurationLiteral,
    Expression,
    FunctionCall,
    ListLiteral,
    Literal,
    Name,
    RecordLiteral,
    Template,
    Unary,
)
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call, For, Let, ParallelFor, Step
from dsl.semantics.facts import Facts, Moment
from dsl.semantics.gate_wording import worded
from dsl.semantics.nodes import by_class
from dsl.semantics.origins import is_settled, origin, origins, rounds_of
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import ApprovalOf, Enum

MOST_FOLLOWED = 60
"""How many uses of a `let` are looked through in the arguments of one call."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an approval does not open the gate of a call; `node` is the text that is concerned, `argument` its name."""

    reason: OneOf["not approved", "approved by timeout", "not shown", "changed since", "runs more than once"]
    node: Node
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One irreversible call against one approval; it is open when nothing stands in the way."""

    step: Step
    approval: AwaitApproval
    obstacles: tuple[Obstacle, ...]


def gates(flow: FlowDeclaration, facts: Facts) -> dict[str, tuple[Call, ...]]:
    """The irreversible calls that each approval of `flow` gates, by the approval's name, in source order.

    Their arguments are worded so that they can be evaluated where the approval stands, apart from what it answers.
    """
    found: dict[str, list[Call]] = {}
    for step in ungated(flow, facts):
        gate = next((gate for gate in candidates(step, facts) if not gate.obstacles), None)
        if gate is not None:
            found.setdefault(gate.approval.name, []).append(worded(gate.step, gate.approval, facts))
    return {name: tuple(calls) for name, calls in found.items()}


def ungated(flow: FlowDeclaration, facts: Facts) -> Iterator[Step]:
    """The steps of a flow that need a gate: those on irreversible tools that do not say why they go without."""
    for step in by_class(flow).get(Step, ()):
        if isinstance(step, Step) and step.without_approval is None:
            signature = facts.callee_of(step.call)
            tool = None if signature is None else signature.node
            if isinstance(tool, ToolDeclaration) and tool.effect.kind == "irreversible":
                yield step


def candidates(step: Step, facts: Facts) -> list[Gate]:
    """Every approval that has come to an end where `step` stands, the most promising first."""
    moment = facts.moment_of(step)
    if moment is None:
        return []
    symbols = [symbol for symbol in moment.state.names.values() if isinstance(symbol.node, AwaitApproval)]
    tried = [_Trial(step, symbol, moment, facts).gate() for symbol in symbols]
    return sorted(tried, key=lambda gate: (len(gate.obstacles), -gate.approval.span.start))


class _Trial:
    """One call against one approval."""

    def __init__(self, step: Step, symbol: Symbol, moment: Moment, facts: Facts) -> None:
        assert isinstance(symbol.node, AwaitApproval)
        asked = facts.moment_of(symbol.node)
        assert asked is not None
        self._step, self._symbol, self._facts = step, symbol, facts
        self._approval: AwaitApproval = symbol.node
        self._asked, self._now = asked, moment
        self._followed = 0
        self._shown = shown_by(self._approval)
        self._shown_origins = [found for each in self._shown if (found := origin(each, facts)) is not None]

    def gate(self) -> Gate:
        return Gate(self._step, self._approval, (*self._decision(), *self._arguments(), *self._rounds()))

    def _decision(self) -> Iterator[Obstacle]:
        name, state = self._symbol.name, self._now.state
        if not state.truths.get((name, "approved")):
            yield Obstacle("not approved", self._step)
        by_timeout = isinstance(self._symbol.type, ApprovalOf) and self._symbol.type.by_timeout
        if by_timeout and state.refined.get((name, "outcome")) != Enum(("approved",)):
            yield Obstacle("approved by timeout", next(s for s in self._approval.stages if s.outcome == "approve"))

    def _arguments(self) -> Iterator[Obstacle]:
        for name, value in self._facts.arguments_of(self._step.call).items():
            part = self._uncovered(value)
            if part is not None:
                yield Obstacle("changed since" if self._was_shown(part) else "not shown", part, name)

    def _uncovered(self, value: Expression) -> Expression | None:
        """The first part of an argument that people neither saw nor answered."""
        if self._was_shown(value) and self._is_unchanged(value):
            return None
        match value:
            case Literal() | DurationLiteral() | Unary(operand=Literal()):
                return None
            case Template(parts=parts) | ListLiteral(items=parts):
                return self._first_uncovered(parts)
            case RecordLiteral(entries=entries):
                return self._first_uncovered(tuple(entry.value for entry in entries))
            case Name() if (given := self._given(value)) is not None:
                return None if self._uncovered(given) is None else value
            case _:
                return value

    def _first_uncovered(self, parts: tuple[Expression, ...]) -> Expression | None:
        return next((found for part in parts if (found := self._uncovered(part)) is not None), None)

    def _given(self, name: Name) -> Expression | None:
        """What a `let` was given, when it still means the same. What is too large to be shown in full was not shown."""
        self._followed += 1
        if self._followed > MOST_FOLLOWED:
            return None
        symbol = self._facts.symbol_of(name)
        let = None if symbol is None else symbol.node
        return let.value if isinstance(let, Let) and is_settled(let.value, self._facts) else None

    def _was_shown(self, value: Expression) -> bool:
        found = origins(value, self._facts)
        if not found:
            return _is_pure(value) and value in self._shown and self._means_the_same(value)
        if found[0][0] == id(self._approval):
            return True
        return any(one[: len(shown)] == shown for one in found for shown in self._shown_origins)

    def _is_unchanged(self, value: Expression) -> bool:
        asked, now = self._asked.state.versions, self._now.state.versions
        return all(asked.get(name) == now.get(name) for name in _names(value))

    def _means_the_same(self, value: Expression) -> bool:
        """Equal texts mean the same only where their names do."""
        asked, now = self._asked.state.names, self._now.state.names
        return all(asked.get(name) is now.get(name) for name in _names(value))

    def _rounds(self) -> Iterator[Obstacle]:
        arguments = self._facts.arguments_of(self._step.call).values()
        items = {round_ for value in arguments for round_ in rounds_of(value, self._facts)}
        for round_ in self._now.iterations[len(self._asked.iterations) :]:
            over_list = isinstance(round_, For | ParallelFor) and self._was_shown(round_.source)
            if not over_list or id(round_) not in items:
                yield Obstacle("runs more than once", round_)
                return


def shown_by(approval: AwaitApproval) -> tuple[Expression, ...]:
    """What people see: the shown values, and those in the text of the question."""
    question = approval.question
    parts = question.parts if isinstance(question, Template) else (question,)
    return (*approval.show, *(part for part in parts if not isinstance(part, Literal)))


def _names(value: Expression) -> Iterator[str]:
    return (node.name for node in by_class(value).get(Name, ()) if isinstance(node, Name))


def _is_pure(value: Expression) -> bool:
    calls = by_class(value).get(FunctionCall, ())
    return not any(isinstance(call, FunctionCall) and call.function in ("now", "uuid") for call in calls)
