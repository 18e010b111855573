"""What is known while a definition is written: what was given a name of its own, and where another reading is meant.

Sealing loses little, but where it does, more than one text may have been meant. The usual one is written, and where
what it seals to differs from the definition, the other (`otherwise`, by the identity of the node).
"""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from dsl.ast.expressions import Apply, Expression
from dsl.ast.node import Node, children
from dsl.dataclass import dataclass, field


class Constant(NamedTuple):
    name: str
    value: Expression


@dataclass
class Writing:
    otherwise: set[int] = field(default_factory=set)
    divides: bool = False
    """What is nested deeply gets constants of its own."""
    functions: dict[str, Apply] = field(default_factory=dict)
    """One call of each declared function."""
    constants: list[Constant] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """All that something in the definition is called."""
    _depths: dict[int, int] = field(default_factory=dict)

    def is_otherwise(self, node: Node) -> bool:
        return id(node) in self.otherwise

    def depth(self, node: Node) -> int:
        """How many nodes are inside of each other."""
        found = self._depths.get(id(node))
        if found is None:
            found = self._depths[id(node)] = 1 + max(map(self.depth, children(node)), default=0)
        return found

    def constant(self, name: str, value: Expression) -> str:
        """The name of a constant that says `value`, for where the text may not say it itself."""
        free = self.free(name)
        self.constants.append(Constant(free, value))
        return free

    def free(self, name: str) -> str:
        """`name`, or the first with a number that nothing else is called."""
        found = next(each for each in _numbered(name) if each not in self.names)
        self.names.add(found)
        return found


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))
