"""The tools of a worker that MCP servers carry out: those that its flows declare and its lock file pins.

A definition comes from whoever submits a run, so it cannot make a worker start anything: what it declares is compared
with the tools made here, by a signature that the server's address is a part of.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter

from dsl.ast.declarations import Served, ToolDeclaration
from dsl.definition.definition import Definition
from dsl.values.signature import served_text, with_key
from interpreter.activities.served import ServedFunction
from interpreter.activities.tool import Tool
from interpreter.mcp.errors import Unusable, UnusableServers
from interpreter.mcp.fitting import misfits
from interpreter.mcp.lock_file import Lock, read_lock
from interpreter.mcp.pins import Pin
from interpreter.mcp.server import Server, launch
from interpreter.mcp.servers import Servers
from interpreter.mcp.settings import settings_for


def servers_of(lock: Path) -> Servers:
    """Servers as the settings beside `lock` say, started in its folder."""
    folder = lock.resolve().parent
    return Servers(lambda server: launch(server, settings_for(folder), folder))


def served_tools(
    definitions: Iterable[Definition],
    queue: str,
    own: Mapping[str, Tool],
    path: Path,
    servers: Servers,
    *,
    partial: bool,
) -> dict[str, Tool]:
    """One tool for each that is declared for `queue`. A function of the worker's `own` stands in for a server. With
    `partial` what is not pinned here may be at another worker. Raises `UnusableServers`.
    """
    found: dict[str, Tool] = {}
    problems: list[str] = []
    lock: Lock | None = None
    for definition in definitions:
        for tool in definition.tools.values():
            if tool.served is None or tool.name in own or tool.queue not in (None, queue):
                continue
            try:
                lock = lock or read_lock(path)
                made = _tool(definition, tool, tool.served, lock, servers)
            except Unusable as error:
                problems += [] if partial else [f"  `{tool.name}`: {error}"]
                continue
            other = found.setdefault(tool.name, made)
            if other.served != made.served:
                problems.append(f"  `{tool.name}` is another tool in two flows: {other.served}, and {made.served}")
    if problems:
        advice = f"`dsl lock` on the flow writes {path}, and says what does not fit"
        raise UnusableServers(
            "\n".join(dict.fromkeys(["tools of MCP servers cannot be used:", *problems, f"  {advice}"]))
        )
    return found


def _tool(definition: Definition, tool: ToolDeclaration, served: Served, lock: Lock, servers: Servers) -> Tool:
    pin = pin_of(lock, served)
    wrong = misfits(tool, definition.types, pin, tool.key)
    if wrong:
        raise Unusable("; ".join(wrong))
    parameters = with_key(tool.parameters, tool.key)
    return Tool(
        name=tool.name,
        function=ServedFunction(tool, served, definition.types, pin, servers),
        parameters=parameters,
        optional=frozenset(),
        returns=tool.returns,
        types=definition.types,
        adapters={field.name: TypeAdapter(object) for field in parameters},
        signature=definition.signature(tool.name),
        served=served_text(served),
    )


def pin_of(lock: Lock, served: Served) -> Pin:
    """Raises `Unusable` for what is not pinned."""
    kind, key = asked_of(served)
    return lock.pin(Server.of(served), kind, key)


def asked_of(served: Served) -> tuple[str, str]:
    """What is asked of the server: a `tool` by its name, or a `resource` by its URI."""
    return ("tool", served.tool or "") if served.resource is None else ("resource", served.resource)
