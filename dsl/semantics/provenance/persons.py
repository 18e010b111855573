"""What is so because a model said so, or who sent an event, and may not be: who is asked by `from person` and `from
group`, and what a `trusted` parameter of a tool is given. The answers of models, and events, are followed there through
all flows of a file.

Every flow is walked for whatever its parameters are given (`flow.py`), all of them until no summary grows, so flows
that call each other or themselves are no exception. From each such place the way then goes back: an answer of a
model in it is the finding; a parameter in it leads to each call of the flow, shortest ways first.

Sound, because marks only leave out what is meant to be left out: what a tool gives, what people answered, and that a
question is reached at all. What an agent uses is given by its model (`agents.py`). Where two calls of a flow differ in
one argument only, the decision which of them is reached counts as well, so a flow that asks one of two persons is no
way around a `set`; neither is a round in whose turns the same question goes to one person after the other. Two
questions of their own are two, whoever is asked.
"""

from collections.abc import Iterator
from itertools import combinations

from dsl.ast.chosen import chosen_by
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression, Name
from dsl.ast.node import Node
from dsl.ast.people import ChosenGroup, Person, Stage
from dsl.ast.statements import Call, Step
from dsl.ast.types import Field
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import called_first
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import of_class
from dsl.semantics.provenance.agents import AgentMarks
from dsl.semantics.provenance.around import Summary
from dsl.semantics.provenance.flow import FlowMarks
from dsl.semantics.provenance.marks import Answered
from dsl.semantics.provenance.search import Caller, Origin, Passed, Search
from dsl.semantics.provenance.substitution import passes_on
from dsl.semantics.symbols import Signature

Marks = FlowMarks | AgentMarks


@dataclass(frozen=True, slots=True)
class ChosenByModel:
    """`whom` depends on what `call` answers, or on what is sent; `way` leads from `whom` back to the flow where that
    comes in. It is who is asked, how many or for how long, or what the `trusted` `parameter` is given."""

    whom: Node
    call: Call | ExpectedEvent
    way: tuple[Passed, ...]
    parameter: Field | None = None

    @property
    def source(self) -> str:
        """As a message calls it."""
        return f"the event `{self.call.event}`" if isinstance(self.call, ExpectedEvent) else f"`{self.call.target}`"

    @property
    def comes_in(self) -> str:
        """As the place is told where it comes in."""
        return "the event comes in here" if isinstance(self.call, ExpectedEvent) else "the model answers here"


def chosen_by_models(facts: Facts) -> list[ChosenByModel]:
    limits = (stage for stage in facts.all(Stage) if chosen_by(stage))
    trusted = (field for field in facts.all(Field) if field.trusted)
    if not [*facts.all(Person), *facts.all(ChosenGroup), *limits, *trusted]:
        return []
    flows = called_first(facts)
    summaries = {id(flow): Summary() for flow in flows}
    varying = _varying(flows, facts)
    walked = [FlowMarks(flow, facts, summaries, varying) for flow in flows]
    while sum(each.settle() for each in walked):
        pass
    marks: list[FlowMarks | AgentMarks] = [
        *walked,
        *(AgentMarks(agent, facts) for agent in facts.all(AgentDeclaration)),
    ]
    calls = [call for each in marks for call in each.called]
    callers: dict[int, Caller] = {id(call): each.of for each in marks for call in each.called}
    return list(_findings(marks, Search(calls, callers)))


def _findings(marks: list[Marks], search: Search) -> Iterator[ChosenByModel]:
    for each in marks:
        for asked in each.asked:
            found = search.back(each.of, asked.sources, lambda source: isinstance(source, Answered))
            match found:
                case Origin(source=Answered(call=call), way=way):
                    yield ChosenByModel(asked.whom, call, way, asked.parameter)


def _varying(flows: list[FlowDeclaration], facts: Facts) -> frozenset[tuple[int, str]]:
    """The parameters, with their flows and agents, that two calls give different values, and everything else the same:
    then it is one question, and which of the two calls is reached chooses what the parameter is."""
    calls: dict[int, list[dict[str, _Value]]] = {}
    targets: dict[int, Caller] = {}
    for flow in flows:
        for step in of_class(flow, Step):
            match facts.callee_of(step.call):
                case Signature(node=target) if isinstance(target, Caller):
                    targets[id(target)] = target
                    calls.setdefault(id(target), []).append(_values(flow, target, step, facts))
    return frozenset(
        (target, field.name)
        for target, given in calls.items()
        for field in targets[target].parameters
        if any(_differ_only_in(field.name, one, other) for one, other in combinations(given, 2))
    )


_Value = tuple[Expression | None, tuple[int, ...]]
"""An argument, and what defines each name in it: where both are equal, it is the same value wherever it is written."""


def _values(flow: FlowDeclaration, target: Caller, step: Step, facts: Facts) -> dict[str, _Value]:
    """What a call gives; without what a flow that calls itself only passes on."""
    arguments = facts.arguments_of(step.call)
    found: dict[str, _Value] = {}
    for field in target.parameters:
        value = arguments.get(field.name)
        if not passes_on(flow, target, field.name, value):
            names = () if value is None else of_class(value, Name)
            symbols = (facts.symbol_of(name) for name in names)
            found[field.name] = (value, tuple(id(symbol.node) for symbol in symbols if symbol is not None))
    return found


def _differ_only_in(name: str, one: dict[str, _Value], other: dict[str, _Value]) -> bool:
    shared = one.keys() & other.keys()
    return [each for each in shared if one[each] != other[each]] == [name]
