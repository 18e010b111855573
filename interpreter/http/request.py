"""The request of one call: what is declared, with the values of this call in their places.

Each value is encoded for its place and cannot leave it (`dsl.values.addresses`). A field that the text of `query` or
`body` writes and whose value is null is left out, which is how most servers say that something is not given; a null
within a value that is sent as it is stays. The body is JSON, a form where a header says so, or a text as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dsl.ast.declarations import Http
from dsl.ast.expressions import Convert, Entry, Expression, RecordLiteral, Widen
from dsl.ast.types import Type
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions_encoding import encoded
from dsl.expressions.json_writing import json_text
from dsl.expressions.text import render
from dsl.expressions.values import Scope, Value
from dsl.values.addresses import Origin, Unfit, address_of, filled
from dsl.values.headers import value_problem
from dsl.values.validate import converting
from interpreter.http.errors import NotSent

FORM = "application/x-www-form-urlencoded"
_LONGEST_TARGET = 16_000


@dataclass(frozen=True)
class Request:
    """`target` is the address behind the host."""

    method: str
    origin: Origin
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


def request_of(http: Http, scope: Scope, types: Mapping[str, Type]) -> Request:
    """Raises `NotSent`."""
    context = converting(CONSTANT, types)

    def value_of(expression: Expression) -> Value:
        return evaluate(expression, scope, context)

    try:
        address = address_of(http.url)
        url = filled(address, lambda part: _in_address(value_of(part)))
        target = url[len(str(address.origin)) :]
        if http.query is not None:
            target = _with_query(target, _written(http.query, value_of(http.query)))
        headers = list(_headers(http, value_of))
        sent = None if http.body is None else _written(http.body, value_of(http.body))
        body = None if sent is None else _body(sent, headers)
        if body is None:
            headers = [each for each in headers if each[0].lower() != "content-type"]
    except (Unfit, EvaluationError) as error:
        raise NotSent(str(error)) from None
    if len(target) > _LONGEST_TARGET:
        raise NotSent(f"the address has {len(target)} characters, and {_LONGEST_TARGET} is the most")
    return Request(http.method.upper(), address.origin, target, tuple(headers), body)


def _in_address(value: Value) -> str:
    if value is None:
        raise Unfit("a part of the address is null")
    return render(value)


def _with_query(target: str, values: Value) -> str:
    said = "&".join(_pairs(values, "`query`"))
    if not said:
        return target
    return f"{target}{'&' if '?' in target else '?'}{said}" if not target.endswith("?") else f"{target}{said}"


def _pairs(values: Value, what: str) -> Iterator[str]:
    if not isinstance(values, dict):
        raise Unfit(f"{what} is no record")
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict | list):
                raise Unfit(f"`{name}` of {what} is no one value")
            if item is not None:
                yield f"{encoded(name)}={encoded(render(item))}"


def _headers(http: Http, value_of: Any) -> Iterator[tuple[str, str]]:
    for header in http.headers:
        value = value_of(header.value)
        if value is None:
            continue
        text = render(value)
        if (problem := value_problem(text)) is not None:
            raise Unfit(f"the header `{header.name}` cannot hold the value: {problem}")
        yield header.name, text.strip()


def _body(value: Value, headers: list[tuple[str, str]]) -> bytes:
    declared = next((text for name, text in headers if name.lower() == "content-type"), None)
    if declared is not None and declared.partition(";")[0].strip().lower() == FORM:
        return "&".join(_pairs(value, "the form")).encode()
    if isinstance(value, str):
        if declared is None:
            headers.append(("Content-Type", "text/plain; charset=utf-8"))
        return value.encode()
    if declared is None:
        headers.append(("Content-Type", "application/json"))
    return json_text(value).encode()


def _written(expression: Expression, value: Value) -> Value:
    """`value` without what is null in a record that the text itself writes out."""
    while isinstance(expression, Widen | Convert):
        expression = expression.value
    if not isinstance(expression, RecordLiteral) or not isinstance(value, dict):
        return value
    entries = {entry.name: entry.value for entry in expression.entries if isinstance(entry, Entry)}
    inner = {name: _written(entries[name], item) if name in entries else item for name, item in value.items()}
    return {name: item for name, item in inner.items() if item is not None or name not in entries}
