"""`tools NAME from mcp "…" { … }`: tools and resources of an MCP server, each a tool like any other.

What a server says of itself changes with its version; what stands here is what a person has read. So parameters,
result and effect are written out, and the address names the server so that a reviewer sees where a call goes: a
command with its arguments, or a URL, never a credential.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from dsl.ast.declarations import Declaration, Effect, ErrorText, Served, ToolDeclaration
from dsl.ast.served import PLACE, is_web
from dsl.ast.types import Field, Type
from dsl.dataclass import dataclass, replace
from dsl.diagnostics.diagnostic import Label
from dsl.source import Span
from dsl.syntax.build_tools import errors_of, tool_declaration
from dsl.syntax.site import Rules, Site
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


@dataclass(frozen=True, slots=True)
class _Read:
    """A tool before it is known whose it is."""

    tool: ToolDeclaration
    told: tuple[ErrorText, ...]
    otherwise: tuple[str, ...]
    own_name: str | None = None
    uri: str | None = None


def tools_declaration(
    _site: Site, _doc: str | None, name: Token, server: Served, *read: _Read
) -> tuple[ToolDeclaration, ...]:
    server = replace(server, server=name.text)
    return tuple(_of_server(server, one) for one in read)


def served(site: Site, address: Token, auth: tuple[str, ...] | None) -> Served:
    """Whose name is not known here."""
    text = plain(site, address)
    _check_address(site, text, address.span)
    return Served("", text, auth=auth or (), span=site.span)


def _of_server(server: Served, read: _Read) -> ToolDeclaration:
    kind = read.otherwise[0] if read.otherwise else None
    tool = None if read.uri is not None else read.own_name or read.tool.name
    served = replace(server, tool=tool, resource=read.uri, told=read.told, otherwise=kind, span=read.tool.span)
    return replace(read.tool, name=f"{server.server}.{read.tool.name}", served=served)


def auth_names(site: Site, *names: Token) -> tuple[str, ...]:
    return tuple(plain(site, name) for name in names)


def served_tool(
    site: Site,
    doc: str | None,
    name: Token,
    fields: tuple[Field, ...],
    returns: Type | None,
    own_name: Token | None,
    effect: Effect | None,
    body: dict[str, Any] | None,
) -> _Read:
    own = plain(site, own_name) if own_name is not None else None
    return replace(_read(site, doc, name.text, fields, returns, effect, body), own_name=own)


def served_resource(
    site: Site,
    doc: str | None,
    name: Token,
    fields: tuple[Field, ...],
    returns: Type,
    uri: Token,
    body: dict[str, Any] | None,
) -> _Read:
    text = plain(site, uri)
    _check_uri(site, text, uri.span, fields)
    return replace(_read(site, doc, name.text, fields, returns, Effect("read", span=site.span), body), uri=text)


def _read(
    site: Site,
    doc: str | None,
    name: str,
    fields: tuple[Field, ...],
    returns: Type | None,
    effect: Effect | None,
    body: dict[str, Any] | None,
) -> _Read:
    options = dict(body or {})
    kinds, told = errors_of(options)
    otherwise = tuple(kind for kind in options.get("errors", ()) if isinstance(kind, str))
    if len(otherwise) > 1:
        message = f"nothing tells {' from '.join(f'`{kind}`' for kind in otherwise)}"
        site.problem(message, advice='say what the text of an error has: `NotFound when "no such file"`')
    return _Read(
        tool_declaration(site, doc, name, fields, returns, effect, options | {"errors": kinds}), told, otherwise
    )


def _check_address(site: Site, address: str, span: Span) -> None:
    if is_web(address):
        from urllib.parse import urlsplit  # most texts have no such server

        if "@" in urlsplit(address).netloc:
            message = "a credential stands in the address, and so in every definition and history"
            site.problem(message, span, advice='leave it out, and name it: `auth "name"`')
        return
    import shlex  # most texts have no such command

    try:
        words = shlex.split(address)
    except ValueError as error:
        site.problem(f"this is no command: {str(error).lower()}", span, advice="quote as for a shell")
        return
    if not words:
        advice = 'write a command such as `"npx -y @acme/server {root}"`, or a URL'
        site.problem("the server has neither a command nor a URL", span, advice=advice)


def _check_uri(site: Site, uri: str, span: Span, fields: Sequence[Field]) -> None:
    places, names = set(PLACE.findall(uri)), {field.name for field in fields}
    if "{" in PLACE.sub("", uri):
        advice = "only `{name}` is filled in, with the parameter of that name"
        site.problem("the address of the resource has a brace that is not filled in", span, advice=advice)
    for place in sorted(places - names):
        site.problem(f"there is no parameter `{place}`", span, code="SF101", advice=f"add `{place}: text`")
    for name in sorted(names - places):
        advice = f"write `{{{name}}}` where it belongs, or leave it out"
        site.problem(f"the address of the resource says nothing of `{name}`", span, code="SF104", advice=advice)


def one_server_each(site: Site, declarations: Iterable[Declaration]) -> None:
    """One name stands for one server, since a worker and its lock file know it by that."""
    first: dict[str, Served] = {}
    for tool in declarations:
        if isinstance(tool, ToolDeclaration) and tool.served is not None:
            known = first.setdefault(tool.served.server, tool.served)
            if (known.address, known.auth) != (tool.served.address, tool.served.auth):
                message = f"`{known.server}` is another server above: `{known.address}`"
                label = (Label(known.span, "there"),)
                advice = "give this one another name"
                site.problem(message, tool.span, code="SF102", advice=advice, secondary=label)
                return


RULES: Rules = {
    "tools_declaration": tools_declaration,
    "served": served,
    "auth_names": auth_names,
    "served_tool": served_tool,
    "served_resource": served_resource,
}
