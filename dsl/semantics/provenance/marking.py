"""What is kept while the marks of a flow are made out; by which rules stands in `flow.py`."""

from collections.abc import Iterable

from dsl.ast import statements as ast
from dsl.ast.chosen import chosen_by
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.statements import Block
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class
from dsl.semantics.provenance.around import Around, Asked, Called, Summary
from dsl.semantics.provenance.marks import NO_SOURCES, Given, Mark, Sources, joined
from dsl.semantics.provenance.turns import Turns
from dsl.semantics.provenance.values import Values
from dsl.semantics.symbols import Symbol

Key = tuple[int, str]
"""What defines a name, and what else it is that marks are kept of: the leaves of a loop, the failing of a block."""


class Marking:
    """One flow. `summaries` are those of all flows, by identity, as far as they are known; `varying` the parameters,
    with their flows, that are not given the same wherever these are called."""

    def __init__(
        self, flow: FlowDeclaration, facts: Facts, summaries: dict[int, Summary], varying: frozenset[tuple[int, str]]
    ) -> None:
        self.of, self._facts, self._summaries, self._varying = flow, facts, summaries, varying
        self._marks: dict[Key, Mark] = {}
        self._depths: dict[int, int] = {}
        self._values = self._values_here()
        self._turns = Turns(facts)
        self._many_returns = len(by_class(flow).get(ast.Return, ())) > 1
        self._grown: bool
        self.asked: list[Asked] = []
        self.called: list[Called] = []

    def _values_here(self) -> Values:
        return Values(self._facts, self._look)

    def settle(self) -> bool:
        """Walk until nothing grows any more; whether anything has."""
        grown = False
        while self._walk():
            grown = True
        return grown

    def _walk(self) -> bool:
        self._grown, self.asked, self.called = False, [], []
        self._limits(() if self.of.budget is None else chosen_by(self.of.budget), Around(catching=(self.of,)))
        self._block(self.of.body, Around(catching=(self.of,)))
        self._grow_summary(self._summaries[id(self.of)])
        return self._grown

    def _grow_summary(self, summary: Summary) -> None:
        """It grows with the marks alone."""
        summary.returns, summary.failing = self._mark(self.of, "returns"), self._mark(self.of, "failing").sources

    def _block(self, block: Block, around: Around) -> None:
        raise NotImplementedError(type(self).__name__)

    # -- marks

    def _look(self, symbol: Symbol) -> Mark:
        if symbol.kind == "parameter":
            return Mark(frozenset({Given(symbol.name)}))
        return self._mark(symbol.node, symbol.kind)

    def _mark(self, node: Node, kind: str) -> Mark:
        return self._marks.get((id(node), kind), _EMPTY)

    def _grow(self, node: Node, kind: str, mark: Mark) -> None:
        before = self._mark(node, kind)
        after = joined((before, mark))
        if after != before:
            self._marks[id(node), kind] = after
            self._grown = True

    def _read(self, value: Expression, around: Around) -> Mark:
        """The mark of a value that is worked out here, where that may fail."""
        found = self._values.of(value)
        self._may_fail(found.all(), around)
        return found

    def _limits(self, chosen: Iterable[Expression], around: Around) -> Sources:
        """Limits that are worked out: how often something is done, and how long it is waited for."""
        return NO_SOURCES.union(*(self._read(value, around).all() for value in chosen))

    def _may_fail(self, sources: Sources, around: Around) -> None:
        for node in around.catching:
            if not sources <= self._mark(node, "failing").sources:
                self._grow(node, "failing", Mark(sources))


_EMPTY = Mark()
