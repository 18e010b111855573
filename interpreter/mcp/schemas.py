"""JSON Schemas of servers: what is wrong with a value by one, and what kinds of values one takes.

They come from outside, so they are compiled once for each pin, load nothing from anywhere, and are used beside the
workflow only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

JSON = Any
MOST_PROBLEMS = 5


class Checked:
    """A schema that values are held against."""

    def __init__(self, schema: JSON) -> None:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import Draft202012Validator, validator_for
        from referencing import Registry

        kind = validator_for(schema, default=Draft202012Validator)
        self._invalid: str | None = None
        try:
            kind.check_schema(schema)
        except SchemaError as error:
            self._invalid = f"the schema itself is none: {error.message}"
        self._validator = kind(schema, registry=Registry())

    def problems(self, value: JSON) -> list[str]:
        """Each with its place; empty when the value fits."""
        if self._invalid is not None:
            return [self._invalid]
        try:
            errors = sorted(self._validator.iter_errors(value), key=lambda error: list(map(str, error.path)))
        except Exception as error:  # noqa: BLE001 - a schema from outside may break its reader: a missing $ref, a pattern
            return [f"the schema cannot be used: {type(error).__name__}: {error}"]
        return [f"{_place(error.path)}{_short(error.message)}" for error in errors[:MOST_PROBLEMS]]


def _place(path: Any) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return f"{place}: " if place else ""


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:300]}…"


def followed(schema: JSON, whole: JSON) -> Mapping[str, JSON]:
    """The schema that a local `$ref` stands for; what says nothing is empty."""
    for _ in range(20):
        if not isinstance(schema, Mapping):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return schema
        found: JSON = whole
        for part in reference.removeprefix("#").strip("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) and name else found
        schema = found
    return {}


def alternatives(schema: JSON, whole: JSON, depth: int = 0) -> Iterator[Mapping[str, JSON]]:
    """The schemas of which a value fits one: those of `anyOf` and `oneOf`, or the schema itself."""
    schema = followed(schema, whole)
    options = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(options, list) and depth < 10:
        for option in options:
            yield from alternatives(option, whole, depth + 1)
    else:
        yield schema


def kinds(schema: JSON, whole: JSON) -> frozenset[str] | None:
    """The JSON types that the schema takes; None for all."""
    found: set[str] = set()
    for option in alternatives(schema, whole):
        said = option.get("type")
        values = option.get("enum", [option["const"]] if "const" in option else None)
        if isinstance(said, str):
            found.add(said)
        elif isinstance(said, list):
            found.update(map(str, said))
        elif isinstance(values, list):
            found.update(_KINDS.get(type(value), "object") for value in values)
        else:
            return None
    return frozenset(found)


_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", type(None): "null"}
