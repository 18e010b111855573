"""How large a declared function is where it is called: a call is written out in the definition, and so are the calls in
what it calls. Ten functions that each call the one before twice are a thousand; so there is a bound.

What calls itself, by whatever way, has no size; another check says so.
"""

from dsl.ast.declarations import FunctionDeclaration
from dsl.ast.expressions import FunctionCall
from dsl.ast.node import Node, children
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts

LARGEST = 2_000
"""Parts of one function."""
DEEPEST = 100
"""Parts inside of each other."""
TOO_MUCH = 10**9


@dataclass(frozen=True, slots=True)
class Size:
    """`calls` are the functions that it calls itself."""

    parts: int
    depth: int
    calls: tuple[str, ...]

    @property
    def exceeds(self) -> bool:
        return self.parts > LARGEST or self.depth > DEEPEST


def sizes(facts: Facts) -> dict[str, Size]:
    """Of all functions that have one."""
    functions = {
        name: signature.node
        for name, signature in facts.declarations.functions.items()
        if isinstance(signature.node, FunctionDeclaration)
    }
    calls = {name: _calls(node.value, facts) for name, node in functions.items()}
    found: dict[str, Size] = {}
    waiting = list(functions)
    while waiting:
        ready = [name for name in waiting if all(each in found for each in calls[name])]
        if not ready:
            return found
        for name in ready:
            parts, depth = _size(functions[name].value, facts, found)
            found[name] = Size(min(parts, TOO_MUCH), min(depth, TOO_MUCH), calls[name])
        waiting = [name for name in waiting if name not in found]
    return found


def _calls(node: Node, facts: Facts) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = [node]
    for each in waiting:
        if isinstance(each, FunctionCall) and facts.callee_of(each) is not None:
            found[each.function] = None
        waiting += children(each)
    return tuple(found)


def _size(node: Node, facts: Facts, known: dict[str, Size]) -> tuple[int, int]:
    """Its parts, and how many are inside of each other."""
    below = [_size(child, facts, known) for child in children(node)]
    if isinstance(node, FunctionCall) and facts.callee_of(node) is not None:
        below.append((known[node.function].parts, known[node.function].depth))
    return 1 + sum(parts for parts, _ in below), 1 + max((depth for _, depth in below), default=0)
