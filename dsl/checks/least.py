"""SF305: what is certain to be called, or slept, in a block comes to more than the budget around it allows.

Only statements that are done whenever the block is done to its end are counted: not what a choice decides or leads
away from, and each round once.
"""

from collections.abc import Callable, Iterable, Iterator

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.duration import format_duration
from dsl.ast.node import Node, walk
from dsl.ast.statements import (
    Block,
    Branch,
    Break,
    Budget,
    BudgetBlock,
    Continue,
    ExclusiveBlock,
    Fail,
    Parallel,
    Return,
    Sleep,
    Step,
    Try,
    Until,
    Yield,
)
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic

_LEAVING = (Break, Continue, Fail, Return, Until, Yield)


def check(program: Program) -> Iterator[Diagnostic]:
    blocks: list[FlowDeclaration | BudgetBlock] = [*program.facts.all(FlowDeclaration), *program.facts.all(BudgetBlock)]
    for node in blocks:
        if node.budget is not None and not node.asks and id(node) not in program.facts.partly_read:
            yield from _of_calls(program, node.budget, node.body)
            yield from _of_sleeps(program, node.budget, node.body)


def _of_calls(program: Program, budget: Budget, body: Block) -> Iterator[Diagnostic]:
    made = [each for each in _certain(body) if isinstance(each, Step) and _is_one_call(program, each)]
    if budget.calls and len(made) > budget.calls:
        message = f"{len(made)} calls are made here whatever happens, and the budget ends after {budget.calls}"
        over = (program.label(made[budget.calls], "one too many"),)
        yield Diagnostic("SF305", message, program.label(budget), over, help="give it more calls")


def _of_sleeps(program: Program, budget: Budget, body: Block) -> Iterator[Diagnostic]:
    sleeps = [each for each in _certain(body, _in_turn) if isinstance(each, Sleep) and each.chosen is None]
    slept = sum(each.milliseconds or 0 for each in sleeps)
    if budget.time and len(sleeps) > 1 and slept > budget.time >= max(each.milliseconds or 0 for each in sleeps):
        message = (
            f"this sleeps {format_duration(slept)} in all, and the budget ends after {format_duration(budget.time)}"
        )
        last = (program.label(sleeps[-1], "the last of it"),)
        yield Diagnostic("SF305", message, program.label(budget), last, help="give it more time, or sleep less")


def _is_one_call(program: Program, step: Step) -> bool:
    signature = program.facts.callee_of(step.call)
    return signature is not None and isinstance(signature.node, ToolDeclaration)


def _in_turn(node: Node) -> tuple[Node, ...]:
    match node:
        case BudgetBlock(body=body, on_exhausted=None) | ExclusiveBlock(body=body):
            return body.statements
        case Try(body=body) | BudgetBlock(body=body):
            return tuple(_before_a_handler(body))
        case _:
            return ()


def _before_a_handler(body: Block) -> Iterator[Node]:
    """What is done in a `try` or an inner budget for certain: after its first step, what handles its end may go on."""
    for each in body.statements:
        if isinstance(each, Sleep | Step):
            yield each
        if not isinstance(each, Sleep):
            return


def _all_of(node: Node) -> tuple[Node, ...]:
    match node:
        case Parallel(first=None, stop_when=None, branches=branches):
            return branches
        case Branch(body=body):
            return body.statements
        case _:
            return _in_turn(node)


def _certain(body: Block, inside: Callable[[Node], tuple[Node, ...]] = _all_of) -> Iterator[Node]:
    """Up to the first statement that may lead away."""
    yield from _of(body.statements, inside)


def _of(statements: Iterable[Node], inside: Callable[[Node], tuple[Node, ...]]) -> Iterator[Node]:
    for each in statements:
        if not isinstance(each, Step | Sleep) and not _stays(each):
            return
        yield each
        yield from _of(inside(each), inside)


def _stays(node: Node) -> bool:
    return not any(isinstance(each, _LEAVING) for each in walk(node))
