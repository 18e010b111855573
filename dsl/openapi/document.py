"""A document of OpenAPI 3, looked into with care: it is somebody else's, and anything may stand anywhere.

What cannot be written in the language is left out with a comment, and told (`Left`). Nothing is loaded from elsewhere:
a reference into another file is told like anything else.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from dsl.dataclass import dataclass, field
from dsl.regex import regex

JSON = Any
METHODS = ("get", "head", "post", "put", "patch", "delete")
_VERSION = regex(r"3\.[01](\.\d+)?")
SCHEMAS = "#/components/schemas/"
_MOST_PARTS = 20_000
"""Of one schema that are looked at. A document may write one in many places, and each of them in many more."""
_DEEPEST = 40
"""How far references may lead on to references."""


class NoDocument(ValueError):
    """Not a document that anything can be made of, and why."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was left out, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`where` is as people name it: `GET /pets/{id}`; `servers` are its own, before those of the document."""

    method: str
    path: str
    data: Mapping[str, JSON]
    parameters: tuple[Mapping[str, JSON], ...]
    servers: tuple[JSON, ...] = ()

    @property
    def where(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def id(self) -> str:
        return text(self.data.get("operationId"))

    @property
    def tags(self) -> tuple[str, ...]:
        return texts(self.data.get("tags"))


@dataclass(frozen=True)
class Document:
    data: Mapping[str, JSON]
    left: list[Left] = field(default_factory=list)

    def leave(self, what: str, why: str) -> None:
        if Left(what, why) not in self.left:
            self.left.append(Left(what, why))

    @property
    def schemas(self) -> Mapping[str, JSON]:
        return record(record(self.data.get("components")).get("schemas"))

    @cached_property
    def of_one_way(self) -> frozenset[str]:
        """Schemas in which something is only answered or only sent, in them or in what they refer to."""
        inside = {name: _inside(schema) for name, schema in self.schemas.items()}
        found = {name for name, (_, one_way) in inside.items() if one_way}
        waiting = list(found)
        named_in: dict[str, list[str]] = {}
        for name, (references, _) in inside.items():
            for each in references:
                named_in.setdefault(each, []).append(name)
        while waiting:
            new = [each for each in named_in.get(waiting.pop(), ()) if each not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    @property
    def title(self) -> str:
        return text(record(self.data.get("info")).get("title")) or "api"

    def server(self) -> str:
        return server_of(items(self.data.get("servers")))

    def followed(self, node: JSON) -> Mapping[str, JSON]:
        """`node`, or what it refers to in this document; empty where that is nothing."""
        for _ in range(_DEEPEST):
            reference = record(node).get("$ref")
            if not isinstance(reference, str):
                return record(node)
            if not reference.startswith("#/"):
                self.leave(reference, "it stands in another file")
                return {}
            node = self.data
            for part in reference[2:].split("/"):
                node = record(node).get(name_of(part))
        return {}

    def operations(self) -> Iterator[Operation]:
        for path, node in record(self.data.get("paths")).items():
            item = self.followed(node)
            shared = items(item.get("parameters"))
            for method in METHODS:
                if isinstance(item.get(method), Mapping):
                    data = record(item[method])
                    found = [self.followed(each) for each in (*shared, *items(data.get("parameters")))]
                    named = {(text(each.get("name")), text(each.get("in"))): each for each in found}
                    servers = items(data.get("servers")) or items(item.get("servers"))
                    yield Operation(method, text(path), data, tuple(named.values()), servers)


def server_of(servers: tuple[JSON, ...]) -> str:
    """Of the first server the address; empty where there is none that is whole."""
    server = record(next(iter(servers), None))
    address = text(server.get("url"))
    for name, variable in record(server.get("variables")).items():
        address = address.replace("{" + name + "}", text(record(variable).get("default")))
    return address.rstrip("/") if re.match(r"https?://[^/{}]+(/[^{}]*)?$", address, re.IGNORECASE) else ""


def document_of(data: JSON) -> Document:
    """Raises `NoDocument`."""
    said = record(data).get("openapi")
    version = str(said) if isinstance(said, float) else text(said)  # `openapi: 3.1` is a number in YAML
    if not version and "swagger" in record(data):
        raise NoDocument("this is Swagger 2; documents of OpenAPI 3.0 and 3.1 are read, and converters make one of it")
    if version and not _VERSION.fullmatch(version):
        raise NoDocument(f"this is OpenAPI {' '.join(version.split())[:20]}; documents of 3.0 and 3.1 are read")
    if not version:
        raise NoDocument("this is no document of OpenAPI 3.0 or 3.1: it begins with no `openapi: 3.…`")
    return Document(record(data))


def _inside(schema: JSON) -> tuple[set[str], bool]:
    """The schemas that it refers to, and whether something in it is of one way."""
    references, one_way, waiting = set(), False, [schema]
    for _ in range(_MOST_PARTS):
        if not waiting:
            break
        node = waiting.pop()
        waiting += [*items(node), *record(node).values()]
        one_way = one_way or record(node).get("readOnly") is True or record(node).get("writeOnly") is True
        references.add(name_of(text(record(node).get("$ref")).removeprefix(SCHEMAS)))
    return references, one_way


def name_of(part: str) -> str:
    """Of a part of a `$ref`, which is an address and a JSON pointer."""
    return unquote(part).replace("~1", "/").replace("~0", "~")


def record(value: JSON) -> Mapping[str, JSON]:
    """Keys that are no texts (`200:` in YAML) as they are written."""
    if not isinstance(value, Mapping):
        return {}
    return value if all(isinstance(key, str) for key in value) else {str(key): each for key, each in value.items()}


def items(value: JSON) -> tuple[JSON, ...]:
    return tuple(value) if isinstance(value, list) else ()


def texts(value: JSON) -> tuple[str, ...]:
    return tuple(each for each in items(value) if isinstance(each, str))


def text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
