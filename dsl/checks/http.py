"""SF409: a request that cannot be sent as it is declared, or that does something else than the tool says of itself."""

from collections.abc import Iterator

from dsl.ast.declarations import Http, HttpStatus, ToolDeclaration
from dsl.ast.expressions import Expression, FunctionCall, Literal
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.expressions.names import names
from dsl.semantics.nodes import of_class
from dsl.semantics.requests import KEY, parts_of
from dsl.semantics.types import (
    CONVERSATION,
    NULL,
    UNKNOWN,
    ListOf,
    MapOf,
    OptionalOf,
    Record,
    Type,
    UnionOf,
    holds_conversation,
    members,
    required,
    spelled,
    structure,
)
from dsl.values.addresses import Unfit, address_of
from dsl.values.headers import name_problem

FORM = "application/x-www-form-urlencoded"
LEAST, MOST = 400, 599
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def check(program: Program) -> Iterator[Diagnostic]:
    yield from _events(program)
    for tool in program.facts.all(ToolDeclaration):
        if tool.http is None or program.facts.damage.touches(tool.span):
            continue
        if tool.served is not None:
            message = f"`{tool.name}` is carried out by an MCP server"
            yield Diagnostic("SF409", message, program.label(tool.http), help="leave the request out")
            continue
        for part in (_address, _values, _headers, _content, _method, _statuses, _pages, _said, _same_each_time):
            yield from part(program, tool, tool.http)


def _events(program: Program) -> Iterator[Diagnostic]:
    """What is sent to a run changes something there, gives nothing, and says all of its parameters."""
    for tool in program.facts.all(ToolDeclaration):
        emit = tool.emit
        if emit is None or program.facts.damage.touches(tool.span):
            continue
        if tool.served is not None or tool.http is not None:
            message = f"`{tool.name}` is carried out in two ways"
            yield Diagnostic("SF409", message, program.label(emit), help="leave one of them out")
        if tool.returns is not None or tool.effect.kind == "read":
            message = f"`{tool.name}` sends an event: that changes something, and gives nothing"
            advice = "write `write keyed`, without a result"
            yield Diagnostic("SF409", message, program.name_label(tool, tool.name), help=advice)
        elif not tool.effect.keyed and tool.effect.kind != "idempotent":
            message = f"`{tool.name}` sends an event under its key, so the run that gets it takes it once: it is keyed"
            advice = f"write `{tool.effect.kind} keyed`"
            yield Diagnostic("SF409", message, program.name_label(tool, tool.name), help=advice)


