"""How the address of an MCP server, and the URI of one of its resources, are to be read."""

import re

from dsl.regex import regex

PLACE = regex(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""`{root}` in a command or a URL is filled in by the worker, `{name}` in the URI of a resource by a parameter."""
_WEB = regex(r"https?://", re.IGNORECASE)


def is_web(address: str) -> bool:
    """Whether the server is reached over HTTP; any other is started by its command."""
    return _WEB.match(address) is not None
