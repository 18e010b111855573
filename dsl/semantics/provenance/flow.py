"""The marks of all names of one flow, and what it gives, asks, and calls.

The walk goes through the statements again and again until nothing grows. It takes a `var` for all that it is ever set
to, whatever the order. A **decision** is what settles which way a run goes through a statement: the condition of an
`if`, the subject of a `match`, the list of a `for` and what leaves it early, everything that may fail in a `try`. A
name that is set somewhere in a statement depends on the decisions between there and the place that declares the name:
so `if draft.ok { set who = "ann" } else { set who = "bob" }` depends on the draft. What is returned or yielded at
several places depends on what leads to each of them.

That a step was reached at all is not counted: who is asked must not depend on a model, but whether may.
"""

from collections.abc import Callable, Iterable
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.chosen import chosen_by
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.people import FromData
from dsl.ast.statements import Statement
from dsl.dataclass import replace
from dsl.semantics.gating.gates import seen_in_approvals
from dsl.semantics.provenance.around import REACHED, Around, Asked, Called
from dsl.semantics.provenance.marking import Marking
from dsl.semantics.provenance.marks import NO_SOURCES, Answered, Given, Mark, Sources, joined
from dsl.semantics.provenance.substitution import passes_on, substituted
from dsl.semantics.provenance.turns import NO_NODES, Rounds


