"""A whole definition as the text of one file, before it is laid out: types, tools, agents and flows, what is called
before what calls it, and last the flow that a run starts with."""

from collections.abc import Iterator
from contextlib import contextmanager

from dsl.ast.declarations import Served, ToolDeclaration
from dsl.ast.expressions import Apply, Name
from dsl.ast.node import Node, walk
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import Call
from dsl.ast.types import Field
from dsl.decompiling import declarations
from dsl.decompiling.expressions import Unwritable
from dsl.decompiling.types import field
from dsl.decompiling.writing import Writing
from dsl.definition.definition import Definition, Parts
from dsl.definition.shaped import escaped


def module(definition: Definition, writing: Writing) -> str:
    writing.names |= _names(definition)
    types = []
    for name, node in definition.types.items():
        with _placed("types", name):
            types.append(declarations.type_declaration(name, node, writing))
    tools = list(_tools(definition, writing))
    agents = []
    for name, agent in definition.agents.items():
        with _placed("agents", name):
            agents.append(declarations.agent(agent, writing))
    flows = []
    for name in _in_order(definition):
        with _placed("flows", name):
            flows.append(declarations.flow(definition.flows[name], writing))
    flows += _started_by(definition, writing)
    functions = list(_functions(definition, writing))
    constants = list(_constants(writing))
    configs = [f"config {field(each, writing)}" for each in _configs(definition)]
    parts = [f"edition {definition.edition}", *configs, *constants, *types, *tools, *functions, *agents, *flows]
    return "\n\n".join(parts) + "\n"


@contextmanager
def _placed(part: str, name: str) -> Iterator[None]:
    """Around what is written of one declaration."""
    try:
        yield
    except Unwritable as error:
        error.pointer = f"/{part}/{escaped(name)}"
        raise


def _configs(definition: Parts) -> list[Field]:
    """The values of the deployment that any flow reads, by name."""
    found = {each.name: each for flow in definition.flows.values() for each in flow.config}
    return [found[name] for name in sorted(found)]


def _tools(definition: Parts, writing: Writing) -> Iterator[str]:
    """Those of one MCP server together, where its first one stands."""
    told: set[str] = set()
    for node in definition.tools.values():
        with _placed("tools", node.name):
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


def _functions(definition: Parts, writing: Writing) -> Iterator[str]:
    """What a function calls comes to light while it is written."""
    written: dict[str, str] = {}
    while missing := [each for name, each in writing.functions.items() if name not in written]:
        for each in missing:
            with _placed(*_caller(definition, each.function)):
                written[each.function] = declarations.function(each, writing)
    yield from (written[name] for name in sorted(written))


def _constants(writing: Writing) -> Iterator[str]:
    """One may need another, which comes to light while it is written."""
    for each in writing.constants:
        yield declarations.constant(each, writing)


def _caller(definition: Parts, function: str) -> tuple[str, str]:
    """The first declaration that calls a declared function."""
    return next(
        (part, name)
        for part in ("tools", "agents", "flows")
        for name, node in getattr(definition, part).items()
        if any(isinstance(each, Apply) and each.function == function for each in walk(node))
    )


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
