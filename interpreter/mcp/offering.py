"""Ready declarations for what a server offers: types from its schemas, effects from its hints, for a person to read,
to shorten and to decide on. What a type of the language cannot say is `json`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dsl.expressions.wire import json_text
from interpreter.mcp.pins import JSON, Listing
from interpreter.mcp.schemas import alternatives, followed, kinds
from interpreter.mcp.server import Server

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BASIC = {"string": "text", "integer": "int", "number": "number", "boolean": "bool"}
_MOST_DEPTH = 6
_LONGEST_LINE = 118


def declarations(server: Server, listing: Listing) -> str:
    auth = f" auth {', '.join(map(json_text, server.auth))}" if server.auth else ""
    lines = [f"tools {server.name} from mcp {json_text(server.address)}{auth} {{"]
    for tool in sorted(listing.tools):
        lines += _tool(listing.tools[tool])
    for uri, said in sorted(listing.resources.items()):
        lines += _resource(uri, said, [])
    for uri, said in sorted(listing.templates.items()):
        places = re.findall(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", uri)
        if "{" not in re.sub(r"\{[A-Za-z_][A-Za-z0-9_]*\}", "", uri):
            lines += _resource(uri, said, list(dict.fromkeys(places)))
    return "\n".join([*lines, "}"]) + "\n"


def _tool(said: Mapping[str, JSON]) -> Iterator[str]:
    name = _named(said["name"])
    schema = said.get("inputSchema") or {}
    parameters = ", ".join(_fields(schema, schema, 0))
    output = said.get("outputSchema")
    returns = type_of(output, output) if output else "text"
    own = f" from {json_text(said['name'])}" if name != said["name"] else ""
    yield from _doc(said.get("description"))
    yield f"  tool {name}({parameters}) -> {returns}{own} {effect(said.get('annotations') or {})}"


def effect(hints: Mapping[str, JSON]) -> str:
    """What the server says that the tool does; a person knows better. The defaults are those of the protocol."""
    if hints.get("readOnlyHint") is True:
        return "read"
    return "idempotent" if hints.get("idempotentHint") is True else "write"


def _resource(uri: str, said: Mapping[str, JSON], places: list[str]) -> Iterator[str]:
    name = _named(str(said.get("name") or uri).rpartition("/")[2] or "resource").lower()
    parameters = ", ".join(f"{place}: text" for place in places)
    mime = str(said.get("mimeType") or "text/plain")
    returns = "text" if mime.startswith("text/") or mime.endswith(("json", "xml")) else "{ contents: [json] }"
    yield from _doc(said.get("description"))
    yield f"  resource {name}({parameters}) -> {returns} from {json_text(uri)}"


def type_of(schema: JSON, whole: JSON, depth: int = 0) -> str:
    options = list(alternatives(schema, whole))
    solid = [one for one in options if one.get("type") != "null"]
    taken = kinds(schema, whole)
    if len(solid) != 1 or taken is None or depth > _MOST_DEPTH:
        return "json"
    plain = taken - {"null"}
    mark = "?" if "null" in taken else ""
    return f"{_solid(solid[0], plain, whole, depth)}{mark}" if len(plain) == 1 else "json"


def _solid(schema: Mapping[str, JSON], plain: frozenset[str], whole: JSON, depth: int) -> str:
    (kind,) = plain
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if kind == "string" and isinstance(values, list) and values and all(isinstance(one, str) for one in values):
        union = " | ".join(map(json_text, values))
        return union if len(values) == 1 else f"({union})" if depth else union
    if kind == "array":
        return f"[{type_of(schema.get('items', {}), whole, depth + 1)}]"
    if kind == "object":
        return _object(schema, whole, depth)
    return _BASIC.get(kind, "json")


def _object(schema: Mapping[str, JSON], whole: JSON, depth: int) -> str:
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and properties:
        fits = all(_NAME.fullmatch(name) for name in properties)
        return f"{{ {', '.join(_fields(schema, whole, depth + 1))} }}" if fits else "json"
    more = schema.get("additionalProperties")
    return f"map[{type_of(more, whole, depth + 1)}]" if isinstance(more, Mapping) else "json"


def _fields(schema: JSON, whole: JSON, depth: int) -> Iterator[str]:
    shape = followed(schema, whole)
    properties: Any = shape.get("properties") or {}
    for name, of in properties.items():
        if _NAME.fullmatch(name):
            type_ = type_of(of, whole, depth)
            left_out = name not in shape.get("required", [])
            union = " | " in type_ and not type_.startswith(("(", "{", "["))
            optional = "" if not left_out or type_.endswith("?") else "?"
            yield f"{name}: {f'({type_})' if union and optional else type_}{optional}"


def _doc(description: JSON) -> Iterator[str]:
    for line in str(description or "").strip().splitlines():
        text = line.strip()
        while text:
            cut = (
                text[:_LONGEST_LINE]
                if len(text) <= _LONGEST_LINE
                else text[:_LONGEST_LINE].rpartition(" ")[0] or text[:_LONGEST_LINE]
            )
            yield f"  ## {cut}"
            text = text[len(cut) :].strip()


def _named(name: str) -> str:
    made = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return made if _NAME.fullmatch(made) else f"_{made}"
