"""How a flow goes on when it does not go well, how long it waits, and that it ends."""

from collections.abc import Iterator
from typing import Literal

from dsl.ast import statements as ast
from dsl.ast.declarations import Exclusive, Use
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.planning.plan import Plan
from dsl.review.model import Bounded, Ending, Ends, Wait
from dsl.review.text import Reached

OfPeople = Literal["approval", "gate", "budget"]


def waits(reached: Reached) -> Iterator[Wait]:
    for approval in reached.all(ast.AwaitApproval):
        yield _asked(reached, "approval", approval.name, approval, approval.stages)
    for use in reached.all(Use):
        if use.gate:
            yield _asked(reached, "gate", use.target, use, use.gate)
    for name, node, stages in _parking(reached):
        yield _asked(reached, "budget", name, node, stages)
    yield from _events(reached)
    for sleep in reached.all(ast.Sleep):
        yield Wait("sleep", "", sleep.milliseconds, "", (), reached.place(sleep))
    yield from _locks(reached)
    for agent in reached.agents:
        if agent.batch is not None:
            yield Wait("batch", agent.name, agent.batch, "", (), reached.place(agent, "batch"))


def _events(reached: Reached) -> Iterator[Wait]:
    for event in reached.all(ast.AwaitEvent):
        then = _first_words(reached, event.otherwise)
        yield Wait("event", event.expected.event, event.timeout, then, (), reached.place(event))
    for first in reached.all(ast.AwaitFirst):
        times = [branch.after for branch in first.branches if branch.after is not None]
        way = next((branch for branch in first.branches if branch.after is not None or branch.until is not None), None)
        then = "" if way is None else _first_words(reached, way.body)
        yield Wait("first", "", min(times, default=None), then, (), reached.place(first))


def _locks(reached: Reached) -> Iterator[Wait]:
    for tool in reached.tools:
        for lock in reached.all(Exclusive, [tool]):
            yield Wait("lock", tool.name, lock.within, "LockTimedOut", (), reached.place(lock))
    for block in reached.all(ast.ExclusiveBlock):
        yield Wait("lock", reached.said(block.by), block.within, "LockTimedOut", (), reached.place(block))


def _asked(reached: Reached, of: OfPeople, name: str, node: Node, stages: tuple[Stage, ...]) -> Wait:
    asked = reached.stages(stages)
    times = [stage.timeout for stage in asked]
    longest = None if None in times else sum(time for time in times if time is not None)
    return Wait(of, name, longest, asked[-1].outcome if asked else "", asked, reached.place(node))


def _parking(reached: Reached) -> Iterator[tuple[str, Node, tuple[Stage, ...]]]:
    """Budgets that people may raise when they are used up."""
    yield from ((flow.name, flow, flow.asks) for flow in reached.flows if flow.asks)
    yield from ((agent.name, agent, agent.asks) for agent in reached.agents if agent.asks)
    yield from ((loop.name or "loop", loop, loop.asks) for loop in reached.all(ast.Loop) if loop.asks)
    yield from (("budget", block, block.asks) for block in reached.all(ast.BudgetBlock) if block.asks)


def _first_words(reached: Reached, block: ast.Block | None) -> str:
    """What is done first there, in its own words."""
    if block is None:
        return ""
    return reached.said(block.statements[0]) if block.statements else "goes on"


def endings(reached: Reached) -> Iterator[Ending]:
    for handler in reached.all(ast.Handler):
        yield Ending("handler", _handled(reached, handler), reached.place(handler))
    for finally_ in reached.all(ast.Finally):
        said = ", ".join(map(reached.said, finally_.calls))
        yield Ending("finally", said, reached.place(finally_))
    for around in reached.either(ast.Loop, ast.BudgetBlock):
        if around.on_exhausted is not None:
            said = _first_words(reached, around.on_exhausted)
            yield Ending("exhausted", said, reached.place(around.on_exhausted))
    yield from _side_by_side(reached)
    for fail in reached.all(ast.Fail):
        yield Ending("fail", reached.said(fail.value), reached.place(fail))
    for commit in reached.all(ast.Commit):
        yield Ending("commit", "", reached.place(commit))
    for undoing in reached.all(ast.CompensateStatement):
        yield Ending("compensate", ", ".join(map(reached.said, undoing.calls)), reached.place(undoing))
    for step in reached.all(ast.Step):
        if step.detached:
            yield Ending("detached", step.call.target, reached.place(step))


def _side_by_side(reached: Reached) -> Iterator[Ending]:
    for loop in reached.all(ast.Loop):
        if loop.every is not None:
            yield Ending("rounds", loop.name or "loop", reached.place(loop))
        if loop.keep_going:
            yield Ending("keep going", f"loop {loop.name or ''}".strip(), reached.place(loop))
    for fan in reached.either(ast.Parallel, ast.ParallelFor):
        if fan.keep_going:
            yield Ending("keep going", fan.name or "parallel", reached.place(fan))
        if fan.first is not None:
            said = "the others run to their end" if fan.first.finish_rest else "the others are undone"
            yield Ending("race", said, reached.place(fan))


def _handled(reached: Reached, handler: ast.Handler) -> str:
    kinds = ", ".join(handler.kinds) or "any error"
    condition = "" if handler.condition is None else f" if {reached.said(handler.condition)}"
    return f"{kinds}{condition}"


def ends(reached: Reached, plan: Plan) -> Ends:
    undo = None if plan.most.back is None or plan.most.last is None else plan.most.back + plan.most.last
    open_ = (reached.place(node) for _, node, _ in _parking(reached))
    return Ends(plan.most.time, undo, tuple(_rounds(reached)), tuple(open_) if plan.most.time is None else ())


def _rounds(reached: Reached) -> Iterator[Bounded]:
    for loop in reached.all(ast.Loop):
        said = "" if loop.budget is None else reached.said(loop.budget)
        yield Bounded("loop", loop.name or "loop", said, reached.place(loop))
    for each in reached.either(ast.For, ast.ParallelFor):
        yield Bounded("for", reached.said(each.source), "", reached.place(each))
    for flow in reached.flows:
        if flow.depth is not None:
            yield Bounded("recursion", flow.name, f"depth {flow.depth}", reached.place(flow))
