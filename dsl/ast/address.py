"""The static address of every statement and block of a flow: `support/refine[]/version`.

An address is what a step's path is without its indices, so a path finds its node without any search. Names give the
segments; what has no name is called by its word and its place in its block (`if#2`), with a character that no name can
hold. The body of an iteration is marked `[]`, where a path has the index.
"""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.shapes import shape
from dsl.ast.statements import AwaitFirst, Block, Branch, Parallel


def addresses(flow: FlowDeclaration) -> dict[str, Node]:
    return dict(places(flow))


def places(flow: FlowDeclaration) -> Iterator[tuple[str, Node]]:
    """Each statement and block with its address; in a flow that passed the check no two have the same."""
    return _block(flow.name, flow.body)


def label(statement: Node, position: int) -> str:
    """The segment of the statement or branch that stands at `position`."""
    if type(statement) is Branch:
        return statement.name
    kind = shape(statement)
    return kind.place(statement) or f"{kind.word(statement)}#{position + 1}"


def _block(address: str, block: Block) -> Iterator[tuple[str, Node]]:
    yield address, block
    for position, statement in enumerate(block.statements):
        yield from _statement(f"{address}/{label(statement, position)}", statement)


def _statement(address: str, statement: Node) -> Iterator[tuple[str, Node]]:
    yield address, statement
    for segment, block in shape(statement).blocks(statement):
        yield from _block(address + segment, block)
    if type(statement) is AwaitFirst and statement.race is not None:
        yield from _statement(f"{address}/race", statement.race)
    if type(statement) is Parallel:
        for position, branch in enumerate(statement.branches):
            if type(branch) is not Branch:
                yield from _statement(f"{address}/{label(branch, position)}", branch)