class FlowMarks(Marking):
    """The rules."""

    # -- statements

    def _block(self, block: ast.Block, around: Around) -> None:
        for statement in block.statements:
            self._statement(statement, around)

    def _statement(self, node: Statement, around: Around) -> None:
        self._rule(type(node))(self, node, around)
        for race, decided in around.races():
            self._grow(race, "deciding", Mark(decided))

    def _rule(self, kind: type) -> Callable[[Any, Any, Around], None]:
        return WALKS[kind]

    def _let(self, node: ast.Let, around: Around) -> None:
        self._grow(node, "let", self._read(node.value, around))

    def _var(self, node: ast.Var, around: Around) -> None:
        self._depths[id(node)] = len(around.decisions)
        if node.value is not None:
            self._grow(node, "var", self._read(node.value, around))

    def _if(self, node: ast.If, around: Around) -> None:
        decided = NO_SOURCES
        for arm in node.arms:
            decided |= self._read(arm.condition, around).all()
            self._block(arm.body, self._choosing(node, decided, around))
        self._chosen(node, decided, around)

    def _match(self, node: ast.Match, around: Around) -> None:
        decided = self._read(node.subject, around).all()
        for case in node.cases:
            self._block(case.body, self._choosing(node, decided, around))
        self._chosen(node, decided, around)

    def _choosing(self, node: ast.If | ast.Match, decided: Sources, around: Around) -> Around:
        inner = around.inside(node, decided | self._mark(node, "left early").sources)
        return inner if node.name is None else replace(inner, branch=node)

    def _chosen(self, node: ast.If | ast.Match, decided: Sources, around: Around) -> None:
        """What a choice gives depends on what decided it, also where it gives nothing."""
        if node.otherwise is not None:
            self._block(node.otherwise, self._choosing(node, decided, around))
        self._grow(node, "choice", self._mark(node, "yields").and_(decided))

    def _sleep(self, node: ast.Sleep, around: Around) -> None:
        until = self._limits(chosen_by(node), around)
        if node.until is not None:
            until |= self._read(node.until, around).all()
        for race, _ in around.races():
            self._grow(race, "deciding", Mark(until))

    def _fail(self, node: ast.Fail, around: Around) -> None:
        self._may_fail(self._read(node.value, around).all() | around.since(0), around)

    def _return(self, node: ast.Return, around: Around) -> None:
        """One that stands alone, and outside of a round, gives the same whatever leads to it."""
        if node.value is not None:
            several = self._many_returns or any(isinstance(each, Rounds) for each, _ in around.decisions)
            decided = around.since(0) if several else NO_SOURCES
            self._grow(self.of, "returns", self._read(node.value, around).and_(decided))

    def _yield(self, node: ast.Yield, around: Around) -> None:
        found = self._read(node.value, around)
        if around.branch is not None:
            inside = around.depth_of(around.branch) + 1
            self._grow(around.branch, "yields", found.and_(around.since(inside)))
            self._goes_on_behind(around.branch, around, inside)

    def _goes_on_behind(self, branch: Node, around: Around, inside: int) -> None:
        """What leads out of a choice decides whether the rest of it is done."""
        self._grow(branch, "left early", Mark(around.since(inside)))

    def _until(self, node: ast.Until, around: Around) -> None:
        self._leaves(None, self._read(node.condition, around).all(), around)

    def _jump(self, node: ast.Break | ast.Continue, around: Around) -> None:
        self._leaves(node.loop, NO_SOURCES, around)

    def _nothing(self, node: ast.Commit, around: Around) -> None:
        """It gives nothing, and nothing is chosen by it."""

    def _set(self, node: ast.Set, around: Around) -> None:
        symbol = self._facts.symbol_of(node)
        if symbol is not None:
            decided = around.since(self._depths.get(id(symbol.node), 0))
            self._grow(symbol.node, "var", self._read(node.value, around).and_(decided))

    def _approval(self, node: ast.AwaitApproval, around: Around) -> None:
        """What people answer is theirs, whatever they were shown."""
        for value in (node.question, *node.show):
            self._read(value, around)
        beside = (node.question, *node.show)
        for stage in node.stages:
            for whom in stage.whom:
                if isinstance(whom, FromData):
                    found = self._read(whom.value, around).all()
                    self.asked.append(Asked(whom, found | self._of_the_turn(whom.value, beside, around)))
            for value in chosen_by(stage):
                found = self._limits((value,), around)
                self.asked.append(Asked(value, found | self._of_the_turn(value, beside, around)))

    def _event(self, node: ast.AwaitEvent, around: Around) -> None:
        """Who sends it writes it, and decides whether it comes at all."""
        came = self._expected(node.expected, around) | self._limits(chosen_by(node), around)
        if node.otherwise is not None:
            self._block(node.otherwise, around.inside(node, came))

    def _first(self, node: ast.AwaitFirst, around: Around) -> None:
        """Whatever may come decides which way is gone, by coming or by not coming."""
        came: Sources = NO_SOURCES
        for way in node.branches:
            if way.expected is not None:
                came |= self._expected(way.expected, around)
            elif way.until is not None:
                came |= self._read(way.until, around).all()
            came |= self._limits(chosen_by(way), around)
        if node.race is not None:
            self._parallel(node.race, around)
            came |= self._mark(node.race, "deciding").sources
            self._grow(node.race, "deciding", Mark(came))
        for way in node.branches:
            self._block(way.body, around.inside(node, came))

    def _respond(self, node: ast.Respond, around: Around) -> None:
        """It goes back to who has sent the event."""
        self._read(node.value, around)

    def _expected(self, node: ExpectedEvent, around: Around) -> Sources:
        """What it depends on that the event is taken, which is also what it holds depends on."""
        came: Sources = frozenset({Answered.by(node, node)})
        for read in (node.key, node.where):
            came |= NO_SOURCES if read is None else self._read(read, around).all()
        self._grow(node, "event", Mark(came))
        for race, _ in around.races():
            self._grow(race, "deciding", Mark(came))
        return came

    def _leaves(self, name: str | None, sources: Sources, around: Around) -> None:
        """What leads out of a loop, or on to its next turn, decides how often everything in it is done."""
        for depth, (loop, _) in reversed(tuple(enumerate(around.decisions))):
            if isinstance(loop, ast.Loop | ast.For) and (name is None or getattr(loop, "name", None) == name):
                self._grow(loop, "leaving", Mark(sources | around.since(depth + 1)))
                return

    def _round(self, node: ast.For | ast.ParallelFor, around: Around) -> None:
        source = self._read(node.source, around)
        many = self._values.item(node.source)
        self._grow(node, "item", many)
        ended = self._mark(node, "leaving").sources | self._mark(node, "deciding").sources
        inner = around.inside(node, source.spine() | ended)
        if isinstance(node, ast.For):
            self._grow(node, "index", Mark(source.spine()))
            self._block(node.body, inner)
            return
        if node.up_to is not None:
            self._limits((node.up_to,), around)
        inner = replace(inner, branch=node, catching=self._catching(node, node, around))
        self._block(node.body, inner)
        value = self._value_of(node, node, self._mark(node, "yields"))
        self._joined(node, value.and_(source.spine()), self._mark(node, "failing").sources, around)

    def _catching(self, node: Node, fan: ast.Parallel | ast.ParallelFor, around: Around) -> tuple[Node, ...]:
        return (*around.catching, node) if fan.keep_going or fan.first is not None else around.catching

    def _value_of(self, branch: Node, fan: ast.Parallel | ast.ParallelFor, value: Mark) -> Mark:
        failing = self._mark(branch, "failing").sources
        return Mark(failing, {"value": value}) if fan.keep_going or fan.stop_when is not None else value

    def _joined(self, node: ast.Parallel | ast.ParallelFor, value: Mark, failing: Sources, around: Around) -> None:
        """What came of it. Who comes first is decided by who does not fail, and by what is done in each branch; what
        is stopped, by what has come too. Both decide how far the others get.
        """
        if node.first is not None:
            self._grow(node, "deciding", Mark(failing))
            self._grow(node, "race", value.and_(self._mark(node, "deciding").sources))
            return
        if node.stop_when is not None:
            self._grow(node, "so far", value.and_(self._mark(node, "deciding").sources))
            self._grow(node, "deciding", Mark(self._read(node.stop_when, around).all() | failing))
            value = value.and_(self._mark(node, "deciding").sources)
        self._grow(node, "parallel", value)

    def _budgeted(self, node: ast.Loop | ast.BudgetBlock, around: Around) -> None:
        """How far a budget reaches depends on what is done with it; without `on exhausted` its end is a failure."""
        caught = node.on_exhausted is not None or (isinstance(node, ast.Loop) and node.keep_going)
        ran_out = self._mark(node, "failing").sources if caught else NO_SOURCES
        limits = self._limits(chosen_by(node), around)
        inner = around.inside(node, self._mark(node, "leaving").sources | ran_out | limits)
        self._block(node.body, replace(inner, catching=(*around.catching, node)))
        if node.on_exhausted is not None:
            self._block(node.on_exhausted, around.inside(node, ran_out | limits))

    def _exclusive(self, node: ast.ExclusiveBlock, around: Around) -> None:
        self._read(node.by, around)
        self._block(node.body, around)

    def _try(self, node: ast.Try, around: Around) -> None:
        failing = self._mark(node, "failing").sources
        self._block(node.body, replace(around.inside(node, failing), catching=(*around.catching, node)))
        for handler in node.handlers:
            self._grow(handler, "error", Mark(failing))
            chosen = NO_SOURCES if handler.condition is None else self._read(handler.condition, around).all()
            self._block(handler.body, around.inside(node, failing | chosen))
        if node.finally_ is not None:
            self._unasked(node.finally_.calls, around)

    def _compensate(self, node: ast.CompensateStatement, around: Around) -> None:
        self._unasked(node.calls, around)

    def _parallel(self, node: ast.Parallel, around: Around) -> None:
        values: dict[str, Mark] = {}
        failing = NO_SOURCES
        for branch in node.branches:
            values[branch.name] = self._value_of(branch, node, self._branch(branch, node, around))
            failing |= self._mark(branch, "failing").sources
        won = Mark(fields={"value": joined(values.values())})
        self._joined(node, won if node.first is not None else Mark(fields=values), failing, around)

    def _branch(self, branch: ast.Step | ast.AwaitApproval | ast.Branch, fan: ast.Parallel, around: Around) -> Mark:
        inner = around.inside(fan, self._mark(fan, "deciding").sources).inside(branch, NO_SOURCES)
        inner = replace(inner, branch=branch, catching=self._catching(branch, fan, around))
        if isinstance(branch, ast.Branch):
            self._block(branch.body, inner)
            return self._mark(branch, "yields")
        self._statement(branch, inner)
        return self._mark(branch, "step")

    # -- calls

    def _step(self, node: ast.Step, around: Around) -> None:
        """What a tool gives is the tool's, whatever it was asked. A model may also decide by failing."""
        given = {name: self._read(value, around) for name, value in self._facts.arguments_of(node.call).items()}
        self._limits(chosen_by(node), around)
        signature = self._facts.callee_of(node.call)
        target = None if signature is None else signature.node
        if node.compensate is not None:
            self._unasked(node.compensate.calls, around)
        match target:
            case ToolDeclaration():
                self._trusted(node, target, given, around)
            case AgentDeclaration():
                answered = Mark(frozenset({Answered.by(node.call, node)}))
                self._grow(node, "step", answered)
                self._may_fail(answered.sources, around)
                self._calls(node, target, given, around)
            case FlowDeclaration():
                self._calls(node, target, given, around)
                self._flow(node, target, given, around)

    def _unasked(self, calls: tuple[ast.Call, ...], around: Around) -> None:
        """What is called to undo something, or at the end of a `try`, when nobody is there to be asked."""
        for call in calls:
            given = {name: self._read(value, around) for name, value in self._facts.arguments_of(call).items()}
            signature = self._facts.callee_of(call)
            if signature is not None and isinstance(signature.node, ToolDeclaration):
                self._trusted(call, signature.node, given, around)

    def _trusted(
        self, node: ast.Step | ast.Call, tool: ToolDeclaration, given: dict[str, Mark], around: Around
    ) -> None:
        """What people saw when they approved is theirs; so is all that an irreversible tool is given (SF501)."""
        fields = [field for field in tool.parameters if field.trusted and field.name in given]
        if not fields or tool.effect.kind == "irreversible":
            return
        approved = seen_in_approvals(node, self.of, self._facts) if isinstance(node, ast.Step) else frozenset()
        arguments = self._facts.arguments_of(node.call if isinstance(node, ast.Step) else node)
        for field in fields:
            if field.name not in approved:
                turn = self._of_the_turn(arguments[field.name], arguments.values(), around)
                self.asked.append(Asked(arguments[field.name], given[field.name].all() | turn, field))

    def _calls(
        self, node: ast.Step, target: FlowDeclaration | AgentDeclaration, given: dict[str, Mark], around: Around
    ) -> None:
        reached = around.since(0) | {Given(REACHED)}
        chosen = {REACHED: reached}
        arguments = self._facts.arguments_of(node.call)
        for name, value in arguments.items():
            varying = (id(target), name) in self._varying and not passes_on(self.of, target, name, value)
            turn = self._of_the_turn(value, arguments.values(), around)
            chosen[name] = turn | (reached if varying else NO_SOURCES)
        self.called.append(Called(node, target, given, chosen))

    def _flow(self, node: ast.Step, target: FlowDeclaration, given: dict[str, Mark], around: Around) -> None:
        summary = self._summaries.get(id(target))
        if summary is not None and not node.detached:
            self._grow(node, "step", substituted(summary.returns, given, node))
            self._may_fail(substituted(Mark(summary.failing), given, node).all(), around)

    def _of_the_turn(self, value: Expression, beside: Iterable[Expression], around: Around) -> Sources:
        """Where `value` is another one in each turn of a round, what leads to it in a turn chooses which one it is.

        Not so where what stands beside it is another one as well: a question of its own for each case, to the owner of
        the case. Then a model may decide in the turn whether to ask about this case; what was answered outside of the
        round decides which of the turns it is, all the same.
        """
        read, others = (
            self._turns.defines(value, None),
            NO_NODES.union(*(self._turns.defines(each, value) for each in beside)),
        )
        found: Sources = NO_SOURCES
        for depth, (node, _) in enumerate(around.decisions):
            if isinstance(node, Rounds) and not read.isdisjoint(self._turns.of(node)):
                own = NO_NODES if others.isdisjoint(self._turns.of(node)) else self._turns.of(node)
                decided = around.since(depth)
                found |= {each for each in decided if not isinstance(each, Answered) or id(each.step) not in own}
        return found


