"""The static address of every statement and block of a flow: `support/refine[]/version`.

An address is what a step's path is without its indices, so a path finds its node without any search. Names give the
segments; what has no name is called by its kind and its position among that kind in the flow (`if#2`), with a
character that no name can hold. The body of an iteration is marked `[]`, where a path has the index.
"""

from collections import Counter
from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Block, Branch, BudgetBlock, For, If, Loop, Parallel, ParallelFor, Step, Try


def addresses(flow: FlowDeclaration) -> dict[str, Node]:
    """Every statement and block of `flow` by its address, in source order; the flow's body is at the flow's name."""
    return dict(_block(flow.name, flow.body, Counter()))


def _block(address: str, block: Block, ordinals: Counter[str]) -> Iterator[tuple[str, Node]]:
    yield address, block
    for statement in block.statements:
        yield from _statement(f"{address}/{_label(statement, ordinals)}", statement, ordinals)


def _label(statement: Node, ordinals: Counter[str]) -> str:
    match statement:
        case Step(name=str(name)) | AwaitApproval(name=str(name)) | Loop(name=str(name)):
            return name
        case Parallel(name=str(name)) | ParallelFor(name=str(name)):
            return name
        case _:
            kind = type(statement).__name__.lower()
            ordinals[kind] += 1
            return f"{kind}#{ordinals[kind]}"


def _statement(address: str, statement: Node, ordinals: Counter[str]) -> Iterator[tuple[str, Node]]:
    yield address, statement
    for segment, block in _blocks(statement):
        yield from _block(address + segment, block, ordinals)
    if isinstance(statement, Parallel):
        for branch in statement.branches:
            if isinstance(branch, Branch):
                yield from _block(f"{address}/{branch.name}", branch.body, ordinals)
            else:
                yield from _statement(f"{address}/{_label(branch, ordinals)}", branch, ordinals)


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
