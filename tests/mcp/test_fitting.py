"""A declaration held against the schemas of its server: what does not fit is told with both sides."""

from typing import Any

import pytest

from dsl.ast.declarations import ToolDeclaration, TypeDeclaration
from dsl.source import Source
from dsl.syntax.parse import parse
from interpreter.mcp.fitting import misfits
from interpreter.mcp.pins import Pin

TEXT, NUMBER, INT = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def shape(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def told(signature: str, given: Any, result: Any = None) -> list[str]:
    text = f'edition 1 type Note {{ title: text }} tools s from mcp "x" {{ tool t{signature} read }}'
    parsed = parse(Source("t", text))
    assert not parsed.diagnostics
    (tool,) = (one for one in parsed.module.declarations if isinstance(one, ToolDeclaration))
    types = {one.name: one.type for one in parsed.module.declarations if isinstance(one, TypeDeclaration)}
    said = {"inputSchema": given} | ({"outputSchema": result} if result is not None else {})
    return misfits(tool, types, Pin("tool", "t", said))


@pytest.mark.parametrize(
    ("signature", "given", "result"),
    [
        ("(a: text, b: int?)", shape(("a",), a=TEXT, b=NUMBER), None),
        ("(a: decimal)", shape(a=NUMBER), None),
        ("(a: decimal)", shape(a=TEXT), None),
        ("(a: time)", shape(a={"type": "string", "format": "date-time"}), None),
        ('(a: "x" | "y")', shape(a={"enum": ["x", "y", "z"]}), None),
        ("(a: Note)", shape(a={"$ref": "#/$defs/N"}) | {"$defs": {"N": shape(("title",), title=TEXT)}}, None),
        ("(a: json)", shape(a=shape(x=TEXT)), None),
        ("() -> { n: number }", shape(), shape(("n", "m"), n=INT, m=TEXT)),
        ("() -> { n: int? }", shape(), shape(n={"anyOf": [INT, {"type": "null"}]})),
        ("() -> text", shape(), shape(n=INT)),
        ("() -> [Note]", shape(), {"type": "array", "items": shape(("title",), title=TEXT)}),
        ("() -> map[int]", shape(), {"type": "object", "additionalProperties": INT}),
    ],
)
def test_what_fits_is_not_told(signature: str, given: Any, result: Any) -> None:
    assert told(signature, given, result) == []


@pytest.mark.parametrize(
    ("signature", "given", "result", "words"),
    [
        ("(a: text)", shape(a=INT), None, "parameter `a`: text is not integer"),
        ("(a: number)", shape(a=INT), None, "parameter `a`: number is not integer"),
        ("(b: text)", shape(a=TEXT), None, "the server knows no parameter `b`"),
        ("()", shape(("a",), a=TEXT), None, "the server demands `a`, which is not declared"),
        ("(a: text?)", shape(("a",), a=TEXT), None, "the server demands `a`, which may be null here"),
        ('(a: "x" | "q")', shape(a={"type": "string", "enum": ["x"]}), None, 'parameter `a`: "q" is none of x'),
        ("(a: [text])", shape(a={"type": "array", "items": INT}), None, "parameter `a`: text is not integer"),
        ("(a: Note)", shape(a=shape(("id",), id=TEXT)), None, "parameter `a`: the server demands `id`, which is not"),
        ("() -> { n: int }", shape(), shape(("n",), n=NUMBER), "the result: field `n`: number is not int"),
        ("() -> { n: int }", shape(), shape(n=INT), "the result: `n` may be left out: declare it with `?`"),
        ("() -> { n: int }", shape(), shape(("m",), m=INT), "the result: it has no field `n`, but m"),
        ("() -> { n: text }", shape(), shape(("n",), n={"type": ["string", "null"]}), "null or string is not text"),
        ("() -> [text]", shape(), shape(n=INT), "the result: object is not [text]"),
    ],
)
def test_what_does_not_fit_is_told(signature: str, given: Any, result: Any, words: str) -> None:
    found = told(signature, given, result)
    assert len(found) == 1
    assert words in found[0]
