"""A review as JSON, and the schema of that, both made from the classes of the model.

`python -m dsl.review.document` writes `schemas/report.json`; a test fails while that file is not current.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dsl.planning.page import document as plan_document
from dsl.planning.plan import Plan
from dsl.review.model import Review

VERSION = 1
FILE = Path(__file__).resolve().parents[2] / "schemas" / "report.json"
Schema = dict[str, Any]


def document(review: Review) -> dict[str, Any]:
    """Times in milliseconds, money as a decimal text, null for what the text does not bound, and a plan as
    `dsl plan --json` has it."""
    return {"version": VERSION, **_plain(review)}


def _plain(value: Any) -> Any:
    if isinstance(value, Plan):
        return plan_document(value)
    if is_dataclass(value):
        return {_name(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _name(name: str) -> str:
    return name.removesuffix("_")


def schema() -> Schema:
    found: dict[str, Schema] = {}
    root = _schema(Review, found)
    whole = found.pop(Review.__name__)
    properties = {"version": {"const": VERSION}, **whole["properties"]}
    assert root == {"$ref": "#/$defs/Review"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `dsl report --json` says of a flow",
        "description": "Times are milliseconds, null where the text does not bound them.",
        **whole,
        "properties": properties,
        "required": list(properties),
        "$defs": dict(sorted(found.items())),
    }


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


_PLAIN: Mapping[Any, Schema] = {
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    Plan: {"type": "object", "description": "As `dsl plan --json` prints it."},
}


def _schema(annotation: Any, found: dict[str, Schema]) -> Schema:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(option, found) for option in get_args(annotation)]}
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(annotation)[0], found)}
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    if annotation.__name__ not in found:
        found[annotation.__name__] = {}
        found[annotation.__name__] = _object(annotation, found)
    return {"$ref": f"#/$defs/{annotation.__name__}"}


def _object(cls: type, found: dict[str, Schema]) -> Schema:
    hints = get_type_hints(cls)
    properties = {_name(each.name): _schema(hints[each.name], found) for each in fields(cls)}
    doc = cls.__doc__ or ""
    described = {} if doc.startswith(f"{cls.__name__}(") or not doc else {"description": " ".join(doc.split())}
    return {
        **described,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
