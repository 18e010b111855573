"""What an agent is shown, and what its model may tell others: all that it has seen, to all that it uses.

A model sees its instructions and its prompt, which tools it is offered, what comes of its calls, and the conversation
that it goes on with. Whatever it writes then may hold all of that: the arguments of its calls, which people see at a
gate, and its answer. What is said to it while it works (`dsl tell`) is what a person wrote, and nobody declared it.
"""

from dsl.ast.chosen import chosen_by, chosen_in_stages
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Summarise, ToolDeclaration, Use
from dsl.ast.expressions import Expression
from dsl.ast.people import FromData
from dsl.ast.types import Field
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.around import REACHED, Called, Summary
from dsl.semantics.provenance.marks import NO_SOURCES, Given, Mark, Sources, joined, known
from dsl.semantics.sensitivity.labels import labels
from dsl.semantics.sensitivity.shown import Shown, Tools
from dsl.semantics.sensitivity.values import Functions, SensitiveValues, given
from dsl.semantics.symbols import Signature, Symbol

TALK = "@talk"
"""Stands among the parameters of an agent for the conversation that it goes on with."""


class AgentLabels:
    """One agent. Its summary `returns` what its model has seen."""

    def __init__(
        self, agent: AgentDeclaration, facts: Facts, summaries: dict[int, Summary], tools: Tools, functions: Functions
    ) -> None:
        self.of, self._facts, self._summaries, self._tools = agent, facts, summaries, tools
        self._functions = functions
        self._seen: Sources = frozenset({Given(TALK)})
        self.shown: list[Shown] = []
        self.called: list[Called] = []

    def settle(self) -> bool:
        grown = False
        while self._walk():
            grown = True
        return grown

    def _walk(self) -> bool:
        before = self._seen
        self.shown, self.called = [], []
        limits = () if self.of.budget is None else chosen_by(self.of.budget)
        for text in (self.of.prompt, self.of.instructions, *limits):
            if text is not None:
                self._sees(text, self._values(Mark()).of(text).all())
        for use in self.of.uses:
            self._use(use)
        if self.of.summarise is not None:
            self._summarised(self.of.summarise)
        self._summaries[id(self.of)].returns = Mark(self._seen)
        return self._seen != before

    def _sees(self, node: Expression | Use, sources: Sources) -> None:
        self._seen |= sources
        sees = frozenset((*self.of.sees, *self.of.keeps))
        self.shown.append(Shown(node, self.of, sees, sources))

    def _values(self, result: Mark) -> SensitiveValues:
        def look(symbol: Symbol) -> Mark:
            """A parameter of what is called was written by the model."""
            if symbol.kind == "result":
                return joined((result, labels(symbol.type)))
            return given(symbol) if isinstance(symbol.node, Field) else Mark(self._seen)

        return SensitiveValues(self._facts, look, self._functions)

    def _use(self, use: Use) -> None:
        signature = self._facts.callee_of(use)
        if signature is None:
            return
        wrote = Mark(self._seen)
        told = self._comes_of(use, signature)
        values = self._values(told)
        if use.then is None:
            self._sees(use, joined((told, labels(signature.returns))).all())
        for text in (use.then, use.when, use.only, use.otherwise):
            if text is not None:
                self._sees(text, values.of(text).all())
        if use.gate:
            named = [whom.value for stage in use.gate for whom in stage.whom if isinstance(whom, FromData)]
            chosen = chosen_in_stages(use.gate)
            who = NO_SOURCES.union(*(values.of(value).all() for value in (*named, *chosen)))
            self.shown.append(Shown(use, use, frozenset(use.sees), wrote.all() | who))

    def _comes_of(self, use: Use, signature: Signature) -> Mark:
        """What a call of it gives, by what the model has seen; also where it fails."""
        wrote = Mark(self._seen)
        arguments = {each.name: wrote for each in signature.parameters}
        match signature.node:
            case ToolDeclaration() as tool:
                self.shown.append(Shown(use, tool, self._tools.sees(tool), self._seen))
                self.shown.extend(self._tools.afterwards(tool, arguments))
                return self._tools.answer(tool, arguments)
            case FlowDeclaration() | AgentDeclaration() as target:
                self.called.append(Called(use, target, arguments, {REACHED: self._seen}))
                summary = self._summaries.get(id(target), Summary())
                keeps = frozenset(target.keeps) if isinstance(target, AgentDeclaration) else frozenset[str]()
                gives = joined((summary.returns, Mark(summary.failing)))
                return known(gives, arguments).without(keeps)
            case _:
                return Mark()

    def _summarised(self, node: Summarise) -> None:
        """Whoever puts the conversation in a few words is told all of it."""
        signature = self._facts.declarations.callees.get(node.target)
        if signature is not None and isinstance(signature.node, AgentDeclaration):
            sees = frozenset((*signature.node.sees, *signature.node.keeps))
            self.shown.append(Shown(node, signature.node, sees, self._seen))
