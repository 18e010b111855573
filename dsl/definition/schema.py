"""The JSON Schema of a sealed definition, generated from the classes of the nodes.

`python -m dsl.definition.schema` writes `schemas/definition.json`; a test fails while that file is not current.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.node import Node
from dsl.ast.types import Type
from dsl.definition.encode import NODES
from dsl.definition.form import FORMAT

Schema = dict[str, Any]

FILE = Path(__file__).resolve().parents[2] / "schemas" / "definition.json"

_PLAIN: Mapping[Any, Schema] = {
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    Decimal: {
        "type": "object",
        "properties": {"$decimal": {"type": "string"}},
        "required": ["$decimal"],
        "additionalProperties": False,
    },
}


def definition_schema() -> Schema:
    """The schema of the bytes that `seal` makes."""
    properties = {
        "format": {"const": FORMAT},
        "edition": {"type": "integer"},
        "flow": {"type": "string", "description": "The flow that a run starts with."},
        "flows": _by_name(FlowDeclaration),
        "tools": _by_name(ToolDeclaration),
        "agents": _by_name(AgentDeclaration),
        "types": _by_name(Type),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A sealed Steadflow definition",
        "description": "What one flow means. Its SHA-256, over its canonical bytes, is its hash.",
        **_object(properties, list(properties)),
        "$defs": {name: _node(cls) for name, cls in sorted(NODES.items())},
    }


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(definition_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _by_name(annotation: Any) -> Schema:
    return {"type": "object", "additionalProperties": _schema(annotation)}


def _node(cls: type[Node]) -> Schema:
    hints = get_type_hints(cls)
    parts = [part for part in fields(cls) if part.name != "span"]
    properties = {"node": {"const": cls.__name__}} | {part.name: _schema(hints[part.name]) for part in parts}
    schema = _object(properties, ["node", *(part.name for part in parts if part.default is MISSING)])
    doc = cls.__doc__ or ""
    return schema if doc.startswith(f"{cls.__name__}(") else {"description": " ".join(doc.split())} | schema


def _schema(annotation: Any) -> Schema:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(option) for option in get_args(annotation)]}
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(annotation)[0])}
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    return {"$ref": f"#/$defs/{annotation.__name__}"}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
