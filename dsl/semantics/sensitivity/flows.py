"""Labels of all names of one flow: the walk of `provenance.flow` with other rules for what calls give, and with the
places where something is shown.

Here it counts that a statement is reached: a tool that is called only where a diagnosis says so learns of the
diagnosis. So a decision marks everything below it, and where it may lead out of a block, what comes after it as well.
What is not counted is how long something takes, and that a run ends by a failure which no handler takes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.chosen import chosen_by
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Entry, Expression, Get, Literal, Name, RecordLiteral
from dsl.ast.node import Node
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.around import REACHED, Around, Called, Summary
from dsl.semantics.provenance.flow import WALKS, FlowMarks
from dsl.semantics.provenance.marks import ANY, DEEPEST, NO_SOURCES, Given, Mark, Sensitive, Sources, joined, known
from dsl.semantics.provenance.turns import Rounds
from dsl.semantics.provenance.values import Values
from dsl.semantics.sensitivity.agents import TALK
from dsl.semantics.sensitivity.labels import label, labels
from dsl.semantics.sensitivity.shown import Shown, Side, Tools
from dsl.semantics.sensitivity.values import Functions, SensitiveValues, given
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import ListOf, MapOf, OptionalOf, Record, Type, UnionOf, structure

_LEFT = ast.Block(())
"""Stands among the decisions for what may have led out of the block before."""


class FlowLabels(FlowMarks):
    def __init__(
        self, flow: FlowDeclaration, facts: Facts, summaries: dict[int, Summary], tools: Tools, functions: Functions
    ) -> None:
        self._tools, self._functions = tools, functions
        super().__init__(flow, facts, summaries, frozenset())
        self._undoing: dict[int, Mark] = {}
        self.shown: list[Shown] = []

    def _walk(self) -> bool:
        self.shown = []
        return super()._walk()

    def _values_here(self) -> Values:
        return SensitiveValues(self._facts, self._look, self._functions)

    def _rule(self, kind: type) -> Callable[[Any, Any, Around], None]:
        return LABELLING.get(kind) or WALKS[kind]

    def _look(self, symbol: Symbol) -> Mark:
        match symbol.kind:
            case "parameter":
                return given(symbol)
            case "heard":
                return self._mark(symbol.node, "heard")
            case "result":
                return joined((self._undoing.get(id(symbol.node), Mark()), labels(symbol.type)))
            case _:
                return joined((super()._look(symbol), labels(symbol.type)))

    def _show(self, node: Node, side: Side, sees: frozenset[str], sources: Sources, reached: bool = False) -> None:
        self.shown.append(Shown(node, side, sees, sources, reached))

    def _to_readers(self, node: Node, sources: Sources) -> None:
        """What everybody sees who may look at a run."""
        self._show(node, self.of, frozenset(self.of.sees), sources)

    def _read(self, value: Expression, around: Around) -> Mark:
        """What only names a value, or a field of a record, does not fail."""
        return self._values.of(value) if self._is_there(value) else super()._read(value, around)

    def _is_there(self, value: Expression) -> bool:
        match value:
            case Name() | Literal():
                return True
            case Get(subject=subject):
                return isinstance(structure(self._facts.type_of(subject)), Record) and self._is_there(subject)
            case _:
                return False

    # -- what is reached

    def _block(self, block: ast.Block, around: Around) -> None:
        for statement in block.statements:
            self._statement(statement, around)
            branches = statement.branches if isinstance(statement, ast.Parallel) else ()
            led_out = (self._mark(each, "left").sources for each in (statement, *branches))
            around = around.inside(_LEFT, NO_SOURCES.union(*led_out))

    def _leads_out(self, sources: Sources, around: Around, target: int = 0) -> None:
        """Of all that is around, inside of the decision at `target`."""
        for depth in range(target, len(around.decisions)):
            node = around.decisions[depth][0]
            self._grow(node, "left", Mark(sources | around.since(depth)))
            if isinstance(node, Rounds):
                self._grow(node, "leaving", Mark(sources | around.since(depth + 1)))

    def _leaves(self, name: str | None, sources: Sources, around: Around) -> None:
        super()._leaves(name, sources, around)
        for depth in range(len(around.decisions) - 1, -1, -1):
            loop = around.decisions[depth][0]
            if isinstance(loop, ast.Loop | ast.For) and (name is None or getattr(loop, "name", None) == name):
                self._leads_out(sources, around, depth + 1)
                return

    def _goes_on_behind(self, branch: Node, around: Around, inside: int) -> None:
        """Also of the branch of a `parallel`, and only for what stands behind the `yield`."""
        self._leads_out(NO_SOURCES, around, inside)

    def _reached(self, around: Around) -> Sources:
        return around.since(0) | {Given(REACHED)}

    def _limits(self, chosen: Iterable[Expression], around: Around) -> Sources:
        """Whoever looks at a run sees what its limits are, and when they are reached."""
        found = NO_SOURCES
        for value in chosen:
            found |= super()._limits((value,), around)
            self._to_readers(value, self._values.of(value).all())
        return found

    # -- statements

    def _fail(self, node: ast.Fail, around: Around) -> None:
        super()._fail(node, around)
        self._leads_out(NO_SOURCES, around)
        self._to_readers(node.value, self._values.of(node.value).all())

    def _return(self, node: ast.Return, around: Around) -> None:
        super()._return(node, around)
        self._leads_out(NO_SOURCES, around)
        signature = self._facts.declarations.callees.get(self.of.name)
        if node.value is not None and signature is not None:
            several = self._many_returns or any(isinstance(each, Rounds) for each, _ in around.decisions)
            decided = around.since(0) if several else NO_SOURCES
            mark = self._values.of(node.value).and_(decided)
            self._gives(node.value, mark, signature.returns, frozenset(self.of.sees))

    def _gives(self, node: Expression, mark: Mark, type_: Type, sees: frozenset[str], depth: int = 0) -> None:
        """Field by field: what is sensitive goes where the type of the result says so."""
        match structure(type_) if depth < DEEPEST else type_:
            case Record(members=members) if members:
                for member in members:
                    below = sees | {each.class_ for each in label(member.declared) if isinstance(each, Sensitive)}
                    self._gives(_part(node, member.name), mark.part(member.name), member.type, below, depth + 1)
            case ListOf(item=inner) | OptionalOf(item=inner) if isinstance(structure(inner), Record | UnionOf):
                self._show(node, self.of, sees, mark.spine())
                self._gives(node, mark, inner, sees, depth + 1)
            case MapOf(value=inner):
                self._show(node, self.of, sees, mark.spine())
                self._gives(node, mark.part(ANY), inner, sees, depth + 1)
            case UnionOf(options=options):
                for option in options:
                    self._gives(node, mark, option, sees, depth + 1)
            case _:
                self._show(node, self.of, sees, mark.all())

    def _exclusive(self, node: ast.ExclusiveBlock, around: Around) -> None:
        """Whoever lists what runs sees what the lock is called."""
        self._to_readers(node.by, self._values.of(node.by).all() | self._reached(around))
        super()._exclusive(node, around)

    def _respond(self, node: ast.Respond, around: Around) -> None:
        """Whoever may look at a run may have sent the event, and asks what became of it."""
        super()._respond(node, around)
        self._to_readers(node.value, self._values.of(node.value).all() | self._reached(around))

    def _expected(self, node: ExpectedEvent, around: Around) -> Sources:
        """Whoever looks at a run sees which key it waits for."""
        if node.key is not None:
            self._to_readers(node.key, self._values.of(node.key).all() | self._reached(around))
        return super()._expected(node, around)

    def _approval(self, node: ast.AwaitApproval, around: Around) -> None:
        super()._approval(node, around)
        sees = frozenset(node.sees)
        for value in (node.question, *node.show):
            self._show(value, node, sees, self._values.of(value).all())
        self._show(node, node, sees, self._reached(around), reached=True)
        for asked in self.asked:
            if any(asked.whom is whom for stage in node.stages for whom in stage.whom):
                self._to_readers(asked.whom, asked.sources)

    # -- calls

    def _step(self, node: ast.Step, around: Around) -> None:
        arguments = self._facts.arguments_of(node.call)
        given_ = {name: self._read(value, around) for name, value in arguments.items()}
        self._limits(chosen_by(node), around)
        signature = self._facts.callee_of(node.call)
        match None if signature is None else signature.node:
            case ToolDeclaration() as tool:
                self._of_tool(node, tool, given_, around)
            case AgentDeclaration() as agent:
                self._of_agent(node, agent, given_, around)
            case FlowDeclaration() as flow:
                self.called.append(Called(node, flow, given_, {REACHED: self._reached(around)}))
                self._flow(node, flow, given_, around)
        if node.compensate is not None:
            self._undoing[id(node.compensate)] = self._mark(node, "step")
            self._unasked(node.compensate.calls, around)

    def _unasked(self, calls: tuple[ast.Call, ...], around: Around) -> None:
        """What they answer is read by nobody, but that they are called says that they were reached."""
        super()._unasked(calls, around)
        values = self._values
        assert isinstance(values, SensitiveValues)
        for call in calls:
            self.shown.extend(self._tools.given(call, values))
            signature = self._facts.callee_of(call)
            if signature is not None and isinstance(tool := signature.node, ToolDeclaration):
                self._show(call, tool, self._tools.sees(tool), self._reached(around), reached=True)

    def _of_tool(self, node: ast.Step, tool: ToolDeclaration, given_: dict[str, Mark], around: Around) -> None:
        sees = self._tools.sees(tool)
        for name, value in self._facts.arguments_of(node.call).items():
            self._show(value, tool, sees, given_[name].all())
        self._show(node.call, tool, sees, self._reached(around), reached=True)
        self.shown.extend(self._tools.afterwards(tool, given_))
        if tool.exclusive is not None:
            self._to_readers(node.call, self._tools.lock(tool, tool.exclusive.by, given_) | self._reached(around))
        answer = self._tools.answer(tool, given_)
        self._grow(node, "step", answer)
        self._may_fail(answer.sources, around)

    def _of_agent(self, node: ast.Step, agent: AgentDeclaration, given_: dict[str, Mark], around: Around) -> None:
        talk = Mark()
        sees = frozenset((*agent.sees, *agent.keeps))
        if node.continues is not None:
            talk = self._read(node.continues, around)
            self._show(node.continues, agent, sees, talk.all())
        self._show(node.call, agent, sees, self._reached(around), reached=True)
        given_ = {**given_, TALK: Mark(talk.all())}
        heard = known(self._summaries[id(agent)].returns, given_) if id(agent) in self._summaries else Mark()
        self._grow(node, "heard", heard)
        answer = heard.without(frozenset(agent.keeps))
        self._grow(node, "step", answer)
        self._may_fail(answer.sources, around)
        self.called.append(Called(node, agent, given_, {REACHED: self._reached(around)}))


def _part(node: Expression, name: str) -> Expression:
    """The value of a field, where a record is written out."""
    if not isinstance(node, RecordLiteral):
        return node
    return next((each.value for each in node.entries if isinstance(each, Entry) and each.name == name), node)


LABELLING: dict[type, Callable[[FlowLabels, Any, Around], None]] = {
    ast.Step: FlowLabels._step,
    ast.Fail: FlowLabels._fail,
    ast.Return: FlowLabels._return,
    ast.AwaitApproval: FlowLabels._approval,
    ast.Respond: FlowLabels._respond,
    ast.ExclusiveBlock: FlowLabels._exclusive,
}
