"""Whether every name in a definition stands for something: flows, tools, agents, types, parameters, variables.

A name that something in its flow defines counts as there, wherever it stands: where it may be used is for the check,
which a definition that was sealed here has passed.
"""

from collections.abc import Iterator, Mapping

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Expression
from dsl.ast.node import Node, children, walk
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import Call, GateRound
from dsl.ast.types import Field, GenericType, NamedType
from dsl.definition.definition import Parts
from dsl.expressions.names import names
from dsl.values.structure import BASIC_TYPES

GENERIC = frozenset({"map", "Outcome"})


def dangling(parts: Parts) -> str | None:
    """The first name that stands for nothing, with the declaration in which it does; None when there is none."""
    if parts.flow not in parts.flows:
        return f"the flow `{parts.flow}` is not in it"
    return next(_dangling(parts), None)


def _dangling(parts: Parts) -> Iterator[str]:
    declarations: list[tuple[str, Node]] = [
        *parts.flows.items(),
        *parts.tools.items(),
        *parts.agents.items(),
        *parts.types.items(),
    ]
    callables = {
        **{name: flow.parameters for name, flow in parts.flows.items()},
        **{name: tool.parameters for name, tool in parts.tools.items()},
        **{name: agent.parameters for name, agent in parts.agents.items()},
    }
    if len(callables) != len(parts.flows) + len(parts.tools) + len(parts.agents):
        yield "one name stands for two of flows, tools and agents"
    for place, node in declarations:
        for below in walk(node):
            if isinstance(below, NamedType) and below.name not in parts.types and below.name not in BASIC_TYPES:
                yield f"{place}: there is no type `{below.name}`"
            if isinstance(below, GenericType) and below.name not in GENERIC:
                yield f"{place}: there is no type `{below.name}`"
            if isinstance(below, Call):
                yield from _call(place, below, callables)
    for name, tool in parts.tools.items():
        yield from _tool(name, tool, parts.tools)
    for agent in parts.agents.values():
        yield from _agent(agent)
    for flow in parts.flows.values():
        yield from _flow(flow)


def _call(place: str, call: Call, callables: Mapping[str, tuple[Field, ...]]) -> Iterator[str]:
    target = callables.get(call.target)
    if target is None:
        yield f"{place}: nothing is called `{call.target}`"
        return
    parameters = [field.name for field in target]
    if len(call.arguments) > len(parameters):
        yield f"{place}: `{call.target}` takes {len(parameters)} arguments"
    for argument in call.arguments:
        if argument.name is not None and argument.name not in parameters:
            yield f"{place}: `{call.target}` has no parameter `{argument.name}`"


def _agent(agent: AgentDeclaration) -> Iterator[str]:
    if not agent.models:
        yield f"{agent.name}: it has no model"
    for text in (agent.prompt, agent.instructions):
        if text is not None:
            yield from _unknown(agent.name, text, {field.name for field in agent.parameters})


def _tool(name: str, tool: ToolDeclaration, tools: Mapping[str, ToolDeclaration]) -> Iterator[str]:
    known = {field.name for field in tool.parameters}
    for call, extra in (
        (tool.compensate.call if tool.compensate else None, "result"),
        (tool.verify.call if tool.verify else None, "key"),
    ):
        if call is not None and call.target not in tools:
            yield f"{name}: `{call.target}` is no tool"
        for argument in call.arguments if call is not None else ():
            yield from _unknown(name, argument.value, known | {extra})


def _unknown(place: str, expression: Expression, known: set[str]) -> Iterator[str]:
    for name in sorted(names(expression) - known):
        yield f"{place}: there is no name `{name}`"


def _flow(flow: FlowDeclaration) -> Iterator[str]:
    known = {field.name for field in flow.parameters} | {"result"}
    for node in walk(flow.body):
        if type(node) in SHAPES:
            known |= {name for name, _ in SHAPES[type(node)].names(node) if name is not None}
        elif isinstance(node, GateRound):
            known |= {node.variable}
    for expression in _expressions(flow.body):
        yield from _unknown(flow.name, expression, known)


def _expressions(node: Node) -> Iterator[Expression]:
    """Those that are part of no other: each binds its own names."""
    if isinstance(node, Expression):
        yield node
    elif not isinstance(node, Field):
        for below in children(node):
            yield from _expressions(below)
