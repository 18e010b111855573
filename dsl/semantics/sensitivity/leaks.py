"""What is sensitive and comes to someone who does not see it, through all flows and agents of a file.

A field or a parameter that is `sensitive` of a class marks its value, and everything that depends on it: texts, records
and lists that it is put in, what is chosen by it, what a tool or a model answers that was given it, and whatever is
done only where it says so. From each place where something is shown to someone who does not see a class the way goes
back, to the field that is of that class.

Sound, but for what is meant to be left out: `mask`, fields that are left out, what a tool or an agent `keeps`, what
people answer, how long something takes, and that a run fails.
"""

from collections.abc import Container, Iterator
from functools import partial

from dsl.ast.declarations import AgentDeclaration, ToolDeclaration
from dsl.ast.node import Node
from dsl.ast.types import Field
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import called_first
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.around import Summary
from dsl.semantics.provenance.marks import Sensitive, Source
from dsl.semantics.provenance.search import Caller, Origin, Search
from dsl.semantics.sensitivity.agents import AgentLabels
from dsl.semantics.sensitivity.flows import FlowLabels
from dsl.semantics.sensitivity.shown import Shown, Tools
from dsl.semantics.sensitivity.values import Functions


@dataclass(frozen=True, slots=True)
class Leak:
    """`shown` shows what `declared` holds to someone who does not see its class."""

    shown: Shown
    declared: Field
    class_: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Crossing:
    """`shown`, which is in `at`, shows what `declared` holds, whether its side sees that or not."""

    at: Caller
    shown: Shown
    declared: Field
    class_: str
    origin: Origin


def leaks(facts: Facts) -> list[Leak]:
    found: dict[tuple[int, str], Leak] = {}
    for each in _crossings(facts, seen=False):
        leak = Leak(each.shown, each.declared, each.class_, each.origin)
        found.setdefault((id(each.shown.node), each.class_), leak)
    return list(found.values())


def crossings(facts: Facts) -> list[Crossing]:
    """All that is sensitive and is shown to anyone, each place and class with its nearest source."""
    return list(_crossings(facts, seen=True))


def _crossings(facts: Facts, *, seen: bool) -> Iterator[Crossing]:
    """With what is `seen` by its side, or without."""
    if not any(field.sensitive is not None for field in facts.all(Field)):
        return
    walked = labelled(facts)
    calls = [call for each in walked for call in each.called]
    callers: dict[int, Caller] = {id(call): each.of for each in walked for call in each.called}
    search = Search(calls, callers)
    for each in walked:
        for shown in each.shown:
            yield from _crossings_of(shown, each.of, search, frozenset() if seen else shown.sees)


def labelled(facts: Facts) -> list[FlowLabels | AgentLabels]:
    """All flows and agents, with what they show to whom."""
    functions = Functions(facts)
    tools = Tools(facts, functions)
    flows, agents = called_first(facts), list(facts.all(AgentDeclaration))
    summaries = {id(each): Summary() for each in (*flows, *agents)}
    walked: list[FlowLabels | AgentLabels] = [
        *(AgentLabels(agent, facts, summaries, tools, functions) for agent in agents),
        *(FlowLabels(flow, facts, summaries, tools, functions) for flow in flows),
    ]
    while sum(each.settle() for each in walked):
        pass
    return walked


def _crossings_of(shown: Shown, at: Caller, search: Search, told: frozenset[str]) -> Iterator[Crossing]:
    """Of all classes that are not `told` already."""

    def is_new(source: Source, told: Container[str]) -> bool:
        return isinstance(source, Sensitive) and source.class_ not in told

    while (origin := search.back(at, shown.sources, partial(is_new, told=told))) is not None:
        source = origin.source
        assert isinstance(source, Sensitive)
        yield Crossing(at, shown, source.declared, source.class_, origin)
        told |= {source.class_}


def untold(facts: Facts) -> Iterator[tuple[ToolDeclaration, Sensitive]]:
    """Tools that take what is sensitive by their own parameters, and do not say that they see it."""
    tools = Tools(facts, Functions(facts))
    for tool in facts.all(ToolDeclaration):
        seen = {*tool.sees, *tool.keeps}
        for source in sorted(tools.taken(tool), key=_place):
            if isinstance(source, Sensitive) and source.class_ not in seen:
                seen.add(source.class_)
                yield tool, source


def _place(source: Source) -> int:
    return source.declared.span.start if isinstance(source, Sensitive) else 0


def classes(facts: Facts) -> dict[str, Node]:
    """Every class that something is sensitive of, with the first place."""
    found: dict[str, Node] = {}
    for field in facts.all(Field):
        if field.sensitive is not None:
            found.setdefault(field.sensitive, field)
    return found
