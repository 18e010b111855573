"""A whole definition as the text of one file, before it is laid out: types, tools, agents and flows, what is called
before what calls it, and last the flow that a run starts with."""

from collections.abc import Iterator

from dsl.ast.declarations import Served, ToolDeclaration
from dsl.ast.expressions import Name
from dsl.ast.node import Node, walk
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import Call
from dsl.ast.types import Field
from dsl.decompiling import declarations
from dsl.decompiling.types import field
from dsl.decompiling.writing import Writing
from dsl.definition.definition import Definition, Parts


def module(definition: Definition, writing: Writing) -> str:
    writing.names |= _names(definition)
    types = [declarations.type_declaration(name, node, writing) for name, node in definition.types.items()]
    tools = list(_tools(definition, writing))
    agents = [declarations.agent(node, writing) for node in definition.agents.values()]
    flows = [declarations.flow(definition.flows[name], writing) for name in _in_order(definition)]
    flows += _started_by(definition, writing)
    functions = list(_functions(writing))
    constants = [declarations.constant(each, writing) for each in writing.constants]
    configs = [f"config {field(each, writing)}" for each in _configs(definition)]
    parts = [f"edition {definition.edition}", *configs, *constants, *types, *tools, *functions, *agents, *flows]
    return "\n\n".join(parts) + "\n"


def _configs(definition: Parts) -> list[Field]:
    """The values of the deployment that any flow reads, by name."""
    found = {each.name: each for flow in definition.flows.values() for each in flow.config}
    return [found[name] for name in sorted(found)]


def _tools(definition: Parts, writing: Writing) -> Iterator[str]:
    """Those of one MCP server together, where its first one stands."""
    told: set[str] = set()
    for node in definition.tools.values():
        if node.served is None:
            yield declarations.tool(node, writing)
        elif node.served.server not in told:
            told.add(node.served.server)
            yield declarations.server(_of_server(definition, node.served.server), writing)


def _of_server(definition: Parts, server: str) -> list[tuple[ToolDeclaration, Served]]:
    return [
        (node, node.served)
        for node in definition.tools.values()
        if node.served is not None and node.served.server == server
    ]


def _functions(writing: Writing) -> Iterator[str]:
    """What a function calls comes to light while it is written."""
    written: dict[str, str] = {}
    while missing := [each for name, each in writing.functions.items() if name not in written]:
        for each in missing:
            written[each.function] = declarations.function(each, writing)
    yield from (written[name] for name in sorted(written))


def _in_order(definition: Parts) -> list[str]:
    """What is called before what calls it, as far as that goes; the main flow last."""
    calls = {
        name: sorted({node.target for node in walk(flow) if isinstance(node, Call)} & definition.flows.keys())
        for name, flow in definition.flows.items()
    }
    order: list[str] = []
    seen: set[str] = {definition.flow}
    for name in [*calls[definition.flow], *definition.flows]:
        _add(name, calls, seen, order)
    return [*order, definition.flow]


def _started_by(definition: Parts, writing: Writing) -> list[str]:
    """A file has a flow that no other calls. Where the flow itself is called by what it calls, one that starts it."""
    name = definition.flow
    calls = {
        one: {node.target for node in walk(flow) if isinstance(node, Call)} for one, flow in definition.flows.items()
    }
    uses = {use.target for agent in definition.agents.values() for use in agent.uses}
    if name not in uses.union(*(called for one, called in calls.items() if one != name)):
        return []
    return [declarations.starting(definition.flows[name], writing)]


def _add(name: str, calls: dict[str, list[str]], seen: set[str], order: list[str]) -> None:
    if name in seen:
        return
    seen.add(name)
    for each in calls[name]:
        _add(each, calls, seen, order)
    order.append(name)


def _names(definition: Parts) -> set[str]:
    """Everything that something is called."""
    roots: list[Node] = [*definition.flows.values(), *definition.tools.values(), *definition.agents.values()]
    found = {*definition.flows, *definition.tools, *definition.agents, *definition.types}
    for node in (each for root in roots for each in walk(root)):
        if isinstance(node, Name | Field):
            found.add(node.name)
        elif (shape := SHAPES.get(type(node))) is not None:
            found.update(name for name, _ in shape.names(node) if name is not None)
    return found
