"""What a budget is limited to, where that is no number in the text."""

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ChosenLimit(Node):
    """`LIMIT tokens` of a budget: what the constant of that name says. Without a unit it is a time."""

    value: Expression
    unit: str | None