def _address(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    try:
        address = address_of(http.url)
    except Unfit as unfit:
        yield Diagnostic("SF409", str(unfit), program.label(http.url), help=unfit.advice or None)
        return
    if http.auth is not None and address.origin.scheme == "http" and address.origin.host not in _LOOPBACK:
        message = f'the credential "{http.auth}" would be sent in plain text'
        yield Diagnostic("SF409", message, program.label(http.url), help="write `https://`")
    if http.auth is not None and not http.auth.strip():
        message = "the credential has no name"
        yield Diagnostic("SF409", message, program.label(http), help='write `auth "name"`, or leave it out')


def _values(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    """What fills the address is one value, and is there."""
    for part in parts_of(http.url):
        found = program.facts.types.get(id(part), UNKNOWN)
        if found == NULL or isinstance(found, OptionalOf):
            message = "what may be null cannot be a part of an address"
            advice = "give it a value with `if … then … else`, or put it into `query`, which leaves out what is null"
            yield Diagnostic("SF409", message, program.label(part), help=advice)
        elif not _is_one_value(found):
            message = f"{spelled(found)} is no one value, as a part of an address is"
            yield Diagnostic("SF409", message, program.label(part), help="name a field of it, or put it into `query`")


def _headers(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    first = {header.name.lower(): header for header in reversed(http.headers)}
    for header in http.headers:
        problem = name_problem(header.name)
        if problem is not None:
            yield Diagnostic("SF409", problem[0], program.label(header), help=problem[1])
        elif first[header.name.lower()] is not header:
            before = (program.label(first[header.name.lower()], "the first one"),)
            message = f"the header `{header.name}` is written twice"
            yield Diagnostic("SF409", message, program.label(header), before, help="keep one of them")


def _content(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    if http.query is not None:
        yield from _record(program, http.query, "`query`")
    if http.body is None:
        return
    found = program.facts.types.get(id(http.body), UNKNOWN)
    if http.method in ("get", "head"):
        message = f"a `{http.method}` has no body"
        yield Diagnostic("SF409", message, program.label(http.body), help="put it into `query`")
    elif holds_conversation(found):
        message = "a conversation has no form outside"
        yield Diagnostic("SF409", message, program.label(http.body), help="send a text that is made of it")
    elif content_type(http) == FORM:
        yield from _record(program, http.body, "the body of a form")


def content_type(http: Http) -> str | None:
    """What the declaration itself says of the body."""
    for header in http.headers:
        value = header.value
        if header.name.lower() == "content-type" and isinstance(value, Literal) and isinstance(value.value, str):
            return value.value.partition(";")[0].strip().lower()
    return None


def _record(program: Program, value: Expression, what: str) -> Iterator[Diagnostic]:
    """One value for each name, or a list of them."""
    found = program.facts.types.get(id(value), UNKNOWN)
    inner = structure(found)
    if isinstance(inner, MapOf):
        odd = {} if _is_named(inner.value) else {"its values": inner.value}
    elif (fields := members(inner)) is not None:
        odd = {f"`{name}`": field.type for name, field in fields.items() if not _is_named(field.type)}
    elif inner == UNKNOWN:
        return
    else:
        message = f"{what} is a record, and this is {spelled(found)}"
        yield Diagnostic("SF409", message, program.label(value), help="name each value: `{ limit: 20 }`")
        return
    for name, type_ in odd.items():
        message = f"{what} has one value for each name, or a list, and {name} of it is {spelled(type_)}"
        yield Diagnostic("SF409", message, program.label(value), help="write it as text with `json_text(…)`")


def _method(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    kind = tool.effect.kind
    if http.method in ("get", "head") and kind in ("write", "irreversible"):
        message = f"`{tool.name}` is `{kind}`, and a `{http.method}` changes nothing, as all servers have it"
        advice = "declare it `read`; or keep it, where this server does otherwise"
        yield Diagnostic("SF409", message, program.name_label(tool, kind), help=advice, severity="warning")
    if http.method in ("put", "patch", "delete") and kind == "read":
        message = f"`{tool.name}` is `read`, and a `{http.method}` changes something"
        advice = "declare it `idempotent`" if http.method != "patch" else "declare it `write`"
        yield Diagnostic("SF409", message, program.name_label(tool, kind), help=advice, severity="warning")
    if http.method == "head" and tool.returns is not None:
        message = "the answer to a `head` has no body"
        yield Diagnostic("SF409", message, program.label(http), help="leave the result out, or write `get`")


def _statuses(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    first: dict[int, HttpStatus] = {}
    for told in http.told:
        known = first.setdefault(told.status, told)
        if not LEAST <= told.status <= MOST:
            message = f"{told.status} says no error: statuses that do are {LEAST} to {MOST}"
            yield Diagnostic("SF409", message, program.label(told), help="leave it out")
        elif known is not told:
            before = (program.label(known, "the first one"),)
            message = f"the status {told.status} says `{known.kind}` already"
            yield Diagnostic("SF409", message, program.label(told), before, help="keep one of them")


def _pages(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    if http.next is None:
        return
    returns = program.facts.declarations.callees[tool.name].returns
    inner = structure(required(returns))
    if tool.effect.kind != "read":
        message = f"`{tool.name}` is `{tool.effect.kind}`, and its request would be made once for each page"
        yield Diagnostic("SF409", message, program.label(http.next), help="leave `next` out")
    elif not isinstance(inner, ListOf) and inner != UNKNOWN:
        message = f"pages are put together to a list, and `{tool.name}` gives {spelled(returns)}"
        yield Diagnostic("SF409", message, program.label(http.next), help="let it give a list: `-> [Pet] at most 500`")


def _said(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    """What the request says of the parameters, and of the key that a `keyed` tool promises to honour."""
    said = read_by(http)
    if tool.effect.keyed and KEY not in said and tool.key not in said:
        message = f"`{tool.name}` is `keyed`, and its request does not send the key"
        advice = 'send it where the server looks for it: `header "Idempotency-Key": key`'
        yield Diagnostic("SF409", message, program.name_label(tool, "keyed"), help=advice)
    for field in tool.parameters:
        if field.name not in said:
            message = f"the request says nothing of `{field.name}`"
            advice = "put it into the address, `query`, a `header` or the `body`, or leave it out"
            label = program.name_label(field, field.name)
            yield Diagnostic("SF409", message, label, help=advice, severity="warning")


def _same_each_time(program: Program, tool: ToolDeclaration, http: Http) -> Iterator[Diagnostic]:
    for call in of_class(http, FunctionCall):
        if call.function in ("now", "uuid"):
            message = f"a request is the same for each attempt, and `{call.function}()` is not"
            yield Diagnostic("SF409", message, program.label(call), help="make it a parameter; the call's id is `key`")


def read_by(http: Http) -> frozenset[str]:
    values = [http.url, *(header.value for header in http.headers), http.query, http.body]
    return frozenset(name for value in values if value is not None for name in names(value))


def _is_named(type_: Type) -> bool:
    inner = structure(required(type_))
    return _is_one_value(inner.item if isinstance(inner, ListOf) else inner)


def _is_one_value(type_: Type) -> bool:
    inner = structure(required(structure(type_)))
    return not isinstance(inner, Record | ListOf | MapOf | UnionOf) and inner != CONVERSATION
