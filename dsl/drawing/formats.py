"""The formats of a picture, by name, and which one a file's name asks for."""

import json
from collections.abc import Callable
from pathlib import Path

from dsl.diagnostics.inert import inert_json
from dsl.drawing.dot import dot
from dsl.drawing.mermaid import mermaid
from dsl.drawing.outline import outline
from dsl.drawing.picture import Picture, document
from dsl.drawing.svg import svg

Writer = Callable[[Picture], str]


def json_text(picture: Picture) -> str:
    return inert_json(json.dumps(document(picture), ensure_ascii=False, indent=2)) + "\n"


FORMATS: dict[str, Writer] = {"text": outline, "svg": svg, "mermaid": mermaid, "dot": dot, "json": json_text}
_SUFFIXES = {
    "svg": "svg",
    "mmd": "mermaid",
    "mermaid": "mermaid",
    "dot": "dot",
    "gv": "dot",
    "json": "json",
    "txt": "text",
    "text": "text",
}


def format_of(file: str | None) -> str | None:
    """By how its name ends; text where that says nothing. None: it ends like a file of something else."""
    _, dot, ending = Path(file or "").name.rpartition(".")
    return _SUFFIXES.get(ending.lower()) if dot else "text"
