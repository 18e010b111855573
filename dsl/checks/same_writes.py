"""SF612: what writes the same, side by side: items of a `parallel for`, or branches of a `parallel`, that call one tool
with the same arguments at the same time.

Whichever comes last counts, or all of them do: nobody who reads the text can tell which was meant. Only calls that are
made for certain are looked at, not what a condition decides, and only tools whose calls each count. `exclusive` on the
tool, or around the call, says that somebody has thought of it.
"""

from collections.abc import Iterable, Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Literal, Name
from dsl.ast.node import Node, walk
from dsl.ast.statements import Block, BudgetBlock, Parallel, ParallelFor, Statement, Step, Try
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic

_ADVICE = "call it once, beside them; give it what differs; or say `exclusive by …` where the tool is declared"


def check(program: Program) -> Iterator[Diagnostic]:
    for node in program.facts.all(ParallelFor):
        alone = isinstance(node.up_to, Literal) and node.up_to.value == 1
        if node.first is None and not alone:
            yield from _of_items(program, node)
    for fan in program.facts.all(Parallel):
        if fan.first is None:
            yield from _of_branches(program, fan)


def _of_items(program: Program, node: ParallelFor) -> Iterator[Diagnostic]:
    for step in _certain(node.body.statements):
        if _writes(program, step) and all(_is_from_outside(program, value, node) for value in _given(program, step)):
            message = f"each item calls `{step.call.target}` with the same arguments, side by side"
            around = (program.name_label(node, node.variable, "the item"),)
            yield Diagnostic("SF612", message, program.label(step.call), around, help=_ADVICE, severity="warning")


def _of_branches(program: Program, node: Parallel) -> Iterator[Diagnostic]:
    seen: list[tuple[Node, Step]] = []
    for branch in node.branches:
        inside = _certain((branch,) if isinstance(branch, Step) else getattr(branch, "body", Block(())).statements)
        own = [step for step in inside if _writes(program, step)]
        for step in own:
            given = _given(program, step)
            if not all(_is_from_outside(program, value, node) for value in given):
                continue
            same = (each for of, each in seen if of is not branch and _alike(program, each, step, given))
            if (first := next(same, None)) is not None:
                message = f"two branches call `{step.call.target}` with the same arguments, side by side"
                others = (program.label(first.call, "the other one"),)
                yield Diagnostic("SF612", message, program.label(step.call), others, help=_ADVICE, severity="warning")
        seen += [(branch, step) for step in own]


def _certain(statements: Iterable[Statement]) -> Iterator[Step]:
    """The steps that are made whenever the block is done to its end."""
    for each in statements:
        match each:
            case Step():
                yield each
            case Try(body=body) | BudgetBlock(body=body):
                yield from _certain(body.statements)
            case _:
                pass


def _writes(program: Program, step: Step) -> bool:
    signature = program.facts.callee_of(step.call)
    tool = None if signature is None else signature.node
    counts = isinstance(tool, ToolDeclaration) and tool.effect.kind in ("write", "irreversible")
    return counts and isinstance(tool, ToolDeclaration) and tool.exclusive is None and bool(step.call.arguments)


def _given(program: Program, step: Step) -> list[Expression]:
    return list(program.facts.arguments_of(step.call).values())


def _alike(program: Program, one: Step, other: Step, given: list[Expression]) -> bool:
    return one.call.target == other.call.target and _given(program, one) == given


def _is_from_outside(program: Program, value: Expression, around: Node) -> bool:
    """Whether it is the same in all that runs side by side there."""
    inside = {id(node) for node in walk(around)}
    for node in walk(value):
        if isinstance(node, FunctionCall) and node.function in ("now", "uuid"):
            return False
        symbol = program.facts.symbol_of(node) if isinstance(node, Name) else None
        if symbol is not None and id(symbol.node) in inside and not isinstance(symbol.node, Comprehension):
            return False
    return True
