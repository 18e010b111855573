"""SF305: what is certain to be called, or slept, in a block comes to more than the budget around it allows.

Only statements that are done whenever the block is done to its end are counted: not what a choice decides or leads
away from. Rounds count as many times as it is certain that there are: of a list that is written out, of a `range`
between two numbers, and of a loop that nothing but its iterations ends. What runs side by side takes no longer for it.
"""

from collections.abc import Callable, Iterable, Iterator

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Expression, FunctionCall, ListLiteral, Literal
from dsl.ast.node import Node, children
from dsl.ast.statements import (
    Block,
    Branch,
    Break,
    Budget,
    BudgetBlock,
    Continue,
    ExclusiveBlock,
    Fail,
    For,
    If,
    Loop,
    Match,
    Parallel,
    ParallelFor,
    Return,
    Sleep,
    Step,
    Try,
    Until,
    Yield,
)
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic

_Counted = tuple[Node, int]
"""A statement, and how often it is done."""


def check(program: Program) -> Iterator[Diagnostic]:
    blocks: list[FlowDeclaration | BudgetBlock] = [*program.facts.all(FlowDeclaration), *program.facts.all(BudgetBlock)]
    for node in blocks:
        if node.budget is not None and not node.asks and id(node) not in program.facts.partly_read:
            yield from _of_calls(program, node.budget, node.body)
            yield from _of_sleeps(program, node.budget, node.body)


def _of_calls(program: Program, budget: Budget, body: Block) -> Iterator[Diagnostic]:
    if not budget.calls:
        return
    found = _certain(body, _all_of)
    made = [(step, times) for step, times in found if isinstance(step, Step) and _is_one_call(program, step)]
    calls = sum(times for _, times in made)
    if calls > budget.calls:
        message = f"{calls} calls are made here whatever happens, and the budget ends after {budget.calls}"
        over = (program.label(_over(made, budget.calls), "one too many"),)
        yield Diagnostic("SF305", message, program.label(budget), over, help="give it more calls")


def _of_sleeps(program: Program, budget: Budget, body: Block) -> Iterator[Diagnostic]:
    if not budget.time:
        return
    found = _certain(body, _in_turn)
    written = [(each, times) for each, times in found if isinstance(each, Sleep) and each.chosen is None]
    sleeps = [(each, each.milliseconds, times) for each, times in written if each.milliseconds is not None]
    slept = sum(milliseconds * times for _, milliseconds, times in sleeps)
    longest = max((milliseconds for _, milliseconds, _ in sleeps), default=0)
    if slept > budget.time >= longest:
        message = (
            f"this sleeps {format_duration(slept)} in all, and the budget ends after {format_duration(budget.time)}"
        )
        last = (program.label(sleeps[-1][0], "the last of it"),)
        yield Diagnostic("SF305", message, program.label(budget), last, help="give it more time, or sleep less")


def _over(made: list[tuple[Step, int]], most: int) -> Step:
    """The first that there is no room for."""
    so_far = 0
    for step, times in made:
        so_far += times
        if so_far > most:
            return step
    raise AssertionError("what comes to more comes to more somewhere")


def _is_one_call(program: Program, step: Step) -> bool:
    signature = program.facts.callee_of(step.call)
    return signature is not None and isinstance(signature.node, ToolDeclaration)


def _in_turn(node: Node) -> tuple[tuple[Node, ...], int]:
    match node:
        case BudgetBlock(body=body, on_exhausted=None) | ExclusiveBlock(body=body):
            return body.statements, 1
        case Try(body=body) | BudgetBlock(body=body):
            return tuple(_before_a_handler(body)), 1
        case For(source=source, body=body):
            return body.statements, _unless_left(node, _length(source))
        case Loop(body=body):
            return _each_to_its_end(body, node.keep_going), _unless_left(node, _rounds(node))
        case _:
            return (), 1


def _before_a_handler(body: Block) -> Iterator[Node]:
    """What is done in a `try` or an inner budget for certain: after its first step, what handles its end may go on."""
    for each in body.statements:
        if isinstance(each, Sleep | Step):
            yield each
        if not isinstance(each, Sleep):
            return


def _all_of(node: Node) -> tuple[tuple[Node, ...], int]:
    match node:
        case Parallel(first=None, stop_when=None, branches=branches):
            return tuple(_begun(branches) if node.keep_going else branches), 1
        case ParallelFor(first=None, stop_when=None, source=source, body=body):
            return _each_to_its_end(body, node.keep_going), _length(source)
        case Branch(body=body):
            return body.statements, 1
        case _:
            return _in_turn(node)


def _begun(branches: Iterable[Node]) -> Iterator[Node]:
    for each in branches:
        yield from _before_a_handler(each.body) if isinstance(each, Branch) else (each,)


def _each_to_its_end(body: Block, keep_going: bool) -> tuple[Node, ...]:
    return tuple(_before_a_handler(body)) if keep_going else body.statements


def _unless_left(loop: For | Loop, rounds: int) -> int:
    """Of rounds that one of them may end the first is certain."""
    name = loop.name if isinstance(loop, Loop) else None
    left = any(_leads_away(each, continued=frozenset({None, name})) for each in loop.body.statements)
    return min(rounds, 1) if left else rounds


def _length(source: Expression) -> int:
    """How many items there are at least, as far as the text says."""
    match source:
        case ListLiteral(items=items):
            return len(items)
        case FunctionCall(function="range", arguments=arguments):
            bounds = [each.value.value for each in arguments if isinstance(each.value, Literal)]
            whole = [each for each in bounds if type(each) is int]
            if len(whole) == len(arguments) and all(each.name is None for each in arguments):
                return max(0, whole[-1] - whole[0] if len(whole) > 1 else whole[0])
    return 0


def _rounds(loop: Loop) -> int:
    """A loop that its time or what it spends may end as well may have no second round."""
    budget = loop.budget
    ends = None if budget is None or budget.chosen else (budget.time, budget.usd, budget.tokens, budget.calls)
    if budget is None or ends is None or any(each is not None for each in ends):
        return 1
    return budget.iterations or 1


def _certain(body: Block, inside: Callable[[Node], tuple[tuple[Node, ...], int]]) -> Iterator[_Counted]:
    """Up to the first statement that may lead away."""
    yield from _of(body.statements, inside, 1)


def _of(
    statements: Iterable[Node], inside: Callable[[Node], tuple[tuple[Node, ...], int]], times: int
) -> Iterator[_Counted]:
    for each in statements:
        if _leads_away(each):
            return
        yield each, times
        statements_inside, rounds = inside(each)
        if times * rounds:
            yield from _of(statements_inside, inside, times * rounds)


_Loops = frozenset[str | None]


def _leads_away(
    node: Node, left: _Loops = frozenset(), continued: _Loops = frozenset(), *, yields: bool = False
) -> bool:
    """Whether something in it may lead out of it, other than by leaving a loop that is `left`, or to the next round of
    one that is `continued`, by these names. `yields`: a `yield` there leads to the end of something in it."""
    match node:
        case Return() | Fail():
            return True
        case Yield():
            return not yields
        case Until():
            return None not in left
        case Break(loop=name):
            return name not in left
        case Continue(loop=name):
            return name not in continued
        case For() | Loop():
            name = node.name if isinstance(node, Loop) else None
            left, continued = left | {None, name}, continued | {None, name}
        case Parallel() | ParallelFor() | If(name=str()) | Match(name=str()):
            yields = True
        case _:
            """What stands in it decides."""
    return any(_leads_away(each, left, continued, yields=yields) for each in children(node))
