"""What stands around a statement while marks are made out, and what is kept of a flow for the others."""

from collections.abc import Iterator

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Use
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.people import FromData
from dsl.ast.types import Field
from dsl.dataclass import dataclass, field, replace
from dsl.semantics.provenance.marks import NO_SOURCES, Mark, Sources

REACHED = "@"
"""Stands among the parameters of a flow for the decision to call it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked by data, and what that depends on; or what is given to a `trusted` parameter."""

    whom: FromData | Expression | Use
    sources: Sources
    parameter: Field | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a flow or an agent, by a step or by an agent that uses it: by parameter what it is given, and on what
    the choice of that depends."""

    step: ast.Step | Use
    target: FlowDeclaration | AgentDeclaration
    arguments: dict[str, Mark]
    chosen: dict[str, Sources]


@dataclass(frozen=True, slots=True)
class Around:
    """The statements around, with their decisions; the ones that what fails inside may lead out of; the branch or
    choice whose value `yield` gives."""

    decisions: tuple[tuple[Node, Sources], ...] = ()
    catching: tuple[Node, ...] = ()
    branch: Node | None = None

    def inside(self, node: Node, decision: Sources) -> "Around":
        return replace(self, decisions=(*self.decisions, (node, decision)))

    def depth_of(self, node: Node) -> int:
        return next(depth for depth, (each, _) in enumerate(self.decisions) if each is node)

    def races(self) -> Iterator[tuple[Node, Sources]]:
        """What is decided by who comes first, each with what decides what is done in a branch of it, and how long."""
        for depth, (node, _) in enumerate(self.decisions):
            if isinstance(node, ast.Parallel | ast.ParallelFor) and (node.first or node.stop_when):
                yield node, self.since(depth + 1)

    def since(self, depth: int) -> Sources:
        return NO_SOURCES.union(*(decision for _, decision in self.decisions[depth:]))


@dataclass
class Summary:
    """What a flow gives its caller, and on what it depends whether it fails."""

    returns: Mark = field(default_factory=Mark)
    failing: Sources = NO_SOURCES
