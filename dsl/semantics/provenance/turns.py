"""What is another one in each turn of a round, by identity: what stands in it, and the vars that are set there."""

from dsl.ast import statements as ast
from dsl.ast.expressions import Name
from dsl.ast.node import Node, children
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class

NO_NODES: frozenset[int] = frozenset()

Rounds = ast.For | ast.ParallelFor | ast.Loop


class Turns:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[int, frozenset[int]] = {}

    def of(self, round_: Rounds) -> frozenset[int]:
        found = self._known.get(id(round_))
        if found is None:
            inside = [node for nodes in by_class(round_).values() for node in nodes]
            set_ = (self._facts.symbol_of(node) for node in inside if isinstance(node, ast.Set))
            inner = frozenset(id(node) for node in inside) | {id(symbol.node) for symbol in set_ if symbol is not None}
            found = self._known[id(round_)] = inner
        return found

    def defines(self, value: Node, left_out: Node | None) -> frozenset[int]:
        """What defines the names that are read, apart from those in parts that equal `left_out`."""
        if value == left_out:
            return NO_NODES
        if isinstance(value, Name):
            symbol = self._facts.symbol_of(value)
            return NO_NODES if symbol is None else frozenset({id(symbol.node)})
        return NO_NODES.union(*(self.defines(child, left_out) for child in children(value)))
