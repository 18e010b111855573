"""`flow.lock`: what was pinned of each server, beside the flows of a folder. Written by `dsl lock`, read by people.

It is also what a worker is allowed to do: it starts no server, and reaches none, that does not stand in it with the
command or URL that the flow declares. A definition comes from whoever submits a run; the lock file is the worker's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from interpreter.mcp.errors import Unusable
from interpreter.mcp.pins import Pin, written
from interpreter.mcp.server import Server

FORMAT = 1
_KINDS = {"tools": "tool", "resources": "resource"}
_HEAD = "# Written by `dsl lock`. Review it like code: what differs from it is not called.\n"


@dataclass(frozen=True)
class Lock:
    """`path` is where it stands, or would; `servers` by their name, each with its pins."""

    path: Path
    servers: Mapping[str, Server] = field(default_factory=dict)
    pins: Mapping[tuple[str, str, str], Pin] = field(default_factory=dict)

    def pin(self, server: Server, kind: str, key: str) -> Pin:
        """Raises `Unusable` for what is not pinned, or of another server."""
        known = self.servers.get(server.name)
        what = f"the {kind} `{key}` of the server `{server.name}`"
        if known is not None and known.address != server.address:
            raise Unusable(f"{self.path} pins `{server.name}` as `{known.address}`, not `{server.address}`")
        pin = self.pins.get((server.name, kind, key))
        if known is None or pin is None:
            raise Unusable(f"{what} is not pinned in {self.path}")
        return pin

    def of(self, server: str) -> list[Pin]:
        return [pin for (name, _, _), pin in self.pins.items() if name == server]


def read_lock(path: Path) -> Lock:
    """Raises `Unusable`; a file that is not there is an empty one."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {error}") from error
    try:
        data = yaml.safe_load(text)
        if data["format"] != FORMAT:
            raise Unusable(f"{path} is of the format {data['format']}, and this version reads {FORMAT}")
        servers = {name: Server(name, row["mcp"]) for name, row in data["servers"].items()}
        pins = [(name, pin) for name, row in data["servers"].items() for pin in _pins(row, f"{path}, {name}")]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{path} is no lock file: {error}") from error
    return Lock(path, servers, {(name, pin.kind, pin.key): pin for name, pin in pins})


def _pins(row: Mapping[str, Any], where: str) -> list[Pin]:
    found = []
    for heading, kind in _KINDS.items():
        for key, said in row.get(heading, {}).items():
            pin = Pin(kind, key, {name: value for name, value in said.items() if name != "digest"})
            if pin.digest != said["digest"]:
                raise Unusable(f"{where}: `{key}` does not fit its digest; `dsl lock` writes both")
            found.append(pin)
    return found


def lock_text(servers: Mapping[str, Server], pins: Mapping[tuple[str, str, str], Pin]) -> str:
    """The file: sorted, so that a change is seen where it is."""
    rows: dict[str, Any] = {name: {"mcp": server.address} for name, server in servers.items()}
    for (name, kind, key), pin in pins.items():
        heading = next(heading for heading, of in _KINDS.items() if of == kind)
        rows[name].setdefault(heading, {})[key] = {**pin.said, "digest": pin.digest}
    return _HEAD + written({"format": FORMAT, "servers": rows})
