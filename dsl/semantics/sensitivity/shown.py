"""What is shown to whom: the places where something leaves a flow or an agent, with what it depends on."""

from collections.abc import Iterator, Mapping

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.marks import NO_SOURCES, Mark, Sensitive, Sources, joined
from dsl.semantics.sensitivity.labels import label, labels
from dsl.semantics.sensitivity.values import Functions, SensitiveValues
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import Member

Side = ToolDeclaration | AgentDeclaration | FlowDeclaration | AwaitApproval | Use
"""Who is shown something: a tool, a model, the reader of what a run says, or the people of an approval or a gate."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`node` shows to `side`, which `sees` these classes, what depends on `sources`. One that is `reached` does so by
    being carried out at all."""

    node: Node
    side: Side
    sees: frozenset[str]
    sources: Sources
    reached: bool = False


class Tools:
    """What tools are given, and what they answer."""

    def __init__(self, facts: Facts, functions: Functions) -> None:
        self._facts, self._functions = facts, functions

    def _parameters(self, tool: ToolDeclaration) -> tuple[Member, ...]:
        signature = self._facts.declarations.callees.get(tool.name)
        return () if signature is None or signature.node is not tool else signature.parameters

    def taken(self, tool: ToolDeclaration) -> Sources:
        """What is sensitive by the parameters of the tool itself."""
        members = self._parameters(tool)
        return NO_SOURCES.union(*(labels(each.type).all() | label(each.declared) for each in members))

    def sees(self, tool: ToolDeclaration) -> frozenset[str]:
        """With what it takes: that it does not say that it sees that, is said of its declaration, once."""
        taken = (each.class_ for each in self.taken(tool) if isinstance(each, Sensitive))
        return frozenset((*tool.sees, *tool.keeps, *taken))

    def answer(self, tool: ToolDeclaration, given: Mapping[str, Mark]) -> Mark:
        """What it was given may stand in each part of its answer, unless it keeps that to itself; so in its errors."""
        every = NO_SOURCES.union(self.taken(tool), *(mark.all() for mark in given.values()))
        return Mark(every).without(frozenset(tool.keeps))

    def afterwards(self, tool: ToolDeclaration, given: Mapping[str, Mark]) -> Iterator[Shown]:
        """What those are given that undo a call of it, or find out whether it took effect."""
        values = self._within(tool, given, self.answer(tool, given))
        undoes = tool.compensate.calls if tool.compensate is not None else ()
        verifies = (tool.verify.call,) if tool.verify is not None and tool.verify.call is not None else ()
        for call in (*undoes, *verifies):
            yield from self.given(call, values)

    def lock(self, tool: ToolDeclaration, by: Expression, given: Mapping[str, Mark]) -> Sources:
        """What the lock is called by that a call of it waits for."""
        return self._within(tool, given, Mark()).of(by).all()

    def _within(self, tool: ToolDeclaration, given: Mapping[str, Mark], result: Mark) -> SensitiveValues:
        """What expressions of its own declaration are worth in a call."""

        def look(symbol: Symbol) -> Mark:
            mark = {"result": result, "parameter": given.get(symbol.name, Mark())}.get(symbol.kind, Mark())
            declared = next((each.declared for each in self._parameters(tool) if each.name == symbol.name), None)
            return joined((mark, labels(symbol.type))).and_(label(declared))

        return SensitiveValues(self._facts, look, self._functions)

    def given(self, call: Call, values: SensitiveValues) -> Iterator[Shown]:
        """What is given to a tool that undoes or verifies."""
        signature = self._facts.callee_of(call)
        if signature is not None and isinstance(signature.node, ToolDeclaration):
            for value in self._facts.arguments_of(call).values():
                yield Shown(value, signature.node, self.sees(signature.node), values.of(value).all())
