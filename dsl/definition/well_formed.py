"""Whether decoded JSON has the shape of a definition: each value the type that the class of its node declares.

A definition that was sealed here always has. One that comes from elsewhere may hold anything, and what is not seen here
would be met by the machine in the middle of a run. The search goes by a list of its own and not by recursion, so depth
is a number to compare and no danger.
"""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.node import Node
from dsl.ast.types import Type

MOST_DEPTH = 400
"""Nodes inside of nodes."""
LARGEST_INT = 2**63
SIGNED = frozenset({("Literal", "value"), ("LiteralType", "value"), ("AgentDeclaration", "seed"), ("Budget", "turns")})
"""Fields whose whole numbers may be less than nothing; all others are times, limits and counts. Turns are looked at
where it is said whether they have an end (`linked`)."""
MOST_DIGITS = 6_144
"""Digits before or after the point of a decimal."""

PARTS: dict[str, Any] = {"flows": FlowDeclaration, "tools": ToolDeclaration, "agents": AgentDeclaration, "types": Type}
"""The parts that are dictionaries by name, with what stands in them."""

_UNIONS = (Union, type(int | None))
_Place = tuple[Any, Any, str, int]
"""A value, its annotation, its path and its depth."""


def problem_of(form: dict[str, Any]) -> str | None:
    """The first thing that is wrong, with its path; None when nothing is."""
    if type(form["flow"]) is not str:
        return "`flow` is not the name of a flow"
    for part, annotation in PARTS.items():
        if type(form.get(part)) is not dict:
            return f"`{part}` is not an object of declarations by name"
        for name, value in form[part].items():
            problem = _problem(value, annotation, f"{part}.{name}")
            if problem is None and part != "types" and value.name != name:
                problem = f"{part}.{name}: it is called `{value.name}`"
            if problem is not None:
                return problem
    return None


def _problem(value: Any, annotation: Any, path: str) -> str | None:
    waiting: list[_Place] = [(value, annotation, path, 0)]
    while waiting:
        found, wanted, at, depth = waiting.pop()
        fitting = _option(found, wanted)
        if fitting is None:
            return f"{at}: {_shown(found)} cannot stand here"
        if isinstance(found, Node) and (name := _negative(found)) is not None:
            return f"{at}.{name}: {getattr(found, name)} is less than nothing"
        if depth > MOST_DEPTH:
            return f"{at}: more than {MOST_DEPTH} nodes inside of each other"
        waiting.extend(_below(found, fitting, at, depth + 1))
    return None


def _negative(node: Node) -> str | None:
    kind = type(node).__name__
    return next((part.name for part in fields(node) if is_negative(kind, part.name, getattr(node, part.name))), None)


def is_negative(kind: str, name: str, value: Any) -> bool:
    return type(value) is int and value < 0 and (kind, name) not in SIGNED


def _option(value: Any, annotation: Any) -> Any:
    """The part of the annotation that `value` fits, as far as can be seen without looking inside."""
    return next((option for option in options(annotation) if _fits(value, option)), None)


@cache
def options(annotation: Any) -> tuple[Any, ...]:
    """What an annotation allows, each apart."""
    if get_origin(annotation) not in _UNIONS:
        return (annotation,)
    return tuple(each for option in get_args(annotation) for each in options(option))


def _fits(value: Any, option: Any) -> bool:
    origin = get_origin(option)
    if origin is Literal:
        return any(type(value) is type(word) and value == word for word in get_args(option))
    if origin is tuple:
        return type(value) is tuple
    if type(value) is not option:
        return False
    if type(value) is int:
        return -LARGEST_INT <= value < LARGEST_INT
    return type(value) is not Decimal or (value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS)


def _below(value: Any, option: Any, path: str, depth: int) -> Iterator[_Place]:
    if get_origin(option) is tuple:
        for position, item in enumerate(value):
            yield item, get_args(option)[0], f"{path}[{position}]", depth
    elif isinstance(value, Node):
        cls: Any = type(value)
        for name, annotation in _annotations(cls):
            yield getattr(value, name), annotation, f"{path}.{name}", depth


@cache
def _annotations(cls: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(cls)
    return tuple((part.name, hints[part.name]) for part in fields(cls) if part.name != "span")


def _shown(value: Any) -> str:
    return f"a {type(value).__name__}" if isinstance(value, Node | dict | tuple) else repr(value)[:40]
