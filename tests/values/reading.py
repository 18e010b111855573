"""Types and JSON from their texts, for tests."""

import json
from decimal import Decimal
from typing import Any

from dsl.ast.declarations import ToolDeclaration, TypeDeclaration
from dsl.ast.types import Field, RecordType, Type
from dsl.source import Source
from dsl.syntax.parse import parse


def types(text: str) -> dict[str, Type]:
    """The declared types of a text without its first line."""
    parsed = parse(Source("case", f"edition 1\n{text}"))
    assert not parsed.diagnostics, [problem.message for problem in parsed.diagnostics]
    return {each.name: each.type for each in parsed.module.declarations if isinstance(each, TypeDeclaration)}


def type_(text: str) -> Type:
    """One type, as it may stand in a field."""
    record = types(f"type Case {{ value: {text} }}")["Case"]
    assert isinstance(record, RecordType)
    return record.fields[0].type


def tool(text: str) -> tuple[tuple[Field, ...], Type | None]:
    """Parameters and result of `(…) -> …`."""
    parsed = parse(Source("case", f"edition 1\ntool case{text} read"))
    assert not parsed.diagnostics, [problem.message for problem in parsed.diagnostics]
    (declaration,) = parsed.module.declarations
    assert isinstance(declaration, ToolDeclaration)
    return declaration.parameters, declaration.returns


def from_json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)
