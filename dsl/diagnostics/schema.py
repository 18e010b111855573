"""The JSON Schema of `dsl check --format json`.

`python -m dsl.diagnostics.schema` writes `schemas/diagnostics.json`; a test fails while that file is not current.
"""

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.reports import VERSION

Schema = dict[str, Any]

FILE = Path(__file__).resolve().parents[2] / "schemas" / "diagnostics.json"

_TEXT: Schema = {"type": "string"}
_POSITION = {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}
_OFFSET: Schema = {"type": "integer", "minimum": 0, "description": "Counted in code points."}


def diagnostics_schema() -> Schema:
    """The schema of the document that a check gives to programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Problems found by `dsl check --format json`",
        **_object({"version": {"const": VERSION}, "diagnostics": _list(_diagnostic())}),
        "$defs": {
            "position": _object(_POSITION) | {"description": "As people count: from 1, in code points."},
            "span": _object({"offset": _OFFSET, "length": _OFFSET, "start": _ref("position"), "end": _ref("position")}),
            "label": _object({"span": _ref("span"), "text": _TEXT}),
            "second": _second(),
            "fix": _object({"span": _ref("span"), "replacement": _TEXT}),
        },
    }


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(diagnostics_schema(), indent=2, ensure_ascii=False) + "\n"


def _diagnostic() -> Schema:
    return _object(
        {
            "file": _TEXT,
            "code": {"enum": list(CODES)},
            "title": {"enum": list(CODES.values())},
            "severity": {"enum": list(get_args(get_type_hints(Diagnostic)["severity"]))},
            "message": _TEXT,
            "primary": _ref("label"),
            "secondary": _list(_ref("second")),
            "help": {"type": ["string", "null"]},
            "fix": {"anyOf": [_ref("fix"), {"type": "null"}]},
        }
    )


def _second() -> Schema:
    label = _object({"span": _ref("span"), "text": _TEXT})
    return {**label, "properties": {"file": _TEXT, **label["properties"]}}


def _object(properties: Schema) -> Schema:
    """Every property is always there; none beside them."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
