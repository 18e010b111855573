"""Who carries a tool out: a request, an MCP server, an event. Where calls go is the part that a reviewer has to see."""

from collections.abc import Iterator
from typing import Any

from dsl.ast.declarations import Emit, ErrorText, Http, HttpHeader, HttpStatus, NextPage, Served
from dsl.differences import manners
from dsl.differences.changes import COMPATIBLE, Found, shown, verb_of, weaker
from dsl.differences.manners import Row
from dsl.differences.written import expression_text, quoted, status_text
from dsl.values.addresses import Unfit, address_of

GOES = "calls go to another place"
BY_ANOTHER = "somebody else carries it out"


def host_of(http: Http) -> str:
    """Scheme, host and port."""
    try:
        return str(address_of(http.url).origin)
    except Unfit:  # no such definition passes the check
        return expression_text(http.url)


def requesting(row: Row, before: Http | None, after: Http | None) -> Iterator[Found]:
    if before is None or after is None:
        texts = shown(lambda each: f"{each.method} {expression_text(each.url)}", before, after)
        yield Found("request", row.what, verb_of(before, after), *texts, "weaker", BY_ANOTHER)
        return
    old, new = host_of(before), host_of(after)
    if old != new:
        yield Found("host", "host", "changed", old, new, "weaker", GOES)
    for name, show in _OF_REQUEST.items():
        one, other = getattr(before, name), getattr(after, name)
        if one != other and not (name == "url" and old != new):
            weight = weaker("it has another credential") if name == "auth" and other else COMPATIBLE
            texts = shown(show, one or None, other or None)
            yield Found("request", f"request, {name}", verb_of(one or None, other or None), *texts, *weight)


def _headers(headers: tuple[HttpHeader, ...]) -> str:
    return ", ".join(f"{quoted(each.name)}: {expression_text(each.value)}" for each in headers)


def _next(page: NextPage) -> str:
    items = "" if page.items is None else f" items {expression_text(page.items)}"
    return f"{expression_text(page.value)} at most {page.at_most} pages{items}"


def _told(told: tuple[HttpStatus, ...]) -> str:
    return ", ".join(map(status_text, told))


_OF_REQUEST: dict[str, Any] = {
    "method": str,
    "url": expression_text,
    "auth": quoted,
    "headers": _headers,
    "query": expression_text,
    "body": expression_text,
    "next": _next,
    "told": _told,
}


def serving(row: Row, before: Served | None, after: Served | None) -> Iterator[Found]:
    if before is None or after is None:
        texts = shown(lambda each: quoted(each.address), before, after)
        yield Found("server", row.what, verb_of(before, after), *texts, "weaker", BY_ANOTHER)
        return
    if before.address != after.address:
        yield Found("server", "server", "changed", quoted(before.address), quoted(after.address), "weaker", GOES)
    auth = Row("server", "credential", manners.several, quoted, (("added", "weaker", "it has another credential"),))
    if before.auth != after.auth:
        yield from manners.several(auth, before.auth, after.auth)
    for name in ("server", "tool", "resource", "told", "otherwise"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            texts = shown(_asked, one or None, other or None)
            weight = ("weaker", "something else is asked of it") if name in ("tool", "resource") else COMPATIBLE
            yield Found("server", f"server, {name}", verb_of(one or None, other or None), *texts, *weight)


def _asked(value: str | tuple[ErrorText, ...]) -> str:
    if isinstance(value, str):
        return quoted(value)
    return ", ".join(f"{each.kind} when {quoted(each.pattern)}" for each in value)


def emitting(row: Row, before: Emit | None, after: Emit | None) -> Iterator[Found]:
    if before is None or after is None:
        texts = shown(lambda each: each.event, before, after)
        yield Found("event", "event", verb_of(before, after), *texts, "weaker", BY_ANOTHER)
        return
    if before.event != after.event:
        yield Found("event", "event", "changed", before.event, after.event, "weaker", GOES)
    for name, what in {"to": "event, to", "key": "event, from", "value": "event, with"}.items():
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            texts = shown(expression_text, one, other)
            yield Found("event", what, verb_of(one, other), *texts)
