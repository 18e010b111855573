"""What `dsl lock` finds: what servers offer beside what flows declare and what was pinned before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.types import Type
from interpreter.mcp.errors import Unusable
from interpreter.mcp.fitting import misfits
from interpreter.mcp.lock_file import Lock
from interpreter.mcp.pins import JSON, Listing, Pin, difference
from interpreter.mcp.server import Server
from interpreter.mcp.servers import Servers
from interpreter.worker.served import asked_of

WITHIN = 300.0
"""Seconds for a server to start: it may have to be downloaded."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Declared:
    """A tool of a file, with the types that the file declares."""

    tool: ToolDeclaration
    types: Mapping[str, Type]

    @property
    def server(self) -> Server:
        assert self.tool.served is not None
        return Server.of(self.tool.served)

    @property
    def key(self) -> Key:
        assert self.tool.served is not None
        return (self.server.name, *asked_of(self.tool.served))


@dataclass
class Found:
    """`differs` are the differences to what was pinned, `problems` what no lock can mend, `notes` what a person should
    know.
    """

    servers: dict[str, Server] = field(default_factory=dict)
    pins: dict[Key, Pin] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def look(declared: Iterable[Declared], before: Lock, servers: Servers) -> Found:
    """Ask each declared server what it offers. Pins of servers that nothing here declares are kept as they are."""
    declared = list(declared)
    found = Found(dict(before.servers), dict(before.pins))
    by_name: dict[str, Server] = {}
    for one in declared:
        known = by_name.setdefault(one.server.name, one.server)
        if known != one.server:
            raise Unusable(f"`{known.name}` is two servers, `{known.address}` and `{one.server.address}`: rename one")
    for name, server in sorted(by_name.items()):
        listing = await servers.listing(server, WITHIN)
        moved = name in before.servers and before.servers[name].address != server.address
        if moved:
            found.differs.append(f"{name}: `{before.servers[name].address}` is now `{server.address}`")
        found.servers[name] = Server(name, server.address)
        of_server = [one for one in declared if one.server == server]
        keys = {one.key for one in of_server} | {key for key in before.pins if key[0] == name}
        for key in sorted(keys):
            _pin(found, before, key, listing, is_declared=any(one.key == key for one in of_server))
        for one in of_server:
            _hold(found, one, listing)
    return found


def _pin(found: Found, before: Lock, key: Key, listing: Listing, *, is_declared: bool) -> None:
    name, kind, own = key
    pinned, live = before.pins.get(key), listing.pin(kind, own)
    what = f"{name}: the {kind} `{own}`"
    if live is None:
        found.pins.pop(key, None)
        close = f"; it offers {', '.join(sorted(listing.tools)) or 'no tool'}"
        (found.problems if is_declared else found.differs).append(f"{what} is not there{close if is_declared else ''}")
        return
    found.pins[key] = live
    if pinned is None:
        found.differs.append(f"{what} is new")
    elif pinned.digest == live.digest:
        found.same.append(f"{what} is as it was")
    else:
        found.differs.append(f"{what} has changed\n{difference(pinned, live)}")
    if kind == "resource" and not live.said:
        found.notes.append(f"{what} is not listed by the server; it may be there all the same")


def _hold(found: Found, declared: Declared, listing: Listing) -> None:
    """What is declared, held against what the server offers."""
    pin = found.pins.get(declared.key)
    if pin is None:
        return
    tool = declared.tool
    found.problems += [f"{tool.name} does not fit: {reason}" for reason in misfits(tool, declared.types, pin, tool.key)]
    if pin.kind == "tool":
        found.notes += [f"{tool.name} {note}" for note in _hints(tool, listing.hints(pin.key))]


def _hints(tool: ToolDeclaration, hints: Mapping[str, JSON]) -> list[str]:
    """Where the server's own word on what its tool does is another one than the declaration's, which counts."""
    kind, notes = tool.effect.kind, []
    if kind == "read" and hints.get("readOnlyHint") is False:
        notes.append("is declared `read`, and the server says that it changes something (readOnlyHint)")
    if kind != "read" and hints.get("readOnlyHint") is True:
        notes.append(f"is declared `{kind}`, and the server says that it only reads (readOnlyHint)")
    if kind == "idempotent" and hints.get("idempotentHint") is False:
        notes.append("is declared `idempotent`, and the server says that doing it again counts (idempotentHint)")
    if kind == "write" and not tool.effect.keyed and hints.get("idempotentHint") is True:
        notes.append("is declared `write`, and the server says that doing it again changes nothing (idempotentHint)")
    return notes
