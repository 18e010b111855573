"""The writes that are certain to be made in a block, also in the flows that it calls, each with what it is given.

What is given is a number: two that have the same number are the same value (`gating.terms`, with what a parameter was
given in its place, and `alike` for what is written otherwise). One that is another in each turn or branch, or each time
that it is asked for, is `varying`: nothing in a called flow is the same in two calls of it but what follows from its
parameters.
"""

from collections.abc import Iterable, Iterator, Mapping

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.statements import Branch, BudgetBlock, Parallel, Statement, Step, Try
from dsl.ast.types import Field
from dsl.dataclass import dataclass
from dsl.semantics.alike import alike
from dsl.semantics.facts import Facts
from dsl.semantics.gating.terms import Term, Terms

DEEPEST = 5
"""Calls inside of each other that are followed."""
MOST = 200
"""Steps that are looked at for one block, with those of the flows that it calls."""
_TURNS = ("item", "key", "position")

Given = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Write:
    """`step` writes; `by` is the step of the block at hand that makes it, itself or in a flow that it calls."""

    tool: str
    given: tuple[tuple[str, int], ...]
    varying: bool
    step: Step
    by: Step


class Writes:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._terms: dict[int, Terms] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        self._varying: set[int] = set()
        self._left = MOST

    def of(
        self, statements: Iterable[Statement | Branch], flow: FlowDeclaration, inside: frozenset[int]
    ) -> list[Write]:
        """`inside` are the nodes that what varies stands in, by identity."""
        self._left = MOST
        place = _Place(flow, None, inside)
        return [
            Write(write.tool, write.given, write.varying, write.step, step)
            for step in certain(statements)
            for write in self._step(step, place, DEEPEST)
        ]

    def _step(self, step: Step, place: "_Place", deep: int) -> Iterator[Write]:
        self._left -= 1
        if self._left < 0:
            return
        signature = self._facts.callee_of(step.call)
        match None if signature is None else signature.node:
            case ToolDeclaration() as tool if _counts(tool) and step.call.arguments:
                given = self._given(step, tool.parameters, place)
                varying = any(number in self._varying for number in given.values())
                yield Write(tool.name, tuple(sorted(given.items())), varying, step, step)
            case FlowDeclaration() as flow if deep and not step.detached:
                inner = _Place(flow, self._given(step, flow.parameters, place), frozenset())
                for each in certain(flow.body.statements):
                    yield from self._step(each, inner, deep - 1)
            case _:
                return

    def _given(self, step: Step, parameters: tuple[Field, ...], place: "_Place") -> dict[str, int]:
        arguments = self._facts.arguments_of(step.call)
        values = {field.name: arguments.get(field.name, field.default) for field in parameters}
        return {name: self._value(value, place) for name, value in values.items() if value is not None}

    def _value(self, value: Expression, place: "_Place") -> int:
        terms = self._terms.get(id(place.flow))
        if terms is None:
            terms = self._terms[id(place.flow)] = Terms(place.flow, self._facts)
        return self._number(terms.of(value), place)

    def _number(self, term: Term, place: "_Place") -> int:
        known = place.known.get(id(term))
        if known is None:
            known = place.known[id(term)] = self._made(term, place)
        return known

    def _made(self, term: Term, place: "_Place") -> int:
        name = getattr(term.node, "name", None)
        if term.kind == "root" and term.parts[1] == "parameter" and place.given is not None:
            return place.given.get(str(name), self._numbered(("default", place.flow.name, name)))
        parts = [self._number(part, place) if isinstance(part, Term) else repr(part) for part in term.parts]
        own = ("config", name) if term.kind == "root" and term.parts[1] == "config" else (term.kind, *parts)
        same = alike(term, lambda part: self._number(part, place), self._facts)
        number = same if isinstance(same, int) else self._numbered(same or own)
        below = any(part in self._varying for part in parts if isinstance(part, int))
        if below or self._is_varying(term, place):
            self._varying.add(number)
        return number

    def _is_varying(self, term: Term, place: "_Place") -> bool:
        if term.kind == "fresh":
            return True
        if term.kind in _TURNS:
            return place.given is not None or term.parts[1] in place.inside
        if term.kind == "run":
            return place.given is not None
        return term.kind == "root" and (
            term.parts[0] in place.inside or (place.given is not None and term.parts[1] != "config")
        )

    def _numbered(self, own: tuple[object, ...]) -> int:
        return self._numbers.setdefault(own, len(self._numbers))


class _Place:
    """Where a value stands: in a flow, whose parameters were `given` something where it is called."""

    def __init__(self, flow: FlowDeclaration, given: Given | None, inside: frozenset[int]) -> None:
        self.flow, self.given, self.inside = flow, given, inside
        self.known: dict[int, int] = {}


def certain(statements: Iterable[Node]) -> Iterator[Step]:
    """The steps that are made whenever the block is done to its end; none that waits for a lock."""
    for each in statements:
        match each:
            case Step():
                yield each
            case Try(body=body) | BudgetBlock(body=body) | Branch(body=body):
                yield from certain(body.statements)
            case Parallel(first=None, branches=branches):
                yield from certain(branches)
            case _:
                pass


def _counts(tool: ToolDeclaration) -> bool:
    return tool.effect.kind in ("write", "irreversible") and tool.exclusive is None
