"""The JSON Schema of `dsl diff --format json`.

`python -m dsl.differences.schema` writes `schemas/differences.json`; a test fails while that file is not current.
"""

import json
from pathlib import Path
from typing import Any

from dsl.differences.changes import KINDS, VERBS, VERDICTS, WEIGHTS
from dsl.differences.costing import ROWS
from dsl.differences.document import VERSION
from dsl.differences.fields import aspects

Schema = dict[str, Any]

FILE = Path(__file__).resolve().parents[2] / "schemas" / "differences.json"

_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_HASH: Schema = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
_AMOUNT: Schema = {"type": ["integer", "string", "null"]}


def differences_schema() -> Schema:
    """The schema of the document that a comparison gives to programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The change of meaning that `dsl diff --format json` tells",
        **_object(
            {
                "version": {"const": VERSION},
                "verdict": {"enum": list(VERDICTS)},
                "files": _list("file"),
                "runs": {
                    "anyOf": [_list("run"), {"type": "null"}],
                    "description": "Runs under way that keep the old definitions; null where no server was asked.",
                },
            }
        ),
        "$defs": {
            "file": _file(),
            "side": _object(
                {"name": _TEXT, "flows": {"type": "object", "additionalProperties": _HASH}, "text": _bool()}
            ),
            "place": _object({"name": _TEXT, "at": _MAYBE}),
            "change": _change(),
            "flow": _flow(),
            "run": _object({"run": _TEXT, "flow": _TEXT, "hash": _TEXT, "started": _TEXT}),
        },
    }


def _file() -> Schema:
    return _object(
        {
            "old": {"$ref": "#/$defs/side"},
            "new": {"$ref": "#/$defs/side"},
            "verdict": {"enum": list(VERDICTS)},
            "summary": _TEXT,
            "changes": _list("change"),
            "flows": _list("flow"),
            "same": {**_TEXTS, "description": "Flows whose hash is that which it was."},
        }
    )


def _change() -> Schema:
    place = {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]}
    return _object(
        {
            "of": {"enum": list(KINDS)},
            "name": _TEXT,
            "old": place,
            "new": place,
            "label": _TEXT,
            "aspect": {"enum": aspects()},
            "what": _TEXT,
            "verb": {"enum": list(VERBS)},
            "weight": {"enum": list(WEIGHTS)},
            "before": _MAYBE,
            "after": _MAYBE,
            "why": _MAYBE,
            "flows": _TEXTS,
            "follows": _bool(),
        }
    )


def _flow() -> Schema:
    cost = _object({"of": {"enum": list(ROWS)}, "before": _AMOUNT, "after": _AMOUNT})
    wait = _object({"label": _TEXT, "at": _MAYBE, "could_move": _bool(), "why_not": _MAYBE})
    return _object(
        {
            "old": _MAYBE,
            "new": _MAYBE,
            "old_hash": _HASH,
            "new_hash": _HASH,
            "because": {"type": "array", "items": _object({"of": {"enum": list(KINDS)}, "name": _TEXT})},
            "callers": _TEXTS,
            "most": {"anyOf": [{"type": "array", "items": cost}, {"type": "null"}]},
            "waits": {"type": "array", "items": wait},
        }
    )


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(differences_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(properties: Schema) -> Schema:
    """Every property is always there; none beside them."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{of}"}}


def _bool() -> Schema:
    return {"type": "boolean"}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
