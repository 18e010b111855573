"""What a statement may do that matters to what was read: the first write in it, and the first wait.

A wait is for people or an event, or a time of a minute or more: also that for the lock of an `exclusive` block, the
next round of a loop, and a called flow that waits, or an agent behind whose gates people are asked. What is waited for
without being written (a worker, a provider, more budget) is none. What is worked out once for each block is kept, so a
text is gone through once.
"""

from collections.abc import Callable, Iterator, Sequence

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, called_by
from dsl.ast.node import Node
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import Statement, Step
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import call_graph
from dsl.semantics.facts import Facts

SHORT = 60_000
"""Milliseconds of what is no wait: nothing much changes meanwhile."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The first step that writes, and the first wait; `leaves` what leads away from here: statements of `Leaving`."""

    write: Step | None = None
    wait: Node | None = None
    leaves: frozenset[type[Node]] = frozenset()

    def then(self, other: "Effect") -> "Effect":
        return Effect(self.write or other.write, self.wait or other.wait, self.leaves | other.leaves)


_NOTHING = Effect()
_Callee = AgentDeclaration | FlowDeclaration
_LEAVING = (ast.Return, ast.Fail, ast.Break, ast.Continue, ast.Yield)


class Effects:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._graph = call_graph(facts)
        self._known: dict[int, Effect] = {}
        self._behind: dict[int, tuple[Step | None, ...]] = {}
        self._writes: dict[str, bool] = {}
        self._waits: dict[str, bool] = {}
        self._close(self._writes, self._own_writes, detached=True)
        self._close(self._waits, self._own_waits, detached=False)

    def target(self, step: Step) -> ToolDeclaration | AgentDeclaration | FlowDeclaration | None:
        signature = self._facts.callee_of(step.call)
        found = None if signature is None else signature.node
        return found if isinstance(found, ToolDeclaration | AgentDeclaration | FlowDeclaration) else None

    def of(self, node: Statement | ast.Branch) -> Effect:
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._made_out(node)
        return found

    def of_block(self, block: ast.Block | None) -> Effect:
        found = _NOTHING
        for each in () if block is None else block.statements:
            found = found.then(self.of(each))
        return found

    def behind(self, block: ast.Block) -> tuple[Step | None, ...]:
        """For each statement of a block the first write that comes after it in there."""
        found = self._behind.get(id(block))
        if found is None:
            rest: list[Step | None] = []
            write: Step | None = None
            for each in reversed(block.statements):
                rest.append(write)
                write = self.of(each).write or write
            found = self._behind[id(block)] = tuple(reversed(rest))
        return found

    # -- one statement

    def _made_out(self, node: Statement | ast.Branch) -> Effect:
        if isinstance(node, Step):
            return Effect(node if self._step_writes(node) else None, node if self._step_waits(node) else None)
        if isinstance(node, _LEAVING):
            return Effect(leaves=frozenset({type(node)}))
        inside = _NOTHING
        for block in _blocks(node):
            inside = inside.then(self.of_block(block))
        for each in _bare(node):
            inside = inside.then(self.of(each))
        return Effect(inside.write, node if is_wait(node) else inside.wait, inside.leaves)

    def _step_writes(self, step: Step) -> bool:
        match self.target(step):
            case ToolDeclaration() as tool:
                return _counts(tool)
            case AgentDeclaration(name=name) | FlowDeclaration(name=name):
                return self._writes.get(name, False)
            case _:
                return False

    def _step_waits(self, step: Step) -> bool:
        match self.target(step):
            case AgentDeclaration(name=name) | FlowDeclaration(name=name):
                return not step.detached and self._waits.get(name, False)
            case _:
                return False

    # -- flows and agents, through each other

    def _own_writes(self, of: _Callee) -> bool:
        calls = of.uses if isinstance(of, AgentDeclaration) else [each.call for each in _steps(of.body.statements)]
        signatures = (self._facts.callee_of(call) for call in calls)
        tools = (each.node for each in signatures if each is not None)
        return any(isinstance(tool, ToolDeclaration) and _counts(tool) for tool in tools)

    def _own_waits(self, of: _Callee) -> bool:
        if isinstance(of, AgentDeclaration):
            return any(use.gate for use in of.uses)
        return any(is_wait(each) for each in _all(of.body.statements))

    def _close(self, found: dict[str, bool], own: Callable[[_Callee], bool], *, detached: bool) -> None:
        """Whoever calls one that does, does."""
        named: dict[str, _Callee] = {**self._graph.agents, **self._graph.flows}
        callers: dict[str, list[str]] = {}
        for name, each in named.items():
            for target in self._called(each, detached=detached):
                callers.setdefault(target, []).append(name)
        waiting = [name for name, each in named.items() if own(each)]
        for name in waiting:
            if not found.get(name, False):
                found[name] = True
                waiting += callers.get(name, [])

    def _called(self, of: _Callee, *, detached: bool) -> Iterator[str]:
        if isinstance(of, AgentDeclaration):
            return (each.target for each in called_by(of))
        return (each.call.target for each in _steps(of.body.statements) if detached or not each.detached)


def is_wait(node: Node) -> bool:
    match node:
        case ast.Sleep(milliseconds=time):
            return time is None or time >= SHORT
        case ast.AwaitApproval(stages=stages):
            return any(stage.timeout is None or stage.timeout >= SHORT for stage in stages)
        case ast.AwaitEvent(timeout=time):
            return time is None or time >= SHORT
        case ast.AwaitFirst(branches=ways):
            return not any(way.after is not None and way.after < SHORT for way in ways)
        case ast.ExclusiveBlock(within=time):
            return time >= SHORT
        case ast.Loop(every=time):
            return time is not None and time >= SHORT
        case _:
            return False


def _counts(tool: ToolDeclaration) -> bool:
    return tool.effect.kind in ("write", "irreversible")


def _blocks(node: Statement | ast.Branch) -> Iterator[ast.Block]:
    if isinstance(node, ast.Branch):
        yield node.body
        return
    for _, block in SHAPES[type(node)].blocks(node):
        yield block


def _bare(node: Node) -> Iterator[Step | ast.AwaitApproval]:
    """The branches that are no blocks."""
    fan = node.race if isinstance(node, ast.AwaitFirst) else node
    if isinstance(fan, ast.Parallel):
        yield from (each for each in fan.branches if not isinstance(each, ast.Branch))


def _all(statements: Sequence[Statement]) -> Iterator[Statement]:
    waiting = list(statements)
    for node in waiting:
        yield node
        waiting += [each for block in _blocks(node) for each in block.statements]
        waiting += _bare(node)


def _steps(statements: Sequence[Statement]) -> Iterator[Step]:
    return (each for each in _all(statements) if isinstance(each, Step))
