"""Random types and values of them, the same for the same seed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.ast.types import (
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.expressions.values import Reference

TEXTS = ["", "a", "héllo", "日本", "$decimal", "$", "$$x", '"quoted"', "line\nbreak", "😀", "null", "1h"]
KEYS = ["a", "b", "$ref", "$decimal", "$$", "$", "with space", "node", ""]


def some_text(chance: random.Random) -> str:
    return chance.choice(TEXTS)


def some_decimal(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(-(10**20), 10**20)).scaleb(chance.randint(-12, 0))


def some_time(chance: random.Random) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(-(10**10), 10**11))
    return moment + timedelta(microseconds=chance.choice([0, 1, 500_000, 999_999]))


def some_duration(chance: random.Random) -> timedelta:
    return timedelta(milliseconds=chance.randint(-(10**12), 10**12))


BASIC: dict[str, Callable[[random.Random], Any]] = {
    "text": some_text,
    "int": lambda chance: chance.randint(-(2**63), 2**63 - 1),
    "number": lambda chance: chance.choice([0.0, 1.0, 0.1, -1e300, 5e-324, chance.random()]),
    "decimal": some_decimal,
    "bool": lambda chance: chance.random() < 0.5,
    "time": some_time,
    "duration": some_duration,
}


def some_type(chance: random.Random, depth: int = 3) -> Type:
    kinds = ["basic", "basic", "enum"] + (["record", "list", "map", "optional", "union"] if depth else [])
    match chance.choice(kinds):
        case "enum":
            return UnionType(tuple(LiteralType(text) for text in chance.sample(TEXTS, 3)))
        case "record":
            names = chance.sample(["a", "b", "c", "d"], chance.randint(0, 4))
            return RecordType(tuple(Field(name, some_type(chance, depth - 1)) for name in names))
        case "list":
            return ListType(some_type(chance, depth - 1))
        case "map":
            return GenericType("map", some_type(chance, depth - 1))
        case "optional":
            return OptionalType(some_type(chance, depth - 1))
        case "union":
            return UnionType(tuple(_tagged(tag, chance, depth) for tag in ("x", "y")))
        case _:
            return NamedType(chance.choice(list(BASIC)))


def _tagged(tag: str, chance: random.Random, depth: int) -> RecordType:
    return RecordType((Field("tag", LiteralType(tag)), Field("value", some_type(chance, depth - 1))))


def value_of(type_: Type, chance: random.Random) -> Any:
    match type_:
        case NamedType(name=name):
            return BASIC[name](chance)
        case LiteralType(value=text):
            return text
        case RecordType(fields=fields):
            return {field.name: value_of(field.type, chance) for field in fields}
        case ListType(item=item):
            return [value_of(item, chance) for _ in range(chance.randint(0, 3))]
        case GenericType(argument=argument):
            return {key: value_of(argument, chance) for key in chance.sample(KEYS, chance.randint(0, 3))}
        case OptionalType(item=item):
            return None if chance.random() < 0.3 else value_of(item, chance)
        case UnionType(options=options):
            return value_of(chance.choice(options), chance)


def some_value(chance: random.Random, depth: int = 4) -> Any:
    """Any value of a run, references too."""
    kinds: list[Callable[[random.Random], Any]] = [
        *BASIC.values(),
        lambda chance: None,
        lambda chance: Reference("ab", 7),
    ]
    if depth and chance.random() < 0.5:
        if chance.random() < 0.5:
            return [some_value(chance, depth - 1) for _ in range(chance.randint(0, 4))]
        return {key: some_value(chance, depth - 1) for key in chance.sample(KEYS, chance.randint(0, 4))}
    return chance.choice(kinds)(chance)
