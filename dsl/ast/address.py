"""The static address of every statement and block of a flow: `support/refine[]/version`.

An address is what a step's path is without its indices, so a path finds its node without any search. Names give the
segments; what has no name is called by its kind and its place in its block (`if#2`), with a character that no name can
hold. The body of an iteration is marked `[]`, where a path has the index.
"""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.statements import (
    AwaitApproval,
    Block,
    Branch,
    BudgetBlock,
    For,
    If,
    Loop,
    Parallel,
    ParallelFor,
    Step,
    Try,
)


def addresses(flow: FlowDeclaration) -> dict[str, Node]:
    """Every statement and block of `flow` by its address, in source order; the flow's body is at the flow's name."""
    return dict(_block(flow.name, flow.body))


def label(statement: Node, position: int) -> str:
    """The segment of a statement or branch that stands at `position`, from 0, in its block."""
    match statement:
        case Step(name=name) | AwaitApproval(name=name) | Branch(name=name):
            return name
        case Loop(name=str(name)) | Parallel(name=str(name)) | ParallelFor(name=str(name)):
            return name
        case _:
            return f"{type(statement).__name__.lower()}#{position + 1}"


def _block(address: str, block: Block) -> Iterator[tuple[str, Node]]:
    yield address, block
    for position, statement in enumerate(block.statements):
        yield from _statement(f"{address}/{label(statement, position)}", statement)


def _statement(address: str, statement: Node) -> Iterator[tuple[str, Node]]:
    yield address, statement
    for segment, block in _blocks(statement):
        yield from _block(address + segment, block)
    if type(statement) is Parallel:
        for position, branch in enumerate(statement.branches):
            place = f"{address}/{label(branch, position)}"
            yield from _block(place, branch.body) if type(branch) is Branch else _statement(place, branch)


def _blocks(statement: Node) -> Iterator[tuple[str, Block]]:
    match statement:
        case If(then=then, otherwise=otherwise):
            yield "/then", then
            if otherwise is not None:
                yield "/else", otherwise
        case For(body=body) | ParallelFor(body=body):
            yield "[]", body
        case Loop(body=body, on_exhausted=exhausted):
            yield "[]", body
            if exhausted is not None:
                yield "/exhausted", exhausted
        case BudgetBlock(body=body, on_exhausted=exhausted):
            yield "/body", body
            if exhausted is not None:
                yield "/exhausted", exhausted
        case Try(body=body, handlers=handlers):
            yield "/body", body
            for position, handler in enumerate(handlers, 1):
                yield f"/on{position}", handler.body
