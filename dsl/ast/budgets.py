"""What a budget is limited to, where that is no number in the text."""

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ChosenLimit(Node):
    """A limit of a budget that is worked out. `LIMIT tokens` is what the constant of that name says; where it is
    `capped`, as in `n at most 5k tokens`, it is worked out where the budget begins, and the budget has the most.
    Without a unit it is a time."""

    value: Expression
    unit: str | None
    capped: bool = False
