"""The plan of each flow: what it comes to where nothing goes wrong, and what at most (`reckoning` is the walk).

The most is an upper bound: every attempt is made, every wait is waited out, every question goes through all its stages,
and everything is undone. Not in it, because no text says it: how long a worker or the store is away, what people do
more than their vote, what an operator asks of a run, and the caps over runs.
"""

from collections.abc import Iterator, Mapping

from dsl.ast import defaults
from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, TypeDeclaration, Use, bounding
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression, Literal
from dsl.ast.node import Node, children, walk
from dsl.ast.people import Stage
from dsl.ast.statements import Budget
from dsl.dataclass import replace
from dsl.planning.amounts import SUMMED, Amounts
from dsl.planning.calls import ToolCalls
from dsl.planning.history import (
    ACTIVITY,
    ANSWER,
    CHECK,
    CHILD,
    DEADLINE,
    HOUR,
    LOCAL,
    MESSAGE,
    QUESTION,
    RUN,
    TIMER,
    Written,
    largest,
)
from dsl.semantics.call_graph import CallGraph
from dsl.semantics.facts import Facts
from dsl.semantics.reckoning import Callers, Calling, Reckoning

ADAPTED = 12
"""How often a question is asked again because the server does not take a part of it."""
SPREAD = 90_000
"""Milliseconds: the longest wait before a model is asked again that no provider has asked for."""
AT_ONCE = 1_000
"""Calls, and runs, that are under way at once."""
LONGEST_LOOK = 300_000
"""Milliseconds between two looks at a batch."""

NOTHING = Amounts()
UNKNOWN = replace(NOTHING, usd=None, charges=None, time=None, last=None, by_name={}, **dict.fromkeys(SUMMED))
Levels = Mapping[str, Amounts]


