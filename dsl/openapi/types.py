"""Schemas as types. What a schema says and no type can say becomes `json`, with the reason.

Read: `type` with `nullable` or `null`, `enum` and `const` of texts, `format: date-time`, `properties` with `required`,
`additionalProperties` of a schema, `items` with `maxItems`, `allOf` of objects, `oneOf` and `anyOf` with null, or of
declared objects that a text field tells apart, and `$ref` within the document. What is `readOnly` is not sent, what is
`writeOnly` not answered: a schema in which something is, is a type for each way. What bounds a value (`minimum`,
`pattern`) counts for what is sent (`constraints`), and not for what comes: refusing its answer mends no server.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dsl.dataclass import dataclass, field
from dsl.diagnostics.inert import inert
from dsl.openapi.document import JSON, SCHEMAS, Document, items, name_of, record, text, texts
from dsl.openapi.names import Names, as_type_name, is_name, quoted
from dsl.values.patterns import pattern_problem
from dsl.values.structure import BASIC_TYPES, GENERIC_TYPES

MOST_OPTIONS = 50
LONGEST_LINE = 100
_PLAIN = {"string": "text", "integer": "int", "number": "number", "boolean": "bool"}
_DEEPEST = 12
MOST_LOOKS = 5_000
"""At the parts of one schema. A document may write one in many places, and each of them in many more."""


@dataclass(frozen=True, slots=True)
class Types:
    """Types by the name of their schema, written when they are first needed. `without` are those that are not, with the
    reason.

    `_same` are names of what is no record, with what they name; `_sending` is not empty while it is about what is sent.
    `_ends` counts the lists, maps and optional fields around what is looked at: there a value of a type that contains
    itself has its end. `_entered` is how many there were where a type began.
    """

    document: Document
    without: Mapping[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names({*BASIC_TYPES, *GENERIC_TYPES, "conversation", "file"}))
    written: dict[str, str] = field(default_factory=dict)
    _same: dict[str, str] = field(default_factory=dict)
    _sending: list[None] = field(default_factory=list)
    _ends: list[str] = field(default_factory=list)
    _entered: dict[str, int] = field(default_factory=dict)
    _looks: list[None] = field(default_factory=list)

    def of(self, schema: JSON, where: str, depth: int = 0) -> str:
        """The type as it is written."""
        self._looks.append(None)
        if depth > _DEEPEST or len(self._looks) > MOST_LOOKS:
            return self._json(where, "it is nested too deeply, or too large")
        reference = record(schema).get("$ref")
        if isinstance(reference, str):
            return self._named(reference, where)
        schema = record(schema)
        kinds = items(schema.get("type")) or (schema.get("type"),)
        if "null" in kinds or schema.get("nullable") is True:
            rest = [each for each in kinds if each not in ("null", None)]
            plain = {**schema, "type": rest[0] if len(rest) == 1 else None, "nullable": False}
            with self._end(where):
                return _optional(self.of(plain, where, depth + 1))
        if len(kinds) > 1:
            return self._json(where, "it may be of several kinds")
        return self._plain(schema, where, depth)

    def _plain(self, schema: Mapping[str, JSON], where: str, depth: int) -> str:
        if "allOf" in schema:
            return self._all_of(schema, where, depth)
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return self._one_of(items(schema[several]), where, depth)
        values = [schema["const"]] if "const" in schema else items(schema.get("enum"))
        if values:
            return self._enum(tuple(values), where)
        match schema.get("type"):
            case "string" if schema.get("format") == "date-time":
                return "time"
            case "string" | "integer" | "number" | "boolean" as kind:
                return _PLAIN[kind]
            case "array":
                with self._end(where):
                    inner = self.of(schema.get("items", {}), f"{where}[]", depth + 1)
                most = schema.get("maxItems")
                bound = f" at most {most}" if type(most) is int and most > 0 else ""
                return f"[{inner}{bound}]"
            case "object" | None if "properties" in schema:
                return self._object(schema, where, depth)
            case "object" if record(schema.get("additionalProperties")):
                with self._end(where):
                    return f"map[{self.of(schema['additionalProperties'], where + '{}', depth + 1)}]"
            case "object" | None:
                return "json"
            case other:
                return self._json(where, f"`type: {other}` is not known")

    def _enum(self, values: tuple[JSON, ...], where: str) -> str:
        null = None in values
        plain = tuple(dict.fromkeys(each for each in values if isinstance(each, str)))
        others = any(each is not None and not isinstance(each, str) for each in values)
        if others or not 0 < len(plain) <= MOST_OPTIONS:
            return self._json(where, "its values are not texts, or too many")
        written = " | ".join(map(quoted, plain))
        return f"({written})?" if null else written

    def _object(self, schema: Mapping[str, JSON], where: str, depth: int) -> str:
        required = set(texts(schema.get("required")))
        fields: list[str] = []
        for name, inner in record(schema.get("properties")).items():
            if not is_name(name):
                self.document.leave(f"{where}.{name}", "no field can be called so")
                continue
            if self.is_kept_back(inner):
                continue
            if name in required:
                fields.append(f"{name}: {self.of(inner, f'{where}.{name}', depth + 1)}")
                continue
            with self._end(where):
                fields.append(f"{name}: {_optional(self.of(inner, f'{where}.{name}', depth + 1))}")
        return _record(fields, depth) if fields else "json"

    def is_kept_back(self, schema: JSON) -> bool:
        """On the way that is looked at: it only comes, and this is sent, or the other way round."""
        way = "readOnly" if self._sending else "writeOnly"
        return any(side.get(way) is True for side in (record(schema), self.document.followed(schema)))

    def _all_of(self, schema: Mapping[str, JSON], where: str, depth: int) -> str:
        merged = self.merged(schema)
        if merged is None:
            return self._json(where, "`allOf` of what are no objects")
        if not merged.get("properties") and len(items(schema["allOf"])) == 1:
            return self.of(items(schema["allOf"])[0], where, depth + 1)
        return self._plain(merged, where, depth + 1)

    def merged(self, schema: Mapping[str, JSON], depth: int = 0) -> Mapping[str, JSON] | None:
        """An object with all that `allOf` brings together; None where something in it is none."""
        self._looks.append(None)
        if len(self._looks) > MOST_LOOKS:
            return None
        properties: dict[str, JSON] = dict(record(schema.get("properties")))
        required = list(texts(schema.get("required")))
        for each in items(schema.get("allOf")):
            part = self.document.followed(each)
            inner = self.merged(part, depth + 1) if "allOf" in part and depth < _DEEPEST else part
            if inner is None or inner.get("type", "object") != "object" or "oneOf" in inner or "anyOf" in inner:
                return None
            properties |= record(inner.get("properties"))
            required += texts(inner.get("required"))
        return {"type": "object", "properties": properties, "required": required}

    def _one_of(self, options: tuple[JSON, ...], where: str, depth: int) -> str:
        rest = [each for each in options if record(each).get("type") != "null"]
        if len(rest) == 1 and len(rest) < len(options):
            with self._end(where):
                return _optional(self.of(rest[0], where, depth + 1))
        if len(rest) == 1:
            return self.of(rest[0], where, depth + 1)
        told = self._told_apart(rest)
        if told is None:
            return self._json(where, "nothing that the language knows tells its alternatives apart")
        written = " | ".join(told)
        return f"({written})?" if len(rest) < len(options) else written

    def _told_apart(self, options: list[JSON]) -> list[str] | None:
        """Declared objects of which each has a text of its own in one field."""
        objects = [self.document.followed(each) for each in options]
        if not all(isinstance(record(each).get("$ref"), str) for each in options) or not objects:
            return None
        for name in record(objects[0].get("properties")):
            marks = [self._mark(each, name) for each in objects]
            if None not in marks and len(set(marks)) == len(marks):
                return [self._named(each["$ref"], "") for each in options]
        return None

    def _mark(self, schema: Mapping[str, JSON], name: str) -> str | None:
        found = record(schema.get("properties")).get(name)
        inner = {} if self.is_kept_back(found) else self.document.followed(found)
        values = [inner["const"]] if "const" in inner else items(inner.get("enum"))
        required = name in texts(schema.get("required"))
        return values[0] if required and len(values) == 1 and isinstance(values[0], str) else None

    def _named(self, reference: str, where: str) -> str:
        if not reference.startswith(SCHEMAS):
            return self._json(where or reference, f"`{reference}` is no schema of this document")
        key = name_of(reference.removeprefix(SCHEMAS))
        if key not in self.document.schemas:
            return self._json(where or reference, f"there is no schema `{key}`")
        schema = record(self.document.schemas[key])
        key = f"{key} to send" if self._sending and key in self.document.of_one_way else key
        if key in self.without:
            return self._json(key, self.without[key])
        if self._entered.get(key) == len(self._ends):
            return self._json(where or key, f"`{key}` contains itself, and a value of it would have no end")
        name = self.names.of(key, as_type_name(key))
        if key not in self.written:
            self.written[key] = ""  # under way: it may name itself
            self._entered[key] = len(self._ends)
            self.looks_anew()
            doc = comment(schema.get("description"), "##")
            body = self.of(schema, key)
            del self._entered[key]
            is_record = body.startswith("{ ") and body.endswith(" }")
            self.written[key] = f"{doc}type {name} {'' if is_record else '= '}{body}\n"
            self._same.update({} if is_record else {name: body})
        return name

    def is_text(self, type_: str) -> bool:
        return self._meant(type_) == "text"

    def may_be_text(self, type_: str) -> bool:
        """Whether a value of it may be one that is written in quotes."""
        meant = self._meant(type_)
        return meant in ("text", "time", "json") or meant.startswith(('"', '("'))

    def _meant(self, type_: str) -> str:
        """A type as it is written, whatever it is called, without null."""
        plain = type_.removesuffix("?")
        return self._meant(self._same[plain]) if plain in self._same else plain

    def looks_anew(self) -> None:
        """For the next schema, or the next operation."""
        self._looks.clear()

    @contextmanager
    def to_send(self) -> Iterator[None]:
        """What is looked at is for what is sent."""
        self._sending.append(None)
        try:
            yield
        finally:
            self._sending.pop()

    @contextmanager
    def _end(self, where: str) -> Iterator[None]:
        self._ends.append(where)
        yield
        self._ends.pop()

    def _json(self, where: str, why: str) -> str:
        self.document.leave(where, f"{why}: it is `json`")
        return "json"


def constraints(schema: Mapping[str, JSON]) -> str:
    """What bounds a value that is sent."""
    said = []
    if schema.get("type") in ("integer", "number"):
        for key, words in (("minimum", "at least"), ("maximum", "at most")):
            limit = schema.get(key)
            if isinstance(limit, int | float) and not isinstance(limit, bool) and abs(limit) < 1e15:
                whole = int(limit) if float(limit).is_integer() else limit
                said.append("" if "e" in repr(whole) else f" {words} {whole}")
    pattern = schema.get("pattern")
    if schema.get("type") == "string" and isinstance(pattern, str) and pattern_problem(pattern) is None:
        said.append(f" matches {quoted(pattern)}")
    return "".join(said)


def comment(said: JSON, sign: str) -> str:
    """The first line of what is said, as a line of its own."""
    lines = text(said).strip().splitlines()
    return f"{sign} {inert(' '.join(lines[0].split())[:110])}\n" if lines and lines[0].strip() else ""


def _record(fields: list[str], depth: int) -> str:
    """In one line where that is short; a declared type is at depth 0."""
    line = "{ " + ", ".join(fields) + " }"
    if depth or len(line) <= LONGEST_LINE:
        return line
    return "{ " + ",\n  ".join(fields) + " }"


def _optional(type_: str) -> str:
    if type_.endswith("?") or type_ == "json":
        return type_
    return f"({type_})?" if " | " in type_ and not type_.startswith(("{", "[")) else f"{type_}?"
