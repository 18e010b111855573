"""What the check found out about values and the run could only guess, written into the definition.

Conversions stand where a value becomes one of another type: `Widen` where it fits, `Convert` where the text calls a
type. So an expression means the same in an argument, an undo, a list or a result, in the run and beside a stored value.
"""

from dataclasses import dataclass, replace
from typing import Any

from dsl.ast.expressions import Argument, Convert, DurationLiteral, FunctionCall, Widen
from dsl.ast.node import Node
from dsl.ast.rewrite import Change, rewrite
from dsl.ast.types import NamedType
from dsl.semantics.facts import Facts
from dsl.semantics.widening import written


@dataclass(frozen=True, slots=True)
class Elaboration:
    facts: Facts

    def of(self, node: Any, original: Node, change: Change) -> Any:
        """`node`, whose parts are elaborated already. `change` is what is done to every node of the definition: the
        defaults in a type that is written here need it too."""
        if isinstance(node, FunctionCall):
            node = self._called(node, original)
        for type_ in self.facts.conversions.get(id(original), ()):
            target = rewrite(written(type_, self.facts.declarations.types), change)
            node = Widen(node, target, span=original.span)
        return node

    def _called(self, node: FunctionCall, original: Node) -> Any:
        cast = self.facts.casts.get(id(original))
        if cast is not None:
            given = {each.name: each.value for each in node.arguments}
            value = next(value for name, value in given.items() if name != cast.otherwise)
            return Convert(value, NamedType(cast.type), given.get(cast.otherwise), span=original.span)
        if id(original) in self.facts.sums_of_durations:
            start = Argument("start", DurationLiteral(0))
            return replace(node, arguments=(*node.arguments, start))
        return node
