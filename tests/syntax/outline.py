"""A tree as indented lines: short enough to read in a diff, complete enough that two different trees differ."""

from collections.abc import Iterator
from dataclasses import fields

from dsl.ast.node import Node


def outline(node: Node) -> str:
    return "".join(f"{line}\n" for line in _lines(node, "", 0))


def _lines(node: Node, label: str, depth: int) -> Iterator[str]:
    plain, nested = [], []
    for field in fields(node):
        value = getattr(node, field.name)
        if field.name == "span" or value is None or value == ():
            continue
        if isinstance(value, Node):
            nested.append((f"{field.name}: ", value))
        elif isinstance(value, tuple) and isinstance(value[0], Node):
            nested.extend(
                (f"{field.name}: " if len(value) == 1 else f"{field.name}[{n}]: ", each) for n, each in enumerate(value)
            )
        else:
            plain.append(f"{field.name}={value!r}")
    yield "  " * depth + " ".join([label + type(node).__name__, *plain])
    for below, child in nested:
        yield from _lines(child, below, depth + 1)
