"""The tools of a worker that events carry out: those that its flows declare."""

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter

from dsl.definition.definition import Definition, carrier
from dsl.values.signature import with_key
from interpreter.activities.emitted import EmitFunction
from interpreter.activities.tool import Tool


def emitted_tools(definitions: Iterable[Definition], queue: str, own: Mapping[str, Tool]) -> dict[str, Tool]:
    """One tool for each that is declared for `queue`. A function of the worker's `own` stands in for an event; what is
    declared in two ways is served as it was declared first, and a call of the other does not fit its signature.
    """
    found: dict[str, Tool] = {}
    for definition in definitions:
        for tool in definition.tools.values():
            if tool.emit is None or tool.name in own or tool.name in found or tool.queue not in (None, queue):
                continue
            parameters = with_key(tool.parameters, tool.key)
            found[tool.name] = Tool(
                name=tool.name,
                function=EmitFunction(tool, tool.emit, definition.types),
                parameters=parameters,
                optional=frozenset(),
                returns=None,
                types=definition.types,
                adapters={field.name: TypeAdapter(object) for field in parameters},
                signature=definition.signature(tool.name),
                served=carrier(tool),
            )
    return found
