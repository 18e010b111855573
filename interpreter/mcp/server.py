"""A server as it is declared, and how this worker starts or reaches it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dsl.ast.declarations import Served
from dsl.ast.served import PLACE, is_web
from interpreter.mcp.errors import Unusable
from interpreter.mcp.settings import Settings


@dataclass(frozen=True)
class Server:
    """`address` is the declared command or URL; `auth` are names of credentials. What is the same is one server."""

    name: str
    address: str
    auth: tuple[str, ...] = ()

    @staticmethod
    def of(served: Served) -> "Server":
        return Server(served.server, served.address, served.auth)


@dataclass(frozen=True)
class Launch:
    """How to come to a server: a `url` with headers, or a command with its variables, in a folder."""

    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    command: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None


def launch(server: Server, settings: Settings, folder: Path) -> Launch:
    """With the places of the address filled in, after the command was split into words: what fills one stays one word.
    Raises `Unusable`.
    """
    credentials = [settings.credential(name) for name in server.auth]
    if is_web(server.address):
        headers = {name: value for one in credentials for name, value in one.headers.items()}
        return Launch(url=_filled(server.address, server, settings), headers=headers)
    words = tuple(_filled(word, server, settings) for word in _command(server.address))
    variables = settings.variables(server.name) | {
        name: value for one in credentials for name, value in one.env.items()
    }
    return Launch(command=words, variables=variables, folder=folder)


def _command(address: str) -> list[str]:
    """In words. What stands in a file was looked at by the check; what is typed was not."""
    try:
        words = shlex.split(address)
    except ValueError as error:
        raise Unusable(f"`{address}` is no command: {str(error).lower()}") from None
    if not words:
        raise Unusable("the server has neither a command nor a URL")
    return words


def _filled(text: str, server: Server, settings: Settings) -> str:
    return PLACE.sub(lambda place: settings.filling(server.name, place[1]), text)
