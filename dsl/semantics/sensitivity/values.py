"""The mark of an expression as `provenance.values` makes it out, with what is sensitive by the types of what it reads.

`mask` is a way down: nothing of its value is left. So is leaving a field out, since marks know fields apart.
"""

from dsl.ast.declarations import FunctionDeclaration
from dsl.ast.expressions import Expression, FunctionCall, Name
from dsl.ast.types import Field
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.marks import NO_SOURCES, Given, Mark, joined, known
from dsl.semantics.provenance.values import Look, Values
from dsl.semantics.sensitivity.labels import label, labels
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import UNKNOWN

MASKED = ("value", "last")
"""The parameters of `mask`."""


def given(symbol: Symbol) -> Mark:
    """What a parameter brings with it, whatever it is given."""
    declared = symbol.node if isinstance(symbol.node, Field) else None
    return joined((Mark(frozenset({Given(symbol.name)})), labels(symbol.type))).and_(label(declared))


class Functions:
    """What declared functions give, each made out once for whatever its parameters are given."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._found: dict[int, Mark] = {}

    def of(self, node: FunctionDeclaration) -> Mark:
        if id(node) not in self._found:
            self._found[id(node)] = Mark()
            declared = self._facts.declarations.functions[node.name].returns
            value = SensitiveValues(self._facts, given, self).of(node.value)
            self._found[id(node)] = joined((value, labels(declared)))
        return self._found[id(node)]


class SensitiveValues(Values):
    """`look` is also asked for what an agent has `heard` in a step: the conversation that it had."""

    def __init__(self, facts: Facts, look: Look, functions: Functions) -> None:
        super().__init__(facts, look)
        self._functions = functions

    def of(self, node: Expression) -> Mark:
        return self._called(node) if isinstance(node, FunctionCall) else super().of(node)

    def _called(self, node: FunctionCall) -> Mark:
        signature = self._facts.callee_of(node)
        if signature is not None and isinstance(signature.node, FunctionDeclaration):
            arguments = {name: self.of(value) for name, value in self._facts.arguments_of(node).items()}
            return known(self._functions.of(signature.node), arguments)
        match node.function:
            case "mask":
                others = (each for at, each in enumerate(node.arguments) if (each.name or MASKED[at]) != "value")
                return Mark(NO_SOURCES.union(*(self.of(each.value).all() for each in others)))
            case "transcript":
                names = (each.value for each in node.arguments if isinstance(each.value, Name))
                symbols = (self._facts.symbol_of(name) for name in names)
                heard = (Symbol(each.name, "heard", each.type, each.node) for each in symbols if each is not None)
                return joined(self._look(each) for each in heard)
            case _:
                cast = self._facts.casts.get(id(node))
                declared = UNKNOWN if cast is None else self._facts.declarations.types.get(cast.type, UNKNOWN)
                return joined((super().of(node), labels(declared)))
