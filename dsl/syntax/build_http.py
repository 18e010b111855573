"""`http get "https://…"` and `emit`: the request that carries a tool out, and the statuses that are errors it declares.

What of it can hold, and what the request says of each parameter, `dsl.checks.http` finds out.
"""

from typing import Any, get_args

from dsl.ast.declarations import Emit, Http, HttpHeader, HttpStatus, Method, NextPage, ToolDeclaration
from dsl.ast.expressions import Expression
from dsl.dataclass import replace
from dsl.syntax.build_types import Bound
from dsl.syntax.site import Option, Rules, Site, only
from dsl.syntax.templates import plain
from dsl.syntax.token import Token

METHODS: tuple[Method, ...] = get_args(Method)


def http(site: Site, method: Token, url: Expression, auth: Token | None, *parts: Option | HttpHeader | None) -> Option:
    found = next((each for each in METHODS if each == method.text.lower()), None)
    if found is None:
        known = ", ".join(f"`{each}`" for each in METHODS)
        site.problem(f"`{method.text}` is no method of a request", method.span, advice=f"there are {known}")
    elif found != method.text:
        site.problem("a method is written small", method.span, advice=f"write `{found}`", replacement=found)
    values: dict[str, Any] = {name: each.value for name, each in site.options(parts).items()}
    items = values.pop("items", None)
    if "next" in values:
        values["next"] = replace(values["next"], items=items)
    elif items is not None:
        message = "without `next` there is one page, and the answer is all of it"
        site.problem(message, advice="leave `items` out, or say where the next page is")
    named = None if auth is None else plain(site, auth)
    headers = only(HttpHeader, parts)
    return Option("http", Http(found or "get", url, named, headers, **values, span=site.span), site.span)


def emit(site: Site, event: Token, key: Expression | None, to: Expression, value: Expression | None) -> Option:
    return Option("emit", Emit(event.text, to, key, value, span=site.span), site.span)


def http_header(site: Site, name: Token, value: Expression) -> HttpHeader:
    return HttpHeader(plain(site, name), value, span=site.span)


def http_status(site: Site, kind: str, status: Token) -> HttpStatus:
    return HttpStatus(kind, int(status.text), span=site.span)


def query(site: Site, value: Expression) -> Option:
    return Option("query", value, site.span)


def body(site: Site, value: Expression) -> Option:
    return Option("body", value, site.span)


def next_page(site: Site, value: Expression, limit: Bound) -> Option:
    if limit.value < 1 or limit.value != limit.value.to_integral_value():
        site.problem("pages are counted in whole numbers, from 1", limit.span, advice="write `at most 20 pages`")
    return Option("next", NextPage(value, max(int(limit.value), 1), span=site.span), site.span)


def items(site: Site, value: Expression) -> Option:
    return Option("items", value, site.span)


def answering(
    site: Site, tool: ToolDeclaration, statuses: tuple[HttpStatus, ...], kinds: tuple[str, ...]
) -> ToolDeclaration:
    """The tool with what its statuses mean; `kinds` are those for which `errors` names none."""
    if tool.http is None:
        for status in statuses:
            message = "only an answer to a request has a status"
            site.problem(message, status.span, advice="leave out `when`; the tool names the kind of its errors itself")
        return tool
    for kind in kinds:
        message = f"no status says `{kind}`"
        site.problem(message, code="SF409", advice=f"say which does: `{kind} when 404`")
    return replace(tool, http=replace(tool.http, told=statuses))


RULES: Rules = {
    "emit": emit,
    "http": http,
    "http_header": http_header,
    "http_status": http_status,
    "query": query,
    "body": body,
    "next_page": next_page,
    "items": items,
}
