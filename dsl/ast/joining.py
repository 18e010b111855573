"""When branches that run side by side are done, where that is not the end of all of them."""

from dsl.ast.node import Node
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class First(Node):
    """`first 2` of a `race`: so many branches that come to a value are all that is wanted. `several`: the number is
    written, so the value is a list. `finish_rest`: the others run to their end.
    """

    count: int = 1
    several: bool = False
    finish_rest: bool = False
