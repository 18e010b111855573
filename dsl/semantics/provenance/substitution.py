"""What a flow gives, in terms of the flow that calls it."""

from collections.abc import Mapping

from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Expression, Name
from dsl.ast.node import Node
from dsl.semantics.provenance.marks import Answered, Mark, known


def substituted(mark: Mark, given: Mapping[str, Mark], step: ast.Step) -> Mark:
    """A mark of what is called, in terms of the flow that calls it by `step`."""
    return known(_asked_by(mark, step), given)


def _asked_by(mark: Mark, step: ast.Step) -> Mark:
    """What models answered in what is called comes into the flow by `step`."""
    sources = frozenset(Answered.by(each.call, step) if isinstance(each, Answered) else each for each in mark.sources)
    return Mark(sources, {name: _asked_by(each, step) for name, each in mark.fields.items()})


def passes_on(flow: FlowDeclaration, target: Node, parameter: str, value: Expression | None) -> bool:
    """Whether a flow that calls itself gives on what it was given."""
    return flow is target and value == Name(parameter)
