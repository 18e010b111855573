"""Which of the machine's own kinds of errors can come out of statements at all, by what is done in them.

Most can come out of nearly everything, and nothing is said of these. The others need something that is there or not:
a lock, a race, a request, people who are asked. What an agent uses counts as done, and so do the flows that are
called; what handles it there is not looked at.
"""

from collections.abc import Iterator

from dsl.ast import statements as ast
from dsl.ast.chosen import chosen_in
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class

NEEDS = {
    "Failed": "nothing in it fails by a `fail` of its own",
    "ServerUnavailable": "no tool that it calls has a server",
    "HttpRefused": "no tool that it calls is carried out by a request",
    "EventRefused": "no tool that it calls is carried out by an event",
    "ToolChanged": "no tool that it calls is one of an MCP server",
    "OutcomeUnknown": "nothing that it calls writes",
    "UndoFailed": "nothing in it can be undone",
    "ApprovalTimedOut": "no stage in it ends with `then fail`",
    "LockTimedOut": "nothing in it waits for a lock",
    "BudgetExceeded": "no budget stands in it, and what handles errors does not outlast one around it",
    "AllFailed": "there is no `race` in it",
    "Withdrawn": "it only stands in the outcomes of a `stop when`",
    "Stuck": "no agent that it asks uses anything",
    "EveryModelFailed": "it asks no agent",
    "InvalidValue": "it sets no `var`",
    "InvalidLimit": "no limit in it is worked out",
    "Cancelled": "it calls no flow that it waits for",
    "RunLost": "it calls no flow that it waits for",
    "ChildFailed": "it calls no flow that it waits for",
}
"""Why a kind cannot come, where what it needs is not there."""
_OF_CALLS = ("InvalidInput", "NotCalled", "NotRegistered", "SignatureMismatch", "TimedOut", "Undeclared", "WorkerBusy")
NEEDS |= dict.fromkeys(_OF_CALLS, "it calls nothing")
_OF_FLOWS = ("Cancelled", "RunLost", "ChildFailed")


def possible(block: Node, facts: Facts) -> frozenset[str]:
    """Those of `NEEDS` that can come out of `block`."""
    found: set[str] = set()
    waiting: list[Node] = [block]
    seen: set[int] = set()
    for node in waiting:
        for nodes in by_class(node).values():
            for each in nodes:
                found.update(_by_itself(each))
        for called in _called(node, facts):
            found.update(_by_being_called(called))
            if id(called) not in seen and not isinstance(called, ToolDeclaration):
                seen.add(id(called))
                waiting.append(called)
    return frozenset(found)


def _by_itself(node: Node) -> Iterator[str]:
    if any(chosen_in(node)):
        yield "InvalidLimit"
    match node:
        case ast.Step() | ast.Call() | Use():
            yield from _OF_CALLS
        case ast.Fail():
            yield "Failed"
        case ast.Loop() | ast.BudgetBlock():
            yield "BudgetExceeded"
        case Stage(outcome="fail"):
            yield "ApprovalTimedOut"
        case ast.ExclusiveBlock():
            yield "LockTimedOut"
        case ast.Parallel(first=first) | ast.ParallelFor(first=first) if first is not None:
            yield "AllFailed"
        case ast.Set():
            yield "InvalidValue"
        case ast.CompensateStatement() | ast.Finally() | ast.Compensate():
            yield "UndoFailed"
        case _:
            return


def _called(node: Node, facts: Facts) -> Iterator[ToolDeclaration | AgentDeclaration | FlowDeclaration]:
    steps = [step for step in by_class(node).get(ast.Step, ()) if isinstance(step, ast.Step)]
    detached = {id(step.call) for step in steps if step.detached}
    for kind in (ast.Call, Use):
        for each in by_class(node).get(kind, ()):
            assert isinstance(each, ast.Call | Use)
            signature = None if id(each) in detached else facts.callee_of(each)
            if signature is not None and isinstance(
                signature.node, ToolDeclaration | AgentDeclaration | FlowDeclaration
            ):
                yield signature.node


def _by_being_called(called: ToolDeclaration | AgentDeclaration | FlowDeclaration) -> Iterator[str]:
    match called:
        case FlowDeclaration():
            yield from (*_OF_FLOWS, "UndoFailed", "BudgetExceeded")
        case AgentDeclaration(uses=uses, budget=budget, summarise=summarise):
            yield "EveryModelFailed"
            if uses:
                yield "Stuck"
            if budget is not None or summarise is not None:
                yield "BudgetExceeded"
        case ToolDeclaration():
            yield from _of_tool(called)


def _of_tool(tool: ToolDeclaration) -> Iterator[str]:
    if tool.http is not None or tool.served is not None or tool.emit is not None:
        yield "ServerUnavailable"
    if tool.http is not None:
        yield "HttpRefused"
    if tool.emit is not None:
        yield "EventRefused"
    if tool.served is not None:
        yield "ToolChanged"
    if tool.exclusive is not None:
        yield "LockTimedOut"
    if tool.effect.kind in ("write", "irreversible"):
        yield "OutcomeUnknown"
    if tool.compensate is not None and tool.compensate.calls:
        yield "UndoFailed"
