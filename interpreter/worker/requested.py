"""The tools of a worker that requests carry out: those that its flows declare.

A definition comes from whoever submits a run, so it cannot make a worker send anything, least of all a credential: what
it declares is compared with the tools made here, by a signature that the whole request is a part of.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter

from dsl.ast.declarations import ToolDeclaration
from dsl.definition.definition import Definition, carrier
from dsl.values.signature import with_key
from interpreter.activities.requested import RequestFunction
from interpreter.activities.tool import Tool
from interpreter.http.reach import private_of
from interpreter.http.sending import Sender
from interpreter.mcp.errors import Unusable, UnusableServers
from interpreter.mcp.settings import Settings, settings_for


def requested_tools(
    definitions: Iterable[Definition], queue: str, own: Mapping[str, Tool], folder: Path
) -> dict[str, Tool]:
    """One tool for each that is declared for `queue`. A function of the worker's `own` stands in for a request. Raises
    `UnusableServers` for settings that cannot be used, and where two flows declare a tool in two ways.
    """
    try:
        settings = settings_for(folder)
        sender = Sender(private_of(settings, os.environ))
    except Unusable as error:
        raise UnusableServers(str(error)) from None
    found: dict[str, Tool] = {}
    for definition in definitions:
        for tool in definition.tools.values():
            if tool.http is None or tool.name in own or tool.queue not in (None, queue):
                continue
            made = tool_for(definition, tool, sender, settings)
            other = found.setdefault(tool.name, made)
            if other.served != made.served:
                raise UnusableServers(f"`{tool.name}` is another request in two flows: {other.served}, {made.served}")
    return found


def tool_for(definition: Definition, tool: ToolDeclaration, sender: Sender, settings: Settings) -> Tool:
    assert tool.http is not None
    parameters = with_key(tool.parameters, tool.key)

    def credentials(name: str) -> Mapping[str, str]:
        return settings.credential(name).headers

    return Tool(
        name=tool.name,
        function=RequestFunction(tool, tool.http, definition.types, sender, credentials),
        parameters=parameters,
        optional=frozenset(),
        returns=tool.returns,
        types=definition.types,
        adapters={field.name: TypeAdapter(object) for field in parameters},
        signature=definition.signature(tool.name),
        served=carrier(tool),
    )
