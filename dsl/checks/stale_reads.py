"""SF613: what was read before a wait decides a write behind it, and may have changed meanwhile.

A read is a step of a tool that reads, a wait is for people or an event, or a sleep of a minute or more. Only what is
certain is told: the wait stands in a block around the decision, before it, and the read before the wait. The decision
is an `if` or a `match` that leads to a write, or leaves before one.
"""

from collections.abc import Iterator, Sequence

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Expression, Name
from dsl.ast.node import Node, walk
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import (
    AwaitApproval,
    AwaitEvent,
    AwaitFirst,
    Break,
    Continue,
    Fail,
    If,
    Let,
    Match,
    Return,
    Sleep,
    Statement,
    Step,
)
from dsl.checks.program import Program
from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic

SHORT = 60_000
"""Milliseconds of a sleep that is no wait: nothing much changes meanwhile."""
_ADVICE = "read it again behind the wait; or say why what was read before will do: `# dsl: ignore[SF613] reason`"
_WAITS = (AwaitApproval, AwaitEvent, AwaitFirst)
_LEAVES = (Return, Fail, Break, Continue)


@dataclass(frozen=True, slots=True)
class _Passed:
    """A statement that was certainly passed, and the steps in it."""

    statement: Statement
    steps: frozenset[int]


def check(program: Program) -> Iterator[Diagnostic]:
    for flow in program.facts.all(FlowDeclaration):
        kinds = {type(node) for node in walk(flow)}
        if kinds & {*_WAITS, Sleep} and kinds & {If, Match}:
            yield from _block(program, flow.body.statements, [])


def _block(program: Program, statements: Sequence[Statement], before: list[_Passed]) -> Iterator[Diagnostic]:
    passed = list(before)
    for at, statement in enumerate(statements):
        decided = _deciding(statement)
        if decided and (written := _written(program, statement, statements[at + 1 :])) is not None:
            yield from _stale(program, decided, passed, written)
        for _, block in SHAPES[type(statement)].blocks(statement):
            yield from _block(program, block.statements, passed)
        passed.append(_Passed(statement, frozenset(id(node) for node in walk(statement) if type(node) is Step)))


def _deciding(statement: Statement) -> list[Expression]:
    match statement:
        case If(arms=arms):
            return [arm.condition for arm in arms]
        case Match(subject=subject):
            return [subject]
    return []


def _written(program: Program, statement: Statement, rest: Sequence[Statement]) -> Step | None:
    """The first write that is made in one of its ways and not in another, or that it leads away from."""
    inside = next(_writes(program, [statement]), None)
    if inside is not None:
        return inside
    leaves = any(type(node) in _LEAVES for node in walk(statement))
    return next(_writes(program, rest), None) if leaves else None


def _writes(program: Program, statements: Sequence[Statement]) -> Iterator[Step]:
    for statement in statements:
        for node in walk(statement):
            tool = _tool(program, node)
            if tool is not None and tool.effect.kind in ("write", "irreversible"):
                assert type(node) is Step
                yield node


def _tool(program: Program, node: Node) -> ToolDeclaration | None:
    signature = program.facts.callee_of(node.call) if type(node) is Step else None
    return signature.node if signature is not None and isinstance(signature.node, ToolDeclaration) else None


def _stale(program: Program, decided: list[Expression], passed: list[_Passed], written: Step) -> Iterator[Diagnostic]:
    """The first of the values that is told; none where one has been read anew, which this one is compared with."""
    found: list[tuple[Name, Step, Statement]] = []
    for name in (node for each in decided for node in walk(each) if type(node) is Name):
        for read in _reads(program, name):
            behind = next((at for at, each in enumerate(passed) if id(read) in each.steps), None)
            rest = () if behind is None else passed[behind + 1 :]
            wait = next((each.statement for each in rest if _is_wait(each.statement)), None)
            if wait is None:
                return
            found.append((name, read, wait))
    for name, read, wait in found[:1]:
        message = f"`{name.name}` was read before a wait, and decides behind it about `{written.call.target}`"
        others = (program.label(read.call, "read here"), program.label(wait, "waited here"))
        yield Diagnostic("SF613", message, program.label(name), others, help=_ADVICE, severity="warning")


def _reads(program: Program, name: Name) -> Iterator[Step]:
    """The steps of tools that read, from which its value comes."""
    symbol = program.facts.symbol_of(name)
    node = symbol.node if symbol is not None else None
    if type(node) is Let:
        for inner in (each for each in walk(node.value) if type(each) is Name):
            yield from _reads(program, inner)
    elif type(node) is Step and (tool := _tool(program, node)) is not None and tool.effect.kind == "read":
        yield node


def _is_wait(statement: Statement) -> bool:
    if isinstance(statement, Sleep):
        return statement.milliseconds is None or statement.milliseconds >= SHORT
    return isinstance(statement, _WAITS)
