"""What a flow means when everything goes as it should, told a second time and in the plainest way: by walking the tree.

No time, no budgets, no cancel: so only flows without them are compared. What undoes something never fails, so a
`finally` changes nothing. Where several branches fail, which failure is the first depends on time, and so does what
becomes of a write beside a failure, which nobody may know: `Ambiguous`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Expression
from dsl.ast.node import Node, walk
from dsl.definition.definition import Definition
from dsl.expressions.context import Context
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.text import render
from tests.heart.declared import NOT_KEYED

Scope = dict[str, Any]
Call = Callable[[str, str], Any]
"""A tool or agent and its `x`: the plain result, or `Failed`."""


class Ambiguous(Exception):
    """Time decides."""


@dataclass
class Failed(Exception):
    kind: str
    message: str
    details: Any = None


@dataclass
class Left(Exception):
    """`return`, `yield`, `break` or `continue`."""

    how: str
    value: Any = None
    label: str | None = None


def no_chance() -> Any:
    raise AssertionError("random flows use neither the clock nor chance")


class Meaning:
    def __init__(self, definition: Definition, call: Call) -> None:
        self.definition = definition
        self.call = call

    def flow(self, flow: FlowDeclaration, x: Any) -> Any:
        try:
            self.block(flow.body, {"x": x})
        except Left as left:
            return left.value
        return None

    def value(self, expression: Expression, scope: Scope) -> Any:
        try:
            return evaluate(expression, scope, Context(now=no_chance, uuid=no_chance))
        except EvaluationError as error:
            raise Failed("ExpressionFailed", error.message, {"reason": error.kind}) from None

    def block(self, block: ast.Block, scope: Scope) -> None:
        for statement in block.statements:
            self.statement(statement, scope)

    def inner(self, block: ast.Block, scope: Scope, **own: Any) -> Scope:
        """A block whose names end with it; what it sets outside stays set."""
        inside = scope | own
        try:
            self.block(block, inside)
        finally:
            scope.update({name: inside[name] for name in scope})
        return inside

    def statement(self, node: ast.Statement, scope: Scope) -> None:
        match node:
            case ast.Step():
                value = self.step(node, scope)
                if node.named:
                    scope[node.name] = value
            case ast.Let(name=name, value=value) | ast.Set(name=name, value=value):
                scope[name] = self.value(value, scope)
            case ast.Var(name=name, value=value):
                scope[name] = None if value is None else self.value(value, scope)
            case ast.Sleep() | ast.CompensateStatement():
                pass
            case ast.If() | ast.Match() | ast.For() | ast.Loop() | ast.Try() | ast.Parallel() | ast.ParallelFor():
                self.nested(node, scope)
            case ast.ExclusiveBlock():
                raise Ambiguous
            case ast.AwaitEvent(otherwise=late) if late is not None:
                self.block(late, scope)  # nobody sends
            case ast.AwaitFirst():
                self.first(node, scope)
            case ast.AwaitApproval():
                self.approval(node, scope)
            case _:
                self.leave(node, scope)

    def leave(self, node: ast.Statement, scope: Scope) -> None:
        match node:
            case ast.Fail(value=value):
                self.fail(self.value(value, scope))
            case ast.Return(value=value):
                raise Left("return", None if value is None else self.value(value, scope))
            case ast.Yield(value=value):
                raise Left("yield", self.value(value, scope))
            case ast.Until(condition=condition):
                if self.value(condition, scope):
                    raise Left("break")
            case ast.Break(loop=label):
                raise Left("break", label=label)
            case ast.Continue(loop=label):
                raise Left("continue", label=label)
            case _:
                raise AssertionError(f"{type(node).__name__} is not compared")

    def nested(self, node: ast.Statement, scope: Scope) -> None:
        match node:
            case ast.If() | ast.Match():
                self.choice(node, scope)
            case ast.For():
                self.for_(node, scope)
            case ast.Loop():
                self.loop(node, scope)
            case ast.Try():
                self.try_(node, scope)
            case ast.Parallel():
                self.parallel(node, scope)
            case ast.ParallelFor():
                self.parallel_for(node, scope)

    def choice(self, node: ast.If | ast.Match, scope: Scope) -> None:
        if isinstance(node, ast.If):
            taken = next((arm.body for arm in node.arms if self.value(arm.condition, scope)), node.otherwise)
        else:
            value = self.value(node.subject, scope)
            fitting = (case.body for case in node.cases if value in [each.value for each in case.values])
            taken = next(fitting, node.otherwise)
        if node.name is None:
            self.block(taken or ast.Block(()), scope)
            return
        scope[node.name] = None
        try:
            self.inner(taken or ast.Block(()), scope)
        except Left as left:
            if left.how != "yield":
                raise
            scope[node.name] = left.value

    def step(self, node: ast.Step, scope: Scope) -> Any:
        x = self.value(node.call.arguments[0].value, scope)
        target = node.call.target
        if node.detached:
            return None  # nobody hears of it
        if target in self.definition.flows:
            return self.flow(self.definition.flows[target], x)
        declared: ToolDeclaration | AgentDeclaration
        declared = self.definition.tools.get(target) or self.definition.agents[target]
        result = self.call(target, x)
        return None if declared.returns is None else result

    def fail(self, value: Any) -> None:
        if isinstance(value, dict):
            raise Failed(render(value["kind"]), render(value["message"]))
        raise Failed("Failed", render(value))

    def rounds(self, body: Callable[[], object], name: str | None, *, is_loop: bool) -> bool:
        """One round; whether the loop goes on."""
        try:
            body()
        except Left as left:
            meant = left.label is None or (is_loop and left.label == name)
            if left.how not in ("break", "continue") or not meant:
                raise
            return left.how == "continue"
        return True

    def for_(self, node: ast.For, scope: Scope) -> None:
        for item in self.value(node.source, scope):
            own = {node.variable: item}
            if not self.rounds(lambda own=own: self.inner(node.body, scope, **own), None, is_loop=False):  # type: ignore[misc]
                return

    def loop(self, node: ast.Loop, scope: Scope) -> None:
        assert node.budget is not None
        assert node.budget.iterations is not None
        for _ in range(node.budget.iterations):
            try:
                goes_on = self.rounds(lambda: self.inner(node.body, scope), node.name, is_loop=True)
            except Failed:
                if not node.keep_going:
                    raise
                goes_on = True
            if not goes_on:
                return
        if node.on_exhausted is None and node.every is not None:
            return
        if node.on_exhausted is None:
            message = f"`{node.name}` did not end within {node.budget.iterations} iterations"
            raise Failed("BudgetExceeded", message)
        self.block(node.on_exhausted, scope)

    def try_(self, node: ast.Try, scope: Scope) -> None:
        try:
            self.block(node.body, scope)
        except Failed as failed:
            error = {"kind": failed.kind, "message": failed.message, "step": "?", "details": failed.details}
            for handler in node.handlers:
                own = {handler.name: error} if handler.name else {}
                if handler.condition is None or self.value(handler.condition, scope | own):
                    self.inner(handler.body, scope, **own)
                    return
            raise

    def branch(self, body: Callable[[], Any]) -> tuple[Any, Failed | None]:
        try:
            return body(), None
        except Failed as failed:
            return None, failed
        except Left as left:
            return left.value, None

    def parallel(self, node: ast.Parallel, scope: Scope) -> None:
        found: Scope = {}
        failures = []
        for branch in node.branches:
            inside = dict(scope)
            body = branch.body if isinstance(branch, ast.Branch) else ast.Block((branch,))
            _, failed = self.branch(lambda body=body, inside=inside: self.block(body, inside))  # type: ignore[misc]
            failures += [failed] if failed else []
            found |= {name: value for name, value in inside.items() if name not in scope}
        if not node.keep_going:
            self.one(failures, node)
            scope |= found

    def one(self, failures: list[Failed], fan: Node) -> None:
        called = {node.target for node in walk(fan) if isinstance(node, ast.Call)}
        if len(failures) > 1 or (failures and called & {*NOT_KEYED, "t.remembered", *self.definition.flows}):
            raise Ambiguous
        if failures:
            raise failures[0]

    def parallel_for(self, node: ast.ParallelFor, scope: Scope) -> None:
        assert node.name is not None
        values = []
        failures: list[Failed] = []
        for item in self.value(node.source, scope):
            own = scope | {node.variable: item}
            value, failed = self.branch(lambda own=own: self.block(node.body, own))  # type: ignore[misc]
            failures += [failed] if failed else []
            error = {"kind": failed.kind, "message": failed.message} if failed else None
            values.append({"ok": not failed, "value": value, "error": error} if node.keep_going else value)
        if not node.keep_going:
            self.one(failures, node)
        scope[node.name] = values

    def first(self, node: ast.AwaitFirst, scope: Scope) -> None:
        """Nobody sends, so a time is first, where nothing runs beside it."""
        if node.race is not None:
            raise Ambiguous
        timed = [way for way in node.branches if way.after is not None]
        self.inner(min(timed, key=lambda way: way.after or 0).body, scope)

    def approval(self, node: ast.AwaitApproval, scope: Scope) -> None:
        """Nobody answers."""
        question = render(self.value(node.question, scope))
        if node.stages[-1].outcome == "fail":
            raise Failed("ApprovalTimedOut", f"nobody answered: {question}")
        approved = node.stages[-1].outcome == "approve"
        scope[node.name] = {"outcome": "timed_out", "approved": approved, "answer": None, "by": []}
