"""What a statement means for promises by being there, where it is added or taken away."""

from collections.abc import Mapping

from dsl.ast import statements as ast
from dsl.ast.events import ExpectedEvent
from dsl.ast.node import Node, walk
from dsl.dataclass import dataclass
from dsl.differences.changes import COMPATIBLE, STRONGER, Verb, Weighed


@dataclass(frozen=True)
class Surroundings:
    """The whole flow on the new side, and what each approval of the old side opened."""

    new: Node
    opened: Mapping[str, tuple[str, ...]]


PROMISES: dict[type[Node], str] = {
    ast.AwaitApproval: "nobody is asked any more",
    ast.CompensateStatement: "it is not undone any more",
    ast.ExclusiveBlock: "more of them may run at a time",
    ast.BudgetBlock: "nothing limits it here any more",
    ast.Handler: "what it took is not handled here any more",
}
"""What keeps a promise, and what holds no more without it."""
COMMITTED = "what was done before it is not undone any more"


def weighed(node: Node, verb: Verb, around: Surroundings) -> Weighed:
    if isinstance(node, ast.AwaitApproval) and verb == "removed" and _is_idle(node, around):
        return COMPATIBLE
    if type(node) in PROMISES:
        return ("weaker", PROMISES[type(node)]) if verb == "removed" else STRONGER
    match node:
        case ast.Commit():
            return ("weaker", COMMITTED) if verb == "added" else STRONGER
        case ast.Step(without_approval=str()) if verb == "added":
            return "weaker", "nobody agrees to it before"
        case ast.AwaitEvent(expected=expected) | ast.FirstBranch(expected=ExpectedEvent() as expected):
            if verb == "removed" and not _awaited(expected.event, around.new):
                return "breaking", "who sends the event is refused"
            return COMPATIBLE
        case _:
            return COMPATIBLE


def _awaited(event: str, flow: Node) -> bool:
    return any(isinstance(node, ExpectedEvent) and node.event == event for node in walk(flow))


def _is_idle(approval: ast.AwaitApproval, around: Surroundings) -> bool:
    """All that it opened is not called any more."""
    calls = {node.target for node in walk(around.new) if isinstance(node, ast.Call)}
    opened = around.opened.get(approval.name, ())
    return bool(opened) and calls.isdisjoint(opened)