WALKS: dict[type, Callable[[FlowMarks, Any, Around], None]] = {
    ast.Step: FlowMarks._step,
    ast.Let: FlowMarks._let,
    ast.Var: FlowMarks._var,
    ast.Set: FlowMarks._set,
    ast.If: FlowMarks._if,
    ast.Match: FlowMarks._match,
    ast.For: FlowMarks._round,
    ast.Parallel: FlowMarks._parallel,
    ast.ParallelFor: FlowMarks._round,
    ast.Loop: FlowMarks._budgeted,
    ast.BudgetBlock: FlowMarks._budgeted,
    ast.ExclusiveBlock: FlowMarks._exclusive,
    ast.AwaitApproval: FlowMarks._approval,
    ast.AwaitEvent: FlowMarks._event,
    ast.AwaitFirst: FlowMarks._first,
    ast.Respond: FlowMarks._respond,
    ast.Commit: FlowMarks._nothing,
    ast.CompensateStatement: FlowMarks._compensate,
    ast.Sleep: FlowMarks._sleep,
    ast.Try: FlowMarks._try,
    ast.Fail: FlowMarks._fail,
    ast.Return: FlowMarks._return,
    ast.Yield: FlowMarks._yield,
    ast.Until: FlowMarks._until,
    ast.Break: FlowMarks._jump,
    ast.Continue: FlowMarks._jump,
}
