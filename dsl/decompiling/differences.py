"""Where two definitions differ: for each difference its place as a JSON pointer, and the node around it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from dsl.ast.node import Node
from dsl.definition.definition import Parts
from dsl.definition.shaped import escaped

PARTS = ("flows", "tools", "agents", "types")
MISSING = object()


class Difference(NamedTuple):
    """`nodes` are those of the first definition from its declaration down to what differs."""

    pointer: str
    given: Any
    found: Any
    nodes: tuple[Node, ...]


def differences(given: Parts, found: Parts) -> Iterator[Difference]:
    """What `given` says, and `found` says otherwise."""
    if given.flow != found.flow:
        yield Difference("/flow", given.flow, found.flow, ())
    for part in PARTS:
        yield from _of_mapping(getattr(given, part), getattr(found, part), f"/{part}")


def _of_mapping(given: Mapping[str, Node], found: Mapping[str, Node], at: str) -> Iterator[Difference]:
    for name in [*given, *(name for name in found if name not in given)]:
        below = f"{at}/{escaped(name)}"
        yield from _between(given.get(name, MISSING), found.get(name, MISSING), below)


def _between(given: Any, found: Any, at: str) -> Iterator[Difference]:
    waiting: list[tuple[Any, Any, str, tuple[Node, ...]]] = [(given, found, at, ())]
    while waiting:
        one, other, place, above = waiting.pop()
        if one is other or _is_same_leaf(one, other):
            continue
        if isinstance(one, Node) and type(one) is type(other):
            waiting += [
                (getattr(one, part.name), getattr(other, part.name), f"{place}/{part.name}", (*above, one))
                for part in reversed(fields(one))
                if part.name != "span"
            ]
        elif type(one) is tuple and type(other) is tuple and len(one) == len(other):
            waiting += [
                (left, right, f"{place}/{number}", above)
                for number, (left, right) in reversed(list(enumerate(zip(one, other, strict=True))))
            ]
        else:
            yield Difference(place, one, other, (*above, one) if isinstance(one, Node) else above)


def _is_same_leaf(one: Any, other: Any) -> bool:
    """Also written alike: equal decimals may have other digits."""
    alike = type(one) is type(other) and not isinstance(one, Node | tuple)
    return alike and one == other and str(one) == str(other)
