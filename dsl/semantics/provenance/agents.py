"""What an agent hands on: its own parameters to those who are asked before a call, and to what it uses what its model
wrote. Whether and how often it calls something is the model's too."""

from collections.abc import Iterator

from dsl.ast.chosen import chosen_in_stages
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.people import FromData
from dsl.ast.statements import Call
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.around import REACHED, Asked, Called
from dsl.semantics.provenance.marks import Answered, Given, Mark
from dsl.semantics.provenance.values import Values
from dsl.semantics.symbols import Signature


class AgentMarks:
    """One agent, as `FlowMarks` is of a flow. Nothing in it grows."""

    def __init__(self, agent: AgentDeclaration, facts: Facts) -> None:
        self.of = agent
        values = Values(facts, lambda symbol: Mark(frozenset({Given(symbol.name)})))
        self.asked = [
            Asked(whom, values.of(whom.value).all())
            for use in agent.uses
            for stage in use.gate
            for whom in stage.whom
            if isinstance(whom, FromData)
        ]
        self.asked += [
            Asked(value, values.of(value).all()) for use in agent.uses for value in chosen_in_stages(use.gate)
        ]
        self.called = list(self._called(facts))
        self.asked += self._trusted(facts)

    def _trusted(self, facts: Facts) -> Iterator[Asked]:
        """What a model gives a tool, unless people see each call before."""
        for use in self.of.uses:
            match facts.callee_of(use):
                case Signature(node=ToolDeclaration(parameters=parameters)) if not use.gate:
                    answered = frozenset({Answered.by(Call(self.of.name, (), span=use.span), use)})
                    yield from (Asked(use, answered, field) for field in parameters if field.trusted)

    def _called(self, facts: Facts) -> list[Called]:
        found = []
        for use in self.of.uses:
            match facts.callee_of(use):
                case Signature(node=FlowDeclaration() | AgentDeclaration() as target):
                    answered = frozenset({Answered.by(Call(self.of.name, (), span=use.span), use)})
                    given = {field.name: Mark(answered) for field in target.parameters}
                    found.append(Called(use, target, given, {REACHED: answered}))
        return found
