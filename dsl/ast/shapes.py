"""One row for each kind of statement: what everybody has to know of it who goes through a flow without asking what it
means.

The address of a step, the names of a flow, what a block binds, what may happen many times: all of them read this table,
so a new kind of statement is told to all of them in one place. A column has no default, because forgetting one would
be silent: a block without an address cannot be entered, and a name without a row would be unknown.
"""

from collections.abc import Callable, Iterable
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.expressions import ListLiteral, Widen
from dsl.ast.node import Node
from dsl.dataclass import dataclass

Names = Iterable[tuple[str | None, Node]]
Blocks = tuple[tuple[str, ast.Block], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """`word` is what the language calls it; `place` what a path calls the statement, None for its word and number;
    `result` the name that stands for its result afterwards; `names` all names that it gives a meaning, inside or
    afterwards, each with its node; `blocks` the blocks in it, each with its segment of an address; `repeats` whether
    they may run more than once.
    """

    word: Callable[[Any], str]
    place: Callable[[Any], str | None]
    result: Callable[[Any], str | None]
    names: Callable[[Any], Names]
    blocks: Callable[[Any], Blocks]
    repeats: bool


def _none(statement: Node) -> None:
    """No name."""


def _called(word: str) -> Callable[[Any], str]:
    return lambda statement: word


def _fan(statement: ast.Parallel | ast.ParallelFor) -> str:
    return "parallel" if statement.first is None else "race"


def _nothing(statement: Node) -> tuple[()]:
    return ()


def _otherwise(segment: str, block: ast.Block | None) -> Blocks:
    return () if block is None else ((segment, block),)


def _step_result(step: ast.Step) -> str | None:
    return step.name if step.named else None


def _branches(parallel: ast.Parallel) -> Blocks:
    """Its other branches are statements and have addresses of their own."""
    return tuple((f"/{branch.name}", branch.body) for branch in parallel.branches if isinstance(branch, ast.Branch))


def _numbered(word: str, blocks: Iterable[ast.Block], otherwise: ast.Block | None) -> Blocks:
    """The first has no number."""
    numbered = ((f"/{word}{number}" if number > 1 else f"/{word}", block) for number, block in enumerate(blocks, 1))
    return (*numbered, *_otherwise("/else", otherwise))


def _handlers(statement: ast.Try) -> Blocks:
    return tuple((f"/on{position}", handler.body) for position, handler in enumerate(statement.handlers, 1))


def _plain(word: str) -> Shape:
    """Stands for itself: no name, nothing inside."""
    return Shape(word=_called(word), place=_none, result=_none, names=_nothing, blocks=_nothing, repeats=False)


SHAPES: dict[type[Node], Shape] = {
    ast.Step: Shape(
        word=_called("step"),
        place=lambda step: step.name,
        result=_step_result,
        names=lambda step: [(_step_result(step), step)],
        blocks=_nothing,
        repeats=False,
    ),
    ast.Let: Shape(
        word=_called("let"),
        place=_none,
        result=_none,
        names=lambda let: [(let.name, let)],
        blocks=_nothing,
        repeats=False,
    ),
    ast.Var: Shape(
        word=_called("var"),
        place=_none,
        result=_none,
        names=lambda var: [(var.name, var)],
        blocks=_nothing,
        repeats=False,
    ),
    ast.Set: _plain("set"),
    ast.If: Shape(
        word=_called("if"),
        place=lambda if_: if_.name,
        result=lambda if_: if_.name,
        names=lambda if_: [(if_.name, if_)],
        blocks=lambda if_: _numbered("then", (arm.body for arm in if_.arms), if_.otherwise),
        repeats=False,
    ),
    ast.Match: Shape(
        word=_called("match"),
        place=lambda match: match.name,
        result=lambda match: match.name,
        names=lambda match: [(match.name, match)],
        blocks=lambda match: _numbered("case", (case.body for case in match.cases), match.otherwise),
        repeats=False,
    ),
    ast.For: Shape(
        word=_called("for"),
        place=_none,
        result=_none,
        names=lambda for_: [(for_.variable, for_), (for_.index, for_)],
        blocks=lambda for_: (("[]", for_.body),),
        repeats=True,
    ),
    ast.Parallel: Shape(
        word=_fan,
        place=lambda parallel: parallel.name,
        result=lambda parallel: parallel.name,
        names=lambda parallel: [(parallel.name, parallel)],
        blocks=_branches,
        repeats=False,
    ),
    ast.ParallelFor: Shape(
        word=_fan,
        place=lambda parallel: parallel.name,
        result=lambda parallel: parallel.name,
        names=lambda parallel: [(parallel.variable, parallel), (parallel.name, parallel)],
        blocks=lambda parallel: (("[]", parallel.body),),
        repeats=True,
    ),
    ast.Loop: Shape(
        word=_called("loop"),
        place=lambda loop: loop.name,
        result=_none,
        names=_nothing,
        blocks=lambda loop: (("[]", loop.body), *_otherwise("/exhausted", loop.on_exhausted)),
        repeats=True,
    ),
    ast.BudgetBlock: Shape(
        word=_called("budget"),
        place=_none,
        result=_none,
        names=_nothing,
        blocks=lambda block: (("/body", block.body), *_otherwise("/exhausted", block.on_exhausted)),
        repeats=False,
    ),
    ast.AwaitApproval: Shape(
        word=_called("await"),
        place=lambda approval: approval.name,
        result=lambda approval: approval.name,
        names=lambda approval: [(approval.name, approval)],
        blocks=_nothing,
        repeats=False,
    ),
    ast.AwaitEvent: Shape(
        word=_called("await"),
        place=lambda wait: wait.expected.name,
        result=_none,
        names=lambda wait: [(wait.expected.name, wait.expected)],
        blocks=lambda wait: _otherwise("/else", wait.otherwise),
        repeats=False,
    ),
    ast.AwaitFirst: Shape(
        word=_called("await"),
        place=_none,
        result=_none,
        names=lambda first: [(way.expected.name, way.expected) for way in first.branches if way.expected is not None],
        blocks=lambda first: _numbered("then", (way.body for way in first.branches), None),
        repeats=False,
    ),
    ast.Commit: _plain("commit"),
    ast.CompensateStatement: _plain("compensate"),
    ast.Respond: _plain("respond"),
    ast.Sleep: _plain("sleep"),
    ast.Try: Shape(
        word=_called("try"),
        place=_none,
        result=_none,
        names=lambda try_: [(handler.name, handler) for handler in try_.handlers],
        blocks=lambda try_: (("/body", try_.body), *_handlers(try_)),
        repeats=False,
    ),
    ast.ExclusiveBlock: Shape(
        word=_called("exclusive"),
        place=_none,
        result=_none,
        names=_nothing,
        blocks=lambda block: (("/body", block.body),),
        repeats=False,
    ),
    ast.Fail: _plain("fail"),
    ast.Return: _plain("return"),
    ast.Yield: _plain("yield"),
    ast.Until: _plain("until"),
    ast.Break: _plain("break"),
    ast.Continue: _plain("continue"),
}


def shape(statement: Node) -> Shape:
    return SHAPES[type(statement)]


def only_counts_rounds(loop: ast.Loop) -> bool:
    """Then its budget is used up between two rounds, after the end of at least one, never in the middle of one."""
    budget = loop.budget
    if budget is None or not budget.iterations or loop.keep_going:
        return False
    others = (budget.usd, budget.tokens, budget.calls, budget.turns, budget.time)
    return all(limit is None for limit in others)


def surely_runs(loop: ast.For) -> bool:
    """Whether there is a first round: the list is written out, and has an item."""
    source = loop.source
    while isinstance(source, Widen):
        source = source.value
    return isinstance(source, ListLiteral) and bool(source.items)
