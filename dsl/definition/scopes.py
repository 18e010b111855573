"""Whether each name in the body of a flow has a meaning, and a value, where it stands.

What the check of a text proves (`dsl.semantics`) is not believed of a definition that comes from elsewhere, and a run
loads neither the parser nor the types. So this goes through a flow once more with names alone, by the same rules: a
block gives what it defines to what comes after it in the same scope; where two ways meet, a name counts that both have
from the same place; what a round or a handler defines ends with it; branches that run side by side see what stands
before them, set nothing of it, and leave only between themselves what two of them define.

Whatever passes here finds each of its names in the frames of a run: the machine binds a name in the scope around its
statement, at the latest when what this walk takes for the state after the statement holds. Here a name may be missing
that the machine would still find; never the other way round.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, assert_never

from dsl.ast import statements as ast
from dsl.ast.address import label
from dsl.ast.chosen import chosen_by, chosen_in_stages
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.events import ExpectedEvent, envelope_name
from dsl.ast.expressions import Expression
from dsl.ast.left import limited, unit_left
from dsl.ast.node import Node, walk
from dsl.ast.of_run import asked_of_run
from dsl.ast.people import FromData
from dsl.ast.shapes import only_counts_rounds, shape, surely_runs
from dsl.dataclass import dataclass, field, replace
from dsl.expressions.names import names


@dataclass(frozen=True, slots=True)
class State:
    """`known` are the names with what defines each, `empty` those `var`s that have no value yet, `settable` those that
    may be set here; `limited` are the units that a budget around limits.
    """

    known: Mapping[str, Node]
    empty: frozenset[str] = frozenset()
    settable: frozenset[str] = frozenset()
    limited: frozenset[str] = frozenset()

    def within(self, budget: ast.Budget | None) -> "State":
        return replace(self, limited=self.limited | limited(budget))

    def define(self, name: str | None, node: Node) -> "State":
        if name is None:
            return self
        known = {**self.known, name: node}
        return replace(self, known=known, empty=self.empty - {name}, settable=self.settable - {name})

    def leave(self, outer: "State") -> "State":
        known = {name: node for name, node in self.known.items() if name in outer.known}
        return replace(self, known=known, limited=outer.limited)


Acting: TypeAlias = ast.Step | ast.AwaitApproval | ast.Respond | ast.Sleep | ast.Commit | ast.CompensateStatement
End: TypeAlias = State | None
"""The state after something; None when nothing goes on from there."""


@dataclass(frozen=True, slots=True)
class _Round:
    name: str | None
    is_loop: bool
    exits: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Around:
    """The rounds that a statement may leave, and whether it is part of a branch that runs beside others; `yielded`
    gathers what is known where `yield` gives the value of a branch or a choice, None outside of both.
    """

    rounds: tuple[_Round, ...] = ()
    in_branch: bool = False
    yielded: list[State] | None = None

    def inside(self, round_: _Round) -> "_Around":
        return replace(self, rounds=(*self.rounds, round_))


def out_of_scope(flow: FlowDeclaration) -> Iterator[str]:
    """What has no meaning where it stands, with the address of its statement."""
    looking = _Walk()
    start = State({each.name: each for each in (*flow.config, *flow.parameters)}).within(flow.budget)
    looking.uses(flow.name, start, *(() if flow.budget is None else chosen_by(flow.budget)))
    looking.block(flow.body, flow.name, start, _Around())
    yield from looking.problems


class _Walk:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def block(self, block: ast.Block, at: str, state: State, around: _Around) -> End:
        now: End = state
        for position, statement in enumerate(block.statements):
            if now is None:
                return None
            now = self.statement(statement, f"{at}/{label(statement, position)}", now, around)
        return now

    def statement(self, node: ast.Statement, at: str, state: State, around: _Around) -> End:
        self.uses(at, state, *chosen_by(node))
        match node:
            case ast.If() | ast.Match():
                return self.choice(node, at, state, around)
            case ast.Try() | ast.BudgetBlock() | ast.ExclusiveBlock() | ast.AwaitEvent():
                return self.once(node, at, state, around)
            case ast.For() | ast.Loop():
                return self.rounds(node, at, state, around)
            case ast.AwaitFirst():
                return self.first(node, at, state, around)
            case ast.Parallel():
                return self.parallel(node, at, state)
            case ast.ParallelFor():
                return self.parallel_for(node, at, state)
            case ast.Fail() | ast.Return() | ast.Yield() | ast.Until() | ast.Break() | ast.Continue():
                return self.leaving(node, at, state, around)
            case ast.Let() | ast.Var() | ast.Set():
                return self.value(node, at, state)
            case (
                ast.Step()
                | ast.AwaitApproval()
                | ast.Respond()
                | ast.Sleep()
                | ast.Commit()
                | ast.CompensateStatement()
            ):
                return self.act(node, at, state, around)
            case _:
                assert_never(node)

    def act(self, node: Acting, at: str, state: State, around: _Around) -> State:
        match node:
            case ast.Step():
                self.step(node, at, state)
                state = state.define(ast.transcript_name(node.name) if node.transcript else None, node)
            case ast.AwaitApproval():
                self.approval(node, at, state)
            case ast.Respond():
                self.uses(at, state, node.value)
                known = state.known.get(envelope_name(node.name))
                if not isinstance(known, ExpectedEvent) or known.reply is None:
                    self.problems.append(f"{at}: there is no event `{node.name}` to reply to")
            case ast.Sleep():
                self.uses(at, state, node.until)
            case ast.Commit():
                if around.in_branch:
                    self.problems.append(f"{at}: `commit` stands in a branch")
            case ast.CompensateStatement():
                self.calls(at, state, node.calls)
        return state.define(shape(node).result(node), node)

    def value(self, node: ast.Let | ast.Var | ast.Set, at: str, state: State) -> State:
        self.uses(at, state, node.value)
        match node:
            case ast.Let():
                return state.define(node.name, node)
            case ast.Var():
                after = state.define(node.name, node)
                empty = after.empty | {node.name} if node.value is None else after.empty
                return replace(after, empty=empty, settable=after.settable | {node.name})
            case ast.Set():
                if node.name not in state.settable:
                    self.problems.append(f"{at}: there is no `var {node.name}` that may be set here")
                return replace(state, empty=state.empty - {node.name})

    def uses(self, at: str, state: State, *expressions: Expression | None, extra: Iterable[str] = ()) -> None:
        """`extra` names are known to these expressions alone."""
        for expression in expressions:
            for name in sorted(names(expression) - {*extra}) if expression is not None else ():
                if unit_left(name) in state.limited or asked_of_run(name) is not None:
                    continue
                if name not in state.known:
                    self.problems.append(f"{at}: there is no name `{name}`")
                elif name in state.empty:
                    self.problems.append(f"{at}: `{name}` has no value")

    def step(self, node: ast.Step, at: str, state: State) -> None:
        self.uses(at, state, node.continues, *(argument.value for argument in node.call.arguments))
        if node.compensate is not None:
            self.calls(at, state, node.compensate.calls, extra=("result",))

    def calls(self, at: str, state: State, calls: Iterable[ast.Call], extra: Iterable[str] = ()) -> None:
        self.uses(at, state, *(argument.value for call in calls for argument in call.arguments), extra=extra)

    def approval(self, node: ast.AwaitApproval, at: str, state: State) -> None:
        named = [each.value for stage in node.stages for each in stage.whom if isinstance(each, FromData)]
        self.uses(at, state, node.question, *node.show, *named, *chosen_in_stages(node.stages))
        for gate in node.gates:
            given = [node.name]
            for round_ in gate.rounds:
                self.uses(at, state, round_.source, extra=given)
                given.append(round_.variable)
            self.uses(at, state, *(argument.value for argument in gate.call.arguments), extra=given)

    def choice(self, node: ast.If | ast.Match, at: str, state: State, around: _Around) -> End:
        self.uses(at, state, *(arm.condition for arm in node.arms) if isinstance(node, ast.If) else (node.subject,))
        inner = around if node.name is None else replace(around, yielded=[])
        ways = [self.block(block, f"{at}{segment}", state, inner) for segment, block in shape(node).blocks(node)]
        if node.otherwise is None and not (isinstance(node, ast.Match) and node.complete):
            ways.append(state)
        if node.name is None:
            return _join(ways)
        after = _join([None if way is None else way.leave(state) for way in (*ways, *(inner.yielded or ()))])
        return None if after is None else after.define(node.name, node)

    def once(
        self,
        node: ast.Try | ast.BudgetBlock | ast.ExclusiveBlock | ast.AwaitEvent,
        at: str,
        state: State,
        around: _Around,
    ) -> End:
        match node:
            case ast.AwaitEvent():
                late = state if node.otherwise is None else self.block(node.otherwise, f"{at}/else", state, around)
                return _join([self.expected(node.expected, at, state), late])
            case ast.ExclusiveBlock():
                self.uses(at, state, node.by)
                return self.block(node.body, f"{at}/body", state, around)
            case ast.BudgetBlock():
                end = self.block(node.body, f"{at}/body", state.within(node.budget), around)
                end = None if end is None else replace(end, limited=state.limited)
                if node.on_exhausted is None:
                    return end
                return _join([end, self.block(node.on_exhausted, f"{at}/exhausted", state, around)])
            case ast.Try():
                ways = [self.block(node.body, f"{at}/body", state, around)]
                for number, handler in enumerate(node.handlers, 1):
                    inner = state.define(handler.name, handler)
                    self.uses(at, inner, handler.condition)
                    end = self.block(handler.body, f"{at}/on{number}", inner, around)
                    ways.append(None if end is None else end.leave(state))
                self.calls(at, state, () if node.finally_ is None else node.finally_.calls)
                return _join(ways)

    def first(self, node: ast.AwaitFirst, at: str, state: State, around: _Around) -> End:
        if node.race is not None:
            self.parallel(node.race, f"{at}/race", state)
        running = {} if node.race is None else {label(each, 0): each for each in node.race.branches}
        ways: list[End] = []
        for way, (segment, block) in zip(node.branches, shape(node).blocks(node), strict=True):
            began = state if way.expected is None else self.expected(way.expected, at, state)
            self.uses(at, state, way.until, *chosen_by(way))
            if way.branch is not None:
                began = self._came_first(running.get(way.branch), at, state)
            ways.append(self.block(block, f"{at}{segment}", began, around))
        return _join([None if way is None else way.leave(state) for way in ways])

    def _came_first(self, node: Node | None, at: str, state: State) -> State:
        if node is None:
            self.problems.append(f"{at}: a way waits for what does not run")
            return state
        if isinstance(node, ast.Step) and node.transcript:
            state = state.define(ast.transcript_name(node.name), node)
        return state.define(shape(node).result(node), node)

    def expected(self, node: ExpectedEvent, at: str, state: State) -> State:
        """The state where the event is there."""
        self.uses(at, state, node.key)
        taken = state.define(node.name, node).define(envelope_name(node.name), node)
        self.uses(at, taken, node.where)
        return taken

    def rounds(self, node: ast.For | ast.Loop, at: str, state: State, around: _Around) -> End:
        round_ = _Round(node.name if isinstance(node, ast.Loop) else None, isinstance(node, ast.Loop))
        inside = around.inside(round_)
        if isinstance(node, ast.For):
            self.uses(at, state, node.source)
            inner = state.define(node.variable, node).define(node.index, node)
            end = self.block(node.body, f"{at}[]", inner, inside)
            after = _join([end, *round_.exits, *round_.continues]) if surely_runs(node) else None
            return state if after is None else after.leave(state)
        end = self.block(node.body, f"{at}[]", state.within(node.budget), inside)
        ways: list[End] = [*round_.exits]
        whole = _join([end, *round_.continues]) if only_counts_rounds(node) else None
        exhausted = state if whole is None else whole.leave(state)
        if node.on_exhausted is not None:
            ways.append(self.block(node.on_exhausted, f"{at}/exhausted", exhausted, around))
        elif node.every is not None:
            ways.append(exhausted)
        elif not ways and not any(isinstance(each, ast.Return) for each in walk(node.body)):
            ways += [state, end]
        after = _join(ways)
        return None if after is None else after.leave(state)

    def parallel(self, node: ast.Parallel, at: str, state: State) -> End:
        ends: list[End] = []
        for position, branch in enumerate(node.branches):
            inner = _Around(in_branch=True, yielded=[])
            start, place = replace(state, settable=frozenset()), f"{at}/{label(branch, position)}"
            if isinstance(branch, ast.Branch):
                end = self.block(branch.body, place, start, inner)
                ends.append(state if inner.yielded else end)
            else:
                ends.append(self.statement(branch, place, start, inner))
        self.stops(node, at, state)
        all_end = not node.keep_going and node.first is None and node.stop_when is None
        after = _side_by_side(state, ends) if all_end else state
        return None if after is None else after.define(node.name, node)

    def parallel_for(self, node: ast.ParallelFor, at: str, state: State) -> State:
        self.uses(at, state, node.source, node.up_to)
        inner = replace(state, settable=frozenset()).define(node.variable, node)
        self.block(node.body, f"{at}[]", inner, _Around(in_branch=True, yielded=[]))
        self.stops(node, at, state)
        return state.define(node.name, node)

    def stops(self, node: ast.Parallel | ast.ParallelFor, at: str, state: State) -> None:
        """What has come in so far is known by the name of the whole."""
        if node.stop_when is not None:
            self.uses(at, state.define(node.name, node), node.stop_when)
            if node.name is None or node.first is not None:
                self.problems.append(f"{at}: `stop when` has no name to look at")
        if node.first is not None and (node.first.count < 1 or node.keep_going):
            self.problems.append(f"{at}: nobody can win this `race`")

    def leaving(self, node: Node, at: str, state: State, around: _Around) -> End:
        match node:
            case ast.Until():
                self.uses(at, state, node.condition)
                if around.rounds and around.rounds[-1].is_loop:
                    around.rounds[-1].exits.append(state)
                else:
                    self.problems.append(f"{at}: `until` stands in no loop")
                return state
            case ast.Break() | ast.Continue():
                meant = [each for each in around.rounds if node.loop in (None, each.name)]
                if not meant:
                    self.problems.append(f"{at}: it leaves a loop that is not around it")
                else:
                    (meant[-1].exits if isinstance(node, ast.Break) else meant[-1].continues).append(state)
            case ast.Return() | ast.Fail():
                self.uses(at, state, node.value)
                if isinstance(node, ast.Return) and around.in_branch:
                    self.problems.append(f"{at}: `return` stands in a branch")
            case ast.Yield():
                self.uses(at, state, node.value)
                if around.yielded is None:
                    self.problems.append(f"{at}: `yield` stands in no branch and no choice")
                else:
                    around.yielded.append(state)
        return None


def _join(ways: Iterable[End]) -> End:
    """What every way that goes on has from the same place."""
    states = [way for way in ways if way is not None]
    if not states:
        return None
    first, *others = states
    known = {name: node for name, node in first.known.items() if all(each.known.get(name) is node for each in others)}
    empty = frozenset[str]().union(*(each.empty for each in states))
    shared = first.limited.intersection(*(each.limited for each in others))
    return State(known, empty, first.settable & known.keys(), shared)


def _side_by_side(state: State, ends: list[End]) -> End:
    known, empty, settable = dict(state.known), state.empty, state.settable
    clashing: set[str] = set()
    for end in ends:
        if end is None:
            return None
        new = {name: node for name, node in end.known.items() if name not in state.known}
        clashing |= new.keys() & known.keys()
        known |= new
        empty |= end.empty
        settable |= end.settable
    known = {name: node for name, node in known.items() if name not in clashing}
    return State(known, empty & known.keys(), settable & known.keys(), state.limited)
