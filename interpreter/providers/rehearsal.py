"""A model for rehearsals: answers from the schema alone, always the same to the same question, and says that it did.

A rehearsal is there to see a flow run to its end. So where a choice is free it leans towards what lets a flow go on: an
enumeration takes a value that the prompt mentions, a flag is true, a score is near its upper bound.

An agent with tools calls them before it answers: all in its first turn, so two turns are enough for it, and no row of
turns goes by for nothing where its own conditions refuse such calls.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import JSON, ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.providers.at_once import answered_at_once
from interpreter.providers.openai_request import schema_of
from interpreter.providers.patterns import matches, text_matching

Schema = dict[str, Any]

MOST_CALLS = 5
"""Tools that a rehearsal calls."""
DEEPEST = 8
"""Below this depth of a recursive schema, lists are empty and what may be null is."""


@dataclass(frozen=True)
class MadeUpFile:
    """In the place of a file: who has a store makes one of it."""

    name: str
    media_type: str


_MEDIA_TYPES = {"image/png": ".png", "application/pdf": ".pdf", "text/plain": ".txt"}


class RehearsalProvider:
    async def chat(self, request: ChatRequest) -> ChatResult:
        output: JSON = f"rehearsed answer of {request.agent}"
        schema = schema_of(request)
        asked = _calls(request)
        if asked:
            usage = ChatUsage(_tokens(f"{request.talk}"), sum(_tokens(call.arguments) for call in asked))
            return ChatResult(None, usage, "rehearsal", rehearsal=True, calls=asked)
        if schema is not None:
            output = _Rehearsal(request.agent, str(request.prompt), schema).value(request.agent)
        sent = f"{request.instructions or ''}{request.prompt}{request.feedback or ''}"
        usage = ChatUsage(_tokens(sent), min(_tokens(json.dumps(output)), request.max_output_tokens))
        return ChatResult(output, usage, "rehearsal", rehearsal=True)

    async def batch(self, request: BatchRequest) -> BatchReply:
        return await answered_at_once(self, request)

    async def close(self) -> None:
        """Nothing is open."""


def _calls(request: ChatRequest) -> list[AskedCall]:
    """One of each tool, in the first turn: its prompt is the latest of what the agent was told."""
    if request.talk is None or request.talk.tools_text is None:
        return []
    number, latest = len(request.talk.messages), request.talk.messages[-1]
    if latest["role"] != "user" or latest["text"] != request.prompt:
        return []
    return [
        AskedCall(f"rehearsed-{number}-{place}", told["name"], json.dumps(_arguments(told, str(request.prompt))))
        for place, told in enumerate(json.loads(request.talk.tools_text)[:MOST_CALLS], 1)
    ]


def _arguments(told: Schema, prompt: str) -> JSON:
    return _Rehearsal(told["name"], prompt, told["parameters"]).value(told["name"])


def made_up(name: str, schema: JSON) -> JSON:
    """Something that fits the schema, the same each time for the same `name`; without a schema, null."""
    return None if schema is None else _Rehearsal(name, "", schema).value(name)


def _tokens(text: str) -> int:
    return math.ceil(len(text.encode()) / 4)


class _Rehearsal:
    """One answer under way: the schema's root, the words of the prompt, and dice that always fall the same."""

    def __init__(self, asked: str, prompt: str, schema: Schema) -> None:
        seed = json.dumps([asked, prompt, schema], sort_keys=True)
        self._random = Random(hashlib.sha256(seed.encode()).digest())
        self._root = schema
        self._prompt = prompt.lower()

    def value(self, name: str) -> JSON:
        return self._value(self._root, name, 0)

    def _value(self, schema: Schema, name: str, depth: int) -> JSON:
        schema = self._target(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"])
        if schema.get("format") == "file":
            return _file(schema, name)
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            return self._option(options, name, depth)
        if _is_bounded_decimal(schema):
            return self._number(schema)
        match _type(schema):
            case "object":
                return self._record(schema, name, depth)
            case "array":
                return self._list(schema, name, depth)
            case "integer":
                return self._integer(schema)
            case "number":
                return self._number(schema)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return self._text(schema, name)

    def _target(self, schema: Schema) -> Schema:
        """`schema`, or what its `$ref` (`#/$defs/Name`) stands for."""
        while "$ref" in schema:
            found: Any = self._root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def _choice(self, values: list[JSON]) -> JSON:
        """The value that the prompt mentions first; one at random when it mentions none."""
        mentioned = {value: self._mention(str(value)) for value in values if value is not None}
        found = {value: place for value, place in mentioned.items() if place is not None}
        return min(found, key=lambda value: found[value]) if found else self._random.choice(values)

    def _mention(self, word: str) -> int | None:
        found = re.search(rf"\b{re.escape(word.lower())}\b", self._prompt)
        return found.start() if found else None

    def _option(self, options: list[Schema], name: str, depth: int) -> JSON:
        options = [self._target(option) for option in options]
        constants = [option["const"] for option in options if "const" in option]
        if len(constants) == len(options):
            return self._choice(constants)
        null = [option for option in options if _type(option) == "null"]
        if null and depth >= DEEPEST:
            return None
        return self._value(
            self._random.choice([option for option in options if option not in null] or null), name, depth + 1
        )

    def _record(self, schema: Schema, name: str, depth: int) -> JSON:
        properties: dict[str, Schema] = schema.get("properties", {})
        required = schema.get("required", ())
        record = {
            key: self._value(part, key, depth + 1)
            for key, part in properties.items()
            if depth < DEEPEST or key in required
        }
        others = schema.get("additionalProperties")
        if isinstance(others, dict) and not properties and depth < DEEPEST:
            record[f"rehearsed {_words(name)}"] = self._value(others, name, depth + 1)
        return record

    def _list(self, schema: Schema, name: str, depth: int) -> JSON:
        least = int(schema.get("minItems", 0))
        most = max(least, min(int(schema.get("maxItems", 3)), 3))
        count = self._random.randint(max(least, min(1, most)), most) if depth < DEEPEST else least
        item = name.removesuffix("s")
        made = [self._value(schema.get("items", {}), f"{item} {n}", depth + 1) for n in range(1, count + 1)]
        for number, entry in enumerate(made, 1):
            if type(entry) is dict and entry.keys() == {"key", "value"}:  # a map, in which a key stands once
                entry["key"] = f"{entry['key']} {number}"
        return made

    def _integer(self, schema: Schema) -> int:
        least, most = _bounds(schema, step=1)
        low, high = _upper_part(least, most)
        return self._random.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))

    def _number(self, schema: Schema) -> float:
        least, most = _bounds(schema, step=0.01)
        if math.isinf(most):
            mentioned = re.search(r"\d+\.\d+", self._prompt)
            if mentioned and float(mentioned[0]) >= least:
                return float(mentioned[0])
        low, high = _upper_part(least, most)
        return min(max(round(self._random.uniform(low, high), 2), low), high)

    def _text(self, schema: Schema, name: str) -> str:
        if "pattern" in schema:
            found = self._matching(schema["pattern"])
            if found is not None:
                return found
        if "a JSON text" in schema.get("description", ""):
            return json.dumps(f"rehearsed {_words(name)}")
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        least, most = _lengths(schema)
        return f"rehearsed {_words(name)}".ljust(least, ".")[:most]

    def _matching(self, pattern: str) -> str | None:
        """An amount that the prompt mentions (`49.90`), else a text made for the pattern; not an empty one."""
        amounts = [found[0] for found in re.finditer(r"\d+\.\d+", self._prompt)]
        made = text_matching(pattern, self._random)
        candidates = [*amounts, *([made] if made else []), _DURATION]
        return next((candidate for candidate in candidates if matches(pattern, candidate)), made)


