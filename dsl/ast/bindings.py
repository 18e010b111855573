"""The names that a declaration gives to something itself: its parameters, what its statements define, and the items of
its comprehensions. The names of fields of records are not among them."""

from collections.abc import Iterable, Mapping

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Comprehension
from dsl.ast.node import Node, walk
from dsl.ast.shapes import SHAPES


def names_defined(nodes: Mapping[type[Node], Iterable[Node]]) -> dict[str, Node]:
    """The names that statements among `nodes`, which are by class, define anywhere, each with the first place."""
    found: dict[str, Node] = {}
    for kind, shape in SHAPES.items():
        names_of = shape.names
        for node in nodes.get(kind, ()):
            for name, place in names_of(node):
                if name is not None:
                    found.setdefault(name, place)
    return found


def bound_in(declaration: Node, parameters: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All names that something in `declaration` has; `parameters` are those of the tools, which an agent's `only if`
    may name."""
    nodes: dict[type[Node], list[Node]] = {}
    for node in walk(declaration):
        nodes.setdefault(type(node), []).append(node)
    found = {*names_defined(nodes)}
    found.update(each.variable for each in nodes.get(Comprehension, ()) if isinstance(each, Comprehension))
    found.update(one.name for one in getattr(declaration, "parameters", ()))
    if isinstance(declaration, AgentDeclaration):
        found.update(*(parameters.get(use.target, frozenset()) for use in declaration.uses))
    return frozenset(found)
