"""The JSON Schema of a picture, made from its classes.

`python -m dsl.drawing.schema` writes `schemas/graph.json`; a test fails while that file is not current.
"""

import json
from pathlib import Path
from typing import Any, get_args

from dsl.drawing.picture import FORMAT, EdgeKind, GroupKind, NodeKind, State

Schema = dict[str, Any]

FILE = Path(__file__).resolve().parents[2] / "schemas" / "graph.json"
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def picture_schema() -> Schema:
    """The schema of `dsl graph --format json`."""
    group = {
        "id": _TEXT,
        "kind": {"enum": list(get_args(GroupKind))},
        "title": {"type": "string", "description": "When a block is entered; without words it always is."},
        "parent": {"type": "string", "description": "The group around it."},
        "owner": {"type": "string", "description": "The node that a block belongs to."},
    }
    node = {
        "id": _TEXT,
        "kind": {"enum": list(get_args(NodeKind))},
        "title": _TEXT,
        "group": _TEXT,
        "lines": _TEXTS,
        "statements": {**_TEXTS, "description": "The addresses of the statements that it stands for."},
        "state": {"enum": list(get_args(State)), "description": "With a run: how it stands there."},
    }
    edge = {"from": _TEXT, "to": _TEXT, "kind": {"enum": list(get_args(EdgeKind))}, "label": _TEXT}
    properties = {
        "format": {"const": FORMAT},
        "flow": _TEXT,
        "hash": {"type": "string", "description": "Of the definition that is drawn."},
        "run": {"type": "string", "description": "The run whose states the nodes have."},
        "groups": {"type": "array", "items": _object(group, ["id", "kind", "title"])},
        "nodes": {"type": "array", "items": _object(node, ["id", "kind", "title", "group"])},
        "edges": {"type": "array", "items": _object(edge, ["from", "to", "kind"])},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The picture of a Steadflow flow",
        "description": "A graph in the order of the text: nodes in groups, and edges between nodes.",
        **_object(properties, ["format", "flow", "hash", "groups", "nodes", "edges"]),
    }


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(picture_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