def _file(schema: Schema, name: str) -> MadeUpFile:
    """Of the first media type that may be."""
    pattern = schema.get("pattern")
    fitting = [each for each in _MEDIA_TYPES if pattern is None or matches(pattern, each)] or ["text/plain"]
    return MadeUpFile(f"rehearsed {_words(name)}{_MEDIA_TYPES[fitting[0]]}", fitting[0])


_DURATION = "1h"
_LENGTH = re.compile(r"(?:at least (\d+))?(?: and )?(?:at most (\d+))? characters")


def _lengths(schema: Schema) -> tuple[int, int | None]:
    """The bounds of a text; a schema for models says them in the description."""
    told = _LENGTH.search(schema.get("description", ""))
    least, most = told.groups() if told else (None, None)
    longest = schema.get("maxLength", most)
    return int(schema.get("minLength", least) or 0), int(longest) if longest is not None else None


_FORMATS = {
    "date-time": "2026-01-01T12:00:00Z",
    "date": "2026-01-01",
    "duration": "PT1H",
    "email": "rehearsed@example.com",
    "uri": "https://example.com/rehearsed",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def _type(schema: Schema) -> str | None:
    """Its type; of several the first that is not null."""
    kind: Any = schema.get("type")
    if isinstance(kind, list):
        return next((one for one in kind if one != "null"), "null")
    if kind is None and "properties" in schema:
        return "object"
    return kind if isinstance(kind, str) else None


def _is_bounded_decimal(schema: Schema) -> bool:
    """A text of digits, or a number: only as a number it can be kept within its bounds."""
    kinds = schema.get("type")
    return isinstance(kinds, list) and "number" in kinds and not {"minimum", "maximum"}.isdisjoint(schema)


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    least = float(schema.get("minimum", -math.inf))
    most = float(schema.get("maximum", math.inf))
    if "exclusiveMinimum" in schema:
        least = max(least, schema["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in schema:
        most = min(most, schema["exclusiveMaximum"] - step)
    return least, most


def _upper_part(least: float, most: float) -> tuple[float, float]:
    """Where to take a number from: near the upper bound, or near the lower when there is no upper, else 1 to 10."""
    if math.isinf(least) and math.isinf(most):
        return 1, 10
    if math.isinf(most):
        return least, least + 10
    if math.isinf(least):
        return most - 10, most
    return most - (most - least) / 5, most


def _words(name: str) -> str:
    return name.replace("_", " ")