class Plans(Reckoning[Amounts]):
    """`lengths`: how many items the lists have that are known, by the identity of the expression. `without` is a
    statement that is left out. `inside` is what each flow comes to, and `alone` each statement, once."""

    def __init__(
        self,
        facts: Facts,
        graph: CallGraph,
        *,
        rough: bool,
        lengths: Mapping[int, int] | None = None,
        without: Node | None = None,
    ) -> None:
        super().__init__(facts, graph, NOTHING, UNKNOWN)
        self.inside: dict[str, Amounts] = {}
        self.alone: dict[int, Amounts] = {}
        self.waits: dict[int, int | None] = {}
        """How long each wait for an event may be, by its identity, and that of a loop for its next round, where that is
        longer than what it does."""
        self._steps: dict[int, ast.Step] = {}
        self._looks: dict[int, int] = {}
        self._rough = rough
        self._lengths = lengths or {}
        self.left_out = without
        self._types = {each.name: each.type for each in facts.all(TypeDeclaration)}
        tools = {each.name: each for each in facts.all(ToolDeclaration)}
        beside = (*facts.all(ast.Parallel), *facts.all(ast.ParallelFor), *facts.all(ExpectedEvent))
        self._calls = ToolCalls(tools, self._types, rough=rough, carries=bool(beside))

    # -- what is called

    def tool(self, tool: ToolDeclaration, call: Calling) -> Amounts:
        step = self._steps.get(id(call))
        return self._gated(call, self._calls.step(tool, step)) + Amounts(by_name={tool.name: 1})

    def agent(self, agent: AgentDeclaration, levels: Levels, callers: Callers) -> Amounts:
        question, budget = self._question(agent), bounding(agent)
        if agent.summarise is not None:
            question += self.target(agent.summarise, levels, callers) if self._rough else NOTHING
        if agent.uses:
            dearest = self.largest(self.target(use, levels, callers) for use in agent.uses)
            width = agent.side_by_side or defaults.MOST_CALLS_OF_A_TURN
            turn = question + self._fanned(dearest, defaults.MOST_CALLS_OF_A_TURN, width)
            turns = budget.turns if budget is not None else None
            question = turn.times(turns) if self._rough else turn.times(None)
        found = (question + self._more(agent)).capped(budget)
        if agent.budget is not None and agent.budget.time is not None:
            found += self._written(DEADLINE)
        return found + Amounts(by_name={agent.name: 1})

    def _question(self, agent: AgentDeclaration) -> Amounts:
        """All that one question to an agent's models may come to: each is asked again where that may help."""
        size = ACTIVITY.size + largest(agent.returns, self._types)
        size += sum(largest(each.type, self._types) for each in agent.parameters)
        timeout = agent.timeout or defaults.MODEL_TIMEOUT
        events = self._events(ACTIVITY)
        if not self._rough:
            return Amounts(1, tokens=None, usd=None, events=events, size=size)
        tries = defaults.MOST_TRIES if agent.retry is None else agent.retry.times + 1
        asked = len(agent.models) * ((1 + defaults.MOST_REASKS) * (tries + 1) + ADAPTED)
        patience = agent.patience if agent.patience is not None else defaults.LONGEST_PROVIDER_WAIT
        batch = agent.batch or 0
        looks = batch // LONGEST_LOOK + 16 if batch else 0
        events += self._events(TIMER) + looks * (self._events(ACTIVITY) + self._events(TIMER))
        time = timeout + max(patience, SPREAD) + 500 + batch
        events, size = events * asked, size * asked
        found = Amounts(asked, tokens=None, usd=None, time=time * asked, last=timeout, events=events, size=size)
        return found + self._calls.carried(timeout).times(asked)

    def started(self, flow: FlowDeclaration, found: Amounts) -> Amounts:
        """A run of its own: its history is elsewhere."""
        looks = NOTHING
        if self._rough:
            checks = None if found.time is None else found.time // HOUR + 8
            looks = Amounts(events=CHECK.rough, size=CHECK.size).times(checks)
        size = CHILD.size + largest(flow.returns, self._types)
        size += sum(largest(each.type, self._types) for each in flow.parameters)
        own = Amounts(events=self._events(CHILD), size=size) + looks
        there = Amounts(elsewhere=found.events) + Amounts(elsewhere=found.elsewhere)
        found = replace(found, events=own.events, size=own.size, elsewhere=there.elsewhere)
        return found + Amounts(runs=1, by_name={flow.name: 1})

    def flow(self, flow: FlowDeclaration, body: Amounts) -> Amounts:
        found = (body + self._more(flow)).capped(bounding(flow)) + self._written(RUN)
        if flow.budget is not None and flow.budget.time is not None:
            found += self._written(DEADLINE)
        self.inside[flow.name] = found
        return found

    def _more(self, of: AgentDeclaration | FlowDeclaration) -> Amounts:
        """People are asked for more of its budget as often as they give some."""
        return self._asked(of.asks, None).times(None) if of.asks and self._rough else NOTHING

    # -- statements

    def statement(self, node: ast.Statement | ast.Branch, levels: Levels) -> Amounts:
        if node is self.left_out:
            return NOTHING
        found = super().statement(node, levels)
        self.alone[id(node)] = found
        if isinstance(node, ast.If | ast.Match):  # `chosen` has it
            return found
        return found + self._looked_at(node) if self._rough else found

    def chosen(self, node: ast.If | ast.Match, found: Amounts) -> Amounts:
        return found + self._looked_at(node) if self._rough else found

    def step(self, step: ast.Step, levels: Levels) -> Amounts:
        self._steps[id(step.call)] = step
        found = super().step(step, levels)
        signature = self.facts.callee_of(step.call)
        called = None if signature is None else signature.node
        if step.detached:
            return replace(found, time=0, back=0, last=0)
        hears = step.continues is not None or id(step) in self.facts.transcripts
        if self._rough and hears and isinstance(called, AgentDeclaration) and not called.uses:
            turns = called.budget.turns if called.budget is not None else None
            most = None if turns and called.asks else turns or defaults.MOST_TURNS_TOLD
            return found.times(most).capped(bounding(called))
        return found

    def leaf(self, node: ast.Statement) -> Amounts:
        match node:
            case ast.AwaitApproval():
                return self._asked(node.stages, node.remind)
            case ast.AwaitEvent(timeout=timeout):
                self.waits[id(node)] = timeout
                return Amounts(time=timeout) + self._written(DEADLINE) + self._written(MESSAGE)
            case ast.AwaitFirst(branches=branches):
                times = [branch.after for branch in branches if branch.after is not None]
                until = any(branch.until is not None for branch in branches)
                waits = min(times) if times else None if until else 0
                self.waits[id(node)] = waits
                timers = sum(branch.expected is None and branch.branch is None for branch in branches)
                return Amounts(time=waits) + self._written(TIMER).times(timers) + self._written(MESSAGE)
            case ast.Sleep(milliseconds=milliseconds):
                return Amounts(time=milliseconds) + self._written(TIMER)
            case ast.CompensateStatement(calls=calls):
                return self._calls.undo(calls)
            case _:
                return NOTHING

    def around(self, node: ast.Loop | ast.BudgetBlock, body: Amounts) -> Amounts:
        budget = node.budget or Budget()
        rounds = 1 if isinstance(node, ast.BudgetBlock) else budget.iterations
        if isinstance(node, ast.Loop) and node.every is not None:
            if body.time is not None and body.time < node.every:
                self.waits[id(node)] = node.every
            body = body.beside(Amounts(time=node.every)) + self._written(TIMER)
        if not self._rough and isinstance(node, ast.Loop) and not node.every:
            rounds = 1
        asked = NOTHING
        if node.asks and self._rough:
            rounds, asked = None, self._asked(node.asks, None).times(None)
        found = body.times(rounds) + asked
        found = found if node.asks else found.capped(budget)
        return found + self._written(DEADLINE) if budget.time is not None else found

    def for_each(self, node: ast.For | ast.ParallelFor, body: Amounts, count: int | None) -> Amounts:
        if isinstance(node, ast.For):
            return body.times(count)
        told = node.up_to.value if isinstance(node.up_to, Literal) else 1
        return self._fanned(body, count, AT_ONCE if node.up_to is None else told if type(told) is int else 1)

    def side_by_side(self, node: ast.Parallel, branches: list[Amounts]) -> Amounts:
        found = NOTHING
        for branch in branches:
            found = found + branch if _may_wait(branch) else found.beside(branch)
        return found

    def within(self, node: ast.Branch | ast.ExclusiveBlock | ast.Try, body: Amounts) -> Amounts:
        match node:
            case ast.Try(finally_=ast.Finally(calls=calls)):
                return body + self._calls.owed(calls)
            case ast.ExclusiveBlock(within=within):
                return body + self._calls.lock(within)
            case _:
                return body

    def rounds(self, node: Node) -> int | None:
        """How often what stands in the node is done."""
        match node:
            case ast.For(source=source, at_most=at_most) | ast.ParallelFor(source=source, at_most=at_most):
                return self.most_items(source, at_most)
            case ast.Loop(budget=Budget(iterations=iterations)):
                return iterations
            case _:
                return 1

    def most_items(self, source: Expression, at_most: int | None) -> int | None:
        known = self._lengths.get(id(source))
        return known if known is not None else super().most_items(source, at_most)

    # -- parts of these

    def _fanned(self, body: Amounts, count: int | None, width: int) -> Amounts:
        """Those that may wait for each other's money come one after the other."""
        found = body.times(count)
        if count is None or body.time is None or _may_wait(body):
            return found
        rounds = -(-count // max(1, min(width, AT_ONCE)))
        return replace(found, time=body.time * rounds)

    def _gated(self, call: Calling, found: Amounts) -> Amounts:
        return found + self._asked(call.gate, None) if isinstance(call, Use) and call.gate else found

    def _asked(self, stages: tuple[Stage, ...], remind: int | None) -> Amounts:
        """Where nothing goes wrong the first stage agrees, and at once."""
        votes = [max(stage.required, len(stage.whom) if stage.all_of else 0) for stage in stages]
        if not self._rough:
            opened = Amounts(questions=1) + self._written(QUESTION) + self._written(DEADLINE)
            return opened + self._written(ANSWER).times(votes[0] if votes else 0)
        time = sum(stage.timeout or 0 for stage in stages)
        timers = len(stages) + (time // remind + 1 if remind else 0)
        found = Amounts(questions=1, time=time) + self._written(QUESTION).times(len(stages))
        return found + self._written(TIMER).times(timers) + self._written(ANSWER).times(sum(votes))

    def _looked_at(self, node: ast.Statement | ast.Branch) -> Amounts:
        """Each expression may be over what lies in the store, and is evaluated there then."""
        if id(node) not in self._looks:
            self._looks[id(node)] = sum(1 for _ in _own_expressions(node))
        return self._written(LOCAL).times(self._looks[id(node)])

    def _written(self, written: Written) -> Amounts:
        return Amounts(events=self._events(written), size=written.size)

    def _events(self, written: Written) -> int:
        return written.rough if self._rough else written.smooth


def _may_wait(body: Amounts) -> bool:
    """Whether it takes of a budget that others beside it may have set aside: a reservation waits for them."""
    return body.requests != 0 or body.charges != 0 or body.runs != 0


def _own_expressions(node: Node) -> Iterator[Node]:
    """Those of the statement itself, and none of the blocks in it."""
    for child in children(node):
        if isinstance(child, Expression):
            yield from walk(child)
        elif not isinstance(child, ast.Block | ast.Step | ast.Branch | ast.AwaitApproval):
            yield from _own_expressions(child)
