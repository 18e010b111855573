"""Whether a row and a chain of a definition are ones that a text can say: what a run would stumble on is refused."""

from collections.abc import Iterator

from dsl.ast.expressions import Chain, Row
from dsl.ast.node import Node

_LEVELS = ({"+", "-"}, {"*", "/", "//", "%"})


def misshapen(place: str, node: Node) -> Iterator[str]:
    match node:
        case Row(rest=rest) if not rest or not any({each.operator for each in rest} <= level for level in _LEVELS):
            yield f"{place}: a row has operators of one kind, `+ -` or `* / // %`"
        case Chain(ways=()):
            yield f"{place}: a chain has an `if`"
        case _:
            pass
