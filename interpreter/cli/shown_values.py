"""A value that somebody is to approve, as it is read: short ones as JSON on one line, texts of several lines as texts.

Each line of a text has a bar before it, so none can look like a line of ours, whatever it says.
"""

import json
import textwrap
from collections.abc import Iterator

from dsl.diagnostics.inert import inert, inert_json
from interpreter.boundary.payloads import JSON

SHORT, WIDE = 80, 96
BAR = "│ "


def value_lines(name: str, value: JSON) -> list[str]:
    """`name = VALUE`, or `name =` and what it holds below."""
    short = inert_json(json.dumps(value, ensure_ascii=False))
    if len(short) <= SHORT and not _has_lines(value):
        return [f"{name} = {short}"]
    if isinstance(value, str):
        return [f"{name} =", *(f"  {BAR}{line}".rstrip() for line in _text_lines(value))]
    return [f"{name} =", *(f"  {line}" for line in _parts(value))]


def _parts(value: JSON) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from value_lines(inert(str(key)), part)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from value_lines(f"[{place}]", part)
    else:
        yield inert_json(json.dumps(value, ensure_ascii=False))


def _has_lines(value: JSON) -> bool:
    if isinstance(value, dict):
        return any(map(_has_lines, value.values()))
    if isinstance(value, list):
        return any(map(_has_lines, value))
    return isinstance(value, str) and "\n" in value


def _text_lines(text: str) -> Iterator[str]:
    """Its lines, wrapped, and inert: what is no line feed is shown as what it is."""
    for line in text.replace("\r\n", "\n").split("\n"):
        yield from textwrap.wrap(inert(line), WIDE, replace_whitespace=False, drop_whitespace=False) or [""]
