"""Who sees which data: every way on which something sensitive goes to someone, and where it is masked."""

from collections.abc import Iterator, Mapping
from typing import Literal

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, FunctionDeclaration, ToolDeclaration, Use
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import FunctionCall
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.statements import AwaitApproval, ExclusiveBlock, Fail, Respond, Return, Step
from dsl.ast.types import Field
from dsl.review.model import Crossing, Data, Place, Sensitive
from dsl.review.text import Reached
from dsl.semantics.nodes import by_class
from dsl.semantics.sensitivity.leaks import Crossing as Way
from dsl.semantics.sensitivity.leaks import crossings
from dsl.semantics.sensitivity.shown import Side

Readers = Literal["result", "failure", "reply", "lock", "event", "asked", "run"]
"""By what those hear of it who look at a run."""


def data(reached: Reached) -> Data:
    names = _names(reached)
    said = _said_to_readers(reached)
    found: dict[tuple[object, ...], Crossing] = {}
    for way in crossings(reached.facts):
        if way.at.name in reached.names:
            crossing = _crossing(way, reached, names, said)
            key = (crossing.class_, crossing.to, crossing.name, crossing.by, crossing.place, crossing.field)
            found.setdefault(key, crossing)
    return Data(tuple(_sensitive(reached, names)), tuple(found.values()), tuple(_masks(reached)))


def _crossing(way: Way, reached: Reached, names: Mapping[int, str], said: Mapping[int, Readers]) -> Crossing:
    shown = way.shown
    side = shown.side
    to, name = _to(side, shown.node, said)
    keeps = isinstance(side, ToolDeclaration | AgentDeclaration) and way.class_ in side.keeps
    passed = tuple(reached.place(each.step) for each in way.origin.way)
    field = names.get(id(way.declared), way.declared.name)
    place, declared = reached.place(shown.node), reached.place(way.declared)
    return Crossing(
        way.class_, field, to, name, "reached" if shown.reached else "value", keeps, place, declared, passed
    )


To = Literal["tool", "model", "approval", "gate"] | Readers


def _to(side: Side, node: Node, said: Mapping[int, Readers]) -> tuple[To, str]:
    match side:
        case ToolDeclaration(name=name):
            return "tool", name
        case AgentDeclaration(name=name):
            return "model", name
        case AwaitApproval(name=name):
            return "approval", name
        case Use(target=target):
            return "gate", target
        case FlowDeclaration(name=name):
            return said.get(id(node), "run"), name


def _said_to_readers(reached: Reached) -> dict[int, Readers]:
    """What each text that everybody sees who looks at a run stands for."""
    found: dict[int, Readers] = {}

    def all_of(node: Node | None, what: Readers) -> None:
        for nodes in by_class(node).values() if node is not None else ():
            found.update((id(each), what) for each in nodes)

    for stage in reached.all(Stage):
        for whom in stage.whom:
            all_of(whom, "asked")
    for block in reached.all(ExclusiveBlock):
        all_of(block.by, "lock")
    for step in reached.all(Step):
        tool = reached.tool(step.call)
        if tool is not None and tool.exclusive is not None:
            found[id(step.call)] = "lock"
    for event in reached.all(ExpectedEvent):
        all_of(event.key, "event")
    for respond in reached.all(Respond):
        all_of(respond.value, "reply")
    for fail in reached.all(Fail):
        all_of(fail.value, "failure")
    for return_ in reached.all(Return):
        all_of(return_.value, "result")
    return found


def _names(reached: Reached) -> dict[int, str]:
    """Each field and parameter with what it belongs to: `Patient.card`."""
    return {id(field): f"{each.name}.{field.name}" for each in reached.declared for field in reached.all(Field, [each])}


def _sensitive(reached: Reached, names: Mapping[int, str]) -> Iterator[Sensitive]:
    for field in reached.all(Field):
        if field.sensitive is not None:
            yield Sensitive(field.sensitive, names[id(field)], reached.place(field))


def _masks(reached: Reached) -> Iterator[Place]:
    functions = {each.name: each for each in reached.facts.all(FunctionDeclaration)}
    waiting: list[Node] = list(reached.declared)
    for node in waiting:
        for call in by_class(node).get(FunctionCall, ()):
            assert isinstance(call, FunctionCall)
            declared = functions.get(call.function)
            if declared is not None and declared not in waiting:
                waiting.append(declared)
            elif call.function == "mask":
                yield reached.place(call)
