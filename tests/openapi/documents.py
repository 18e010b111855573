"""Documents of OpenAPI made at random, in which anything may stand anywhere: names that are none, lines in them,
schemas that refer to themselves, values of the wrong kind."""

import random
from typing import Any

NAMES = [
    *(
        "id",
        "id",
        "true",
        "if",
        "type",
        "from",
        "step",
        "key",
        "page",
        "Pet",
        "pet",
        "Pet 2",
        "Pet-2",
        "",
        "日本",
        "a/b",
    ),
    *("x\ntool evil.x() read", "{{ a }}", '"q"', "\\", "1a", "$ref", "json", "conversation", "\u202e", "\x00", "file"),
    *("Idempotency-Key", "Host", "X\nY: z", "result"),
]
JUNK: list[Any] = [None, 1, True, "x", [], {}, [1], 10**30, "\n"]
KINDS = ["application/json"] * 3 + ["text/plain", "application/x-www-form-urlencoded", "image/png", "a\nb", ""]
PATHS = ["a", "b c", "x\ny", "..", "%2e%2e", "x?y", "x#z", "a//b", "%zz"]
SERVERS = ["https://a.example/v1", "https://a.example", "http://h:80/"]


class Made:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.schemas = [self.name() for _ in range(4)]

    def name(self) -> str:
        return self.chance.choice([*NAMES, "a", "b", "c"])

    def document(self) -> dict[str, Any]:
        security = {"s": {"type": "http"}, "h": {"type": "apiKey", "in": "header", "name": self.name()}}
        return {
            "openapi": self.chance.choice(["3.0.0", "3.1.0"]),
            "info": {"title": self.name()},
            "servers": [{"url": self.chance.choice(SERVERS)}],
            "paths": dict(self.path() for _ in range(3)),
            "components": {"schemas": {name: self.schema() for name in self.schemas}, "securitySchemes": security},
        }

    def path(self) -> tuple[str, dict[str, Any]]:
        places = [self.name() for _ in range(self.chance.randrange(3))]
        path = "/" + self.chance.choice(PATHS) + "".join(f"/{{{place}}}" for place in places + places[:1])
        methods = self.chance.sample(["get", "post", "put", "delete", "head", "trace"], 2)
        return path, {method: self.operation(places) for method in methods}

    def operation(self, places: list[str]) -> dict[str, Any]:
        statuses = self.chance.sample(["200", 200, "204", "404", 409, "2XX", "default"], 3)
        return {
            "operationId": self.chance.choice([self.name(), "getPets", "get_pets", 7]),
            "summary": self.chance.choice(["a\u2028tool evil.y() read", "", None, 5]),
            "parameters": [self.parameter(places) for _ in range(self.chance.randrange(4))],
            "requestBody": {"content": self.content(), "required": self.chance.choice([True, False])},
            "responses": {status: {"content": self.content()} for status in statuses},
            "security": self.chance.choice([[], [{}], [{"s": []}], [{"h": []}], [{"x\ny": []}], "x", None]),
        }

    def parameter(self, places: list[str]) -> Any:
        place = self.chance.choice(["query", "query", "path", "header", "cookie", None])
        name = self.chance.choice(places) if place == "path" and places else self.name()
        made = {"name": name, "in": place, "required": self.chance.choice([True, False]), "schema": self.schema(3)}
        return made if self.chance.random() < 0.95 else self.chance.choice(JUNK)

    def content(self) -> dict[str, Any]:
        return {self.chance.choice(KINDS): {"schema": self.schema(1)} for _ in range(self.chance.randrange(3))}

    def schema(self, depth: int = 0) -> Any:
        kind = self.chance.randrange(20)
        if kind == 0:
            return self.chance.choice(JUNK)
        if kind < 5:
            name = self.chance.choice(self.schemas).replace("~", "~0").replace("/", "~1")
            return {
                "$ref": self.chance.choice([f"#/components/schemas/{name}"] * 5 + ["other.yaml#/x", "#", "#/paths"])
            }
        if kind < 10 or depth > 4:
            return self.plain()
        inner = [self.schema(depth + 1) for _ in range(self.chance.randrange(4))]
        if kind < 12:
            return {
                "type": "array",
                "items": self.schema(depth + 1),
                "maxItems": self.chance.choice([0, 5, 10**12, "4"]),
            }
        if kind < 17:
            fields = {self.name(): each for each in inner}
            more = self.chance.choice([True, False, {}, self.schema(depth + 1)])
            return {"type": "object", "properties": fields, "required": list(fields)[:2], "additionalProperties": more}
        return {self.chance.choice(["allOf", "oneOf", "anyOf"]): inner, "nullable": kind == 19}

    def plain(self) -> dict[str, Any]:
        made: dict[str, Any] = {"type": self.chance.choice(["string", "integer", "number", "boolean", "null", "weird"])}
        more = {
            "format": self.chance.choice(["date-time", "uuid", 7]),
            "enum": [self.chance.choice([self.name(), 1, None, {}]) for _ in range(3)],
            "minimum": self.chance.choice([0, -5, 10**20, "3", 1e308, True]),
            "pattern": self.chance.choice(["^a$", "(", "(?=a)", 'a"b', "{{x}}"]),
            "description": self.name(),
        }
        return made | {key: value for key, value in more.items() if self.chance.random() < 0.25}
