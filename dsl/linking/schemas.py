"""`type X from "schema.json"`: a JSON Schema as the type that says the same.

Read: `type` of object, array, string, integer, number and boolean, with null or `nullable`; `properties`, `required`;
`items` with `maxItems`; `enum` of texts; `pattern`, `minLength` and `maxLength`, `minimum` and `maximum` of a property;
`$ref` within the file; `additionalProperties: false`, which all records mean anyhow. Titles, descriptions and the like
say nothing of values: of these, the description of a property is kept, for models to see. Anything else would be left
out in silence, so it is refused, with its place in the file as a JSON pointer.

The types are as they would be written by hand, so a definition has their meaning, and not the layout of a file.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from dsl.ast.declarations import TypeDeclaration, TypeFrom
from dsl.ast.types import Field, ListType, LiteralType, NamedType, OptionalType, RecordType, Type, UnionType
from dsl.dataclass import dataclass, field
from dsl.diagnostics.inert import is_active
from dsl.regex import regex
from dsl.source import Span
from dsl.syntax.slips import LONGEST_NUMBER
from dsl.values.patterns import pattern_problem

MOST_PARTS = 2_000
"""Of one type: what a file says once may be meant in many places."""
DEEPEST = 40

_PLAIN = {"string": "text", "integer": "int", "number": "number", "boolean": "bool"}
_SAYS_NOTHING = frozenset(
    {"$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "examples", "deprecated"}
)
_OF_EACH = frozenset({"type", "nullable", "enum", "$ref"})
_OF_KIND = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "maxItems"}),
    "string": frozenset({"pattern", "minLength", "maxLength"}),
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset({"minimum", "maximum"}),
    "boolean": frozenset[str](),
}
_KNOWN = frozenset.union(_SAYS_NOTHING, _OF_EACH, *_OF_KIND.values())
_ANY = r"[\s\S]*"
_ENDS = regex(r"(?<!\\)(?:\\\\)*\$\Z")
_BOUNDS = {"minimum": "at_least", "minLength": "at_least", "maximum": "at_most", "maxLength": "at_most"}


class UnreadableSchema(Exception):
    """What cannot be read, in words, at a place in the file."""

    def __init__(self, at: str, message: str) -> None:
        super().__init__(f"at `{at or '/'}`: {message}")


def type_of(declaration: TypeFrom, text: str) -> TypeDeclaration:
    """What `declaration` declares, by the text of its file. Raises `UnreadableSchema`."""
    try:
        whole = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_record)
    except RecursionError:
        raise UnreadableSchema("", "it is nested too deeply") from None
    except ValueError as error:
        raise UnreadableSchema("", f"it is no JSON: {error}") from None
    reading = _Schema(whole, declaration.name, declaration.span)
    return TypeDeclaration(declaration.name, reading.of(whole, "", ()), declaration.doc, span=declaration.span)


def _no_number(written: str) -> None:
    raise ValueError(f"{written} is no number")


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in [each for each, _ in pairs[:at]])
        raise ValueError(f'"{twice}" stands in one object twice')
    return found


@dataclass(slots=True)
class _Schema:
    whole: Any
    name: str
    span: Span
    parts: list[None] = field(default_factory=list)

    def of(self, schema: Any, at: str, within: tuple[str, ...], *, is_property: bool = False) -> Type:
        """The type of `schema`, which stands `at` this pointer, reached by way of the references `within`."""
        self.parts.append(None)
        if len(self.parts) > MOST_PARTS or at.count("/") > DEEPEST or len(within) > DEEPEST:
            raise UnreadableSchema(at, f"the type has more than {MOST_PARTS:,} parts, or is nested too deeply")
        if not isinstance(schema, dict):
            raise UnreadableSchema(at, "a schema is an object")
        if "$ref" in schema:
            return self._referred(schema, at, within)
        if (strange := next((word for word in schema if word not in _KNOWN), None)) is not None:
            raise UnreadableSchema(f"{at}/{_escaped(strange)}", f"`{strange}` is not read here")
        kind, optional = _kind(schema, at)
        for word in schema:
            allowed = _SAYS_NOTHING | _OF_EACH | _OF_KIND[kind]
            if word not in allowed or (word in ("pattern", *_BOUNDS) and not is_property):
                where = f"{at}/{_escaped(word)}"
                reason = "counts only for a property here" if word in allowed else "is not read here"
                raise UnreadableSchema(where, f"`{word}` {reason}")
        found = self._plain(kind, schema, at, within)
        return OptionalType(found, span=self.span) if optional else found

    def _plain(self, kind: str, schema: Mapping[str, Any], at: str, within: tuple[str, ...]) -> Type:
        if "enum" in schema:
            return self._enum(kind, schema["enum"], f"{at}/enum")
        if kind == "object":
            return self._object(schema, at, within)
        if kind != "array":
            return NamedType(_PLAIN[kind], span=self.span)
        if "items" not in schema:
            raise UnreadableSchema(at, "an array says what its `items` are")
        most = schema.get("maxItems")
        if most is not None and (type(most) is not int or most < 1):
            raise UnreadableSchema(f"{at}/maxItems", "it is a whole number from 1")
        return ListType(self.of(schema["items"], f"{at}/items", within), most, span=self.span)

    def _enum(self, kind: str, values: Any, at: str) -> Type:
        plain = [each for each in values if each is not None] if isinstance(values, list) else []
        if kind != "string" or not plain or not all(isinstance(each, str) for each in plain):
            raise UnreadableSchema(at, "only texts can be listed")
        options = tuple(LiteralType(each, span=self.span) for each in dict.fromkeys(plain))
        return options[0] if len(options) == 1 else UnionType(options, span=self.span)

    def _object(self, schema: Mapping[str, Any], at: str, within: tuple[str, ...]) -> Type:
        properties, required = schema.get("properties"), schema.get("required", [])
        if not isinstance(properties, dict) or not properties:
            raise UnreadableSchema(at, "an object says what `properties` it has")
        if schema.get("additionalProperties", False) is not False:
            raise UnreadableSchema(
                f"{at}/additionalProperties", "only `false` is read: a record has the fields it says"
            )
        if not isinstance(required, list) or not all(isinstance(each, str) and each in properties for each in required):
            raise UnreadableSchema(f"{at}/required", "it lists names of `properties`")
        fields = [
            self._field(name, inner, f"{at}/properties/{_escaped(name)}", within, name in required)
            for name, inner in properties.items()
        ]
        return RecordType(tuple(fields), span=self.span)

    def _field(self, name: str, schema: Any, at: str, within: tuple[str, ...], needed: bool) -> Field:
        if not (name.isascii() and name.isidentifier()):
            raise UnreadableSchema(at, "no field can be called so")
        type_ = self.of(schema, at, within, is_property=True)
        if not needed and not isinstance(type_, OptionalType):
            type_ = OptionalType(type_, span=self.span)
        bounds = {_BOUNDS[word]: _bound(schema[word], word, at) for word in _BOUNDS if word in schema}
        doc = schema.get("description")
        matches = _pattern(schema["pattern"], f"{at}/pattern") if "pattern" in schema else None
        words = _doc(doc) if isinstance(doc, str) else None
        return Field(name, type_, bounds.get("at_least"), bounds.get("at_most"), matches, doc=words, span=self.span)

    def _referred(self, schema: Mapping[str, Any], at: str, within: tuple[str, ...]) -> Type:
        reference = schema["$ref"]
        beside = next((word for word in schema if word not in _SAYS_NOTHING | {"$ref"}), None)
        if beside is not None:
            raise UnreadableSchema(f"{at}/{_escaped(beside)}", f"`{beside}` is not read beside `$ref`")
        if reference == "#":
            return NamedType(self.name, span=self.span)
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise UnreadableSchema(f"{at}/$ref", "it leads out of the file")
        if reference in within:
            raise UnreadableSchema(f"{at}/$ref", f"`{reference}` contains itself; only the whole schema, `#`, may")
        found = self.whole
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or key not in found:
                raise UnreadableSchema(f"{at}/$ref", f"there is no `{reference}` in the file")
            found = found[key]
        return self.of(found, reference[1:], (*within, reference))


def _kind(schema: Mapping[str, Any], at: str) -> tuple[str, bool]:
    """What it is, and whether it may be null."""
    said = schema.get("type")
    kinds = said if isinstance(said, list) else [said] if "type" in schema else []
    optional = "null" in kinds or schema.get("nullable") is True
    plain = [each for each in kinds if each != "null"]
    if not plain and "enum" in schema and "type" not in schema:
        plain = ["string"]
    if len(plain) != 1:
        raise UnreadableSchema(f"{at}/type" if "type" in schema else at, "a schema says one `type`, or one and null")
    if not isinstance(plain[0], str) or plain[0] not in _OF_KIND:
        raise UnreadableSchema(f"{at}/type", f"there is no type {json.dumps(plain[0])}")
    values = schema.get("enum")
    return plain[0], optional or (isinstance(values, list) and None in values)


def _bound(value: Any, word: str, at: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UnreadableSchema(f"{at}/{word}", "it is a number")
    digits = format(Decimal(value).copy_abs(), "f") if abs(Decimal(value).adjusted()) <= LONGEST_NUMBER else ""
    if not 0 < len(digits) <= LONGEST_NUMBER:
        raise UnreadableSchema(f"{at}/{word}", f"a bound has at most {LONGEST_NUMBER} digits")
    return -Decimal(digits) if value < 0 else Decimal(digits)


def _doc(text: str) -> str | None:
    """As a doc comment would say it: its lines without what is around them, and nothing that no text shows."""
    lines = ["".join(" " if is_active(each) else each for each in line).strip() for line in text.strip().split("\n")]
    return "\n".join(lines) if any(lines) else None


def _pattern(pattern: Any, at: str) -> str:
    """A schema's pattern is found anywhere in a text; one of ours matches all of it."""
    problem = "it is a text" if not isinstance(pattern, str) else pattern_problem(pattern)
    if problem is not None:
        raise UnreadableSchema(at, f"this pattern cannot be read: {problem}")
    if "|" in pattern:
        return f"{_ANY}(?:{pattern}){_ANY}"
    begins, ends = pattern.startswith("^"), _ENDS.search(pattern) is not None
    inner = pattern[1 if begins else 0 : -1 if ends else None]
    return f"{'' if begins else _ANY}{inner}{'' if ends else _ANY}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
