"""One flow, walked once from its beginning to its end with what each name is made of (`names.py`).

Where ways come together a value is old when it is on one of them. A round of a loop is walked twice, so what the first
waits for is known in the second, and what a `var` keeps. The items of a list are as old as the list when the loop
begins: an earlier round's wait is not counted for them, since each item waits for its turn. What was read inside an
`exclusive` block stays new in there: whoever changes it waits for the same lock. A list that people were shown is gone
through as they saw it, and what a model has made of a reading is as good as new when people were shown that.
"""

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Name
from dsl.ast.node import Node, walk
from dsl.ast.statements import Statement, Step
from dsl.dataclass import replace
from dsl.semantics.nodes import names_set
from dsl.semantics.provenance.marks import Mark, joined
from dsl.semantics.staleness.deciding import (
    Deciding,
    asked_anew,
)
from dsl.semantics.staleness.effects import is_wait
from dsl.semantics.staleness.knowing import (
    DEEPEST_ROUNDS,
    NOBODY,
    UNCHANGED,
    Knowing,
    Rest,
    Round,
    Summary,
    settled_for_callers,
    sources_of,
    without_old_of,
)
from dsl.semantics.staleness.names import Branch, Key
from dsl.semantics.staleness.readings import Reading, Received, by_choice, held, mapped, substituted


class FlowReadings(Knowing):
    def walk(self) -> None:
        self._block(self.of.body, Rest())

    # -- statements

    def _block(self, block: ast.Block, rest: Rest) -> bool:
        """Whether it has led away."""
        left = False
        for node, write in zip(block.statements, self._effects.behind(block), strict=True):
            left = self._statement(node, rest.after(write)) or left
        return left

    def _statement(self, node: Statement, rest: Rest) -> bool:
        match node:
            case ast.If() | ast.Match():
                return self._choice(node, rest)
            case ast.ExclusiveBlock():
                return self._exclusive(node, rest)
            case ast.Return() | ast.Fail() | ast.Break() | ast.Continue():
                self._leave(node)
                return True
            case _:
                self._goes_on(node, rest)
                return False

    def _goes_on(self, node: Statement, rest: Rest) -> None:
        match node:
            case Step():
                self._step(node)
            case ast.Let() | ast.Var() | ast.Set() | ast.Yield():
                self._named(node)
            case ast.For() | ast.ParallelFor():
                self._for_each(node, rest)
            case ast.Loop() | ast.BudgetBlock():
                self._budgeted(node, rest)
            case ast.Parallel():
                self._parallel(node, rest)
            case ast.Try():
                self._try(node, rest)
            case ast.AwaitApproval() | ast.AwaitEvent() | ast.AwaitFirst() | ast.Sleep():
                self._wait_for(node, rest)
            case ast.Until():
                self._decides([node.condition], rest.breaking)
                self._leave_round(node)
            case _:
                """What sends, settles or leaves, and decides nothing."""

    def _wait(self, node: Node | None) -> None:
        if node is not None and self._locked:
            self._waited_locked = self._waited_locked or node
        elif node is not None:
            self._names.wait(node)

    def _named(self, node: ast.Let | ast.Var | ast.Set | ast.Yield) -> None:
        match node:
            case ast.Let():
                self._names.put((id(node), "let"), self._value(node.value))
            case ast.Var():
                self._depths[id(node)] = len(self._choices)
                self._names.put((id(node), "var"), Mark() if node.value is None else self._value(node.value))
            case ast.Set():
                symbol = self._facts.symbol_of(node)
                if symbol is not None:
                    chosen = self._chosen(self._depths.get(id(symbol.node), 0))
                    mark = joined((self._value(node.value), chosen))
                    anew = asked_anew(Deciding((), (*self._around(), self._value(node.value)), NOBODY))
                    self._names.put((id(symbol.node), "var"), without_old_of(mark, anew))
            case ast.Yield():
                if self._targets:
                    key, depth = self._targets[-1]
                    self._names.add(key, joined((self._value(node.value), self._chosen(depth))))

    def _leave(self, node: ast.Return | ast.Fail | ast.Break | ast.Continue) -> None:
        if isinstance(node, ast.Return) and node.value is not None:
            mark = joined((self._value(node.value), self._chosen(0)))
            self.summary.returns = joined((self.summary.returns, settled_for_callers(mark)))
        elif isinstance(node, ast.Break | ast.Continue):
            self._leave_round(node)

    def _leave_round(self, node: ast.Break | ast.Continue | ast.Until) -> None:
        name = None if isinstance(node, ast.Until) else node.loop
        meant = next((each for each in reversed(self._walked) if name is None or each.name == name), None)
        if meant is None:
            return
        branch = self._names.leaving(meant.begun, meant.depth)
        if isinstance(node, ast.Continue):
            meant.continued.append(branch)
        else:
            meant.left.append(branch)
            meant.shown += [what for what, moment in self._shown.items() if moment == self._names.now]

    def _choice(self, node: ast.If | ast.Match, rest: Rest) -> bool:
        if isinstance(node, ast.If):
            asked, bodies = [arm.condition for arm in node.arms], [arm.body for arm in node.arms]
        else:
            asked, bodies = [node.subject], [case.body for case in node.cases]
        self._decides(asked, self._about(node, rest))
        control: Key = (id(node), "control")
        self._names.put(control, joined(self._value(each) for each in asked))
        self._choices.append(control)
        if node.name is not None:
            self._targets.append(((id(node), "choice"), len(self._choices)))
            rest = replace(rest, yielding=None)
        branches = [self._branch(body, rest) for body in bodies]
        if node.otherwise is not None:
            branches.append(self._branch(node.otherwise, rest))
        elif isinstance(node, ast.If) or id(node) not in self._facts.complete:
            branches.append(UNCHANGED)
        self._choices.pop()
        self._names.join(branches)
        if node.name is not None:
            self._targets.pop()
            self._names.add((id(node), "choice"), Mark(by_choice(held(self._names.of(control)))))
        return all(each.left for each in branches)

    def _branch(self, block: ast.Block | None, rest: Rest) -> Branch:
        begun = self._names.begin()
        left = block is not None and self._block(block, rest)
        return self._names.end(begun, left=left)

    def _for_each(self, node: ast.For | ast.ParallelFor, rest: Rest) -> None:
        inside = self._effects.of_block(node.body)
        names = [each for each in walk(node.source) if isinstance(each, Name)]
        shown = self._are_shown(names)
        if not shown:
            self._decides([node.source], inside.write, is_list=True)
        if isinstance(node, ast.ParallelFor):
            self._targets.append(((id(node), "yields"), len(self._choices)))
        self._rounds(node, rest, Mark() if shown else self._names.settled(self._values.item(node.source)))
        if isinstance(node, ast.ParallelFor):
            key, _ = self._targets.pop()
            value = self._names.of(key)
            value = Mark(fields={"value": value}) if node.keep_going or node.stop_when is not None else value
            self._names.put((id(node), "parallel" if node.first is None else "race"), value)

    def _rounds(self, node: ast.For | ast.ParallelFor | ast.Loop, rest: Rest, item: Mark | None = None) -> None:
        inside = self._effects.of_block(node.body)
        wait = inside.wait or (node if is_wait(node) else None)
        within = replace(rest.after(inside.write), continuing=None)
        if isinstance(node, ast.ParallelFor):
            within = replace(within, yielding=None)
        again = not isinstance(node, ast.ParallelFor) and (wait is not None or bool(names_set(node.body)))
        before = self._names.now
        if again and self._twice < DEEPEST_ROUNDS:
            self._twice += 1
            rounds = [self._round(node, within, item)]
            if self._names.now == before:
                self._wait(wait)
            rounds.append(self._round(node, within, item))
            self._twice -= 1
        else:
            self._wait(wait if again else None)
            rounds = [self._round(node, within, item)]
        if self._names.now == before:
            self._wait(wait)
        self._end_of(rounds)

    def _round(self, node: ast.For | ast.ParallelFor | ast.Loop, rest: Rest, item: Mark | None) -> Round:
        depth, begun = self._names.depth(), self._names.begin()
        this = Round(node.name if isinstance(node, ast.Loop) else None, begun, depth)
        self._walked.append(this)
        if item is not None:
            self._names.put((id(node), "item"), self._names.reborn(item))
        left = self._block(node.body, rest)
        self._walked.pop()
        self._names.join([UNCHANGED, self._names.end(begun, left=left), *this.continued])
        return this

    def _end_of(self, rounds: list[Round]) -> None:
        """Where rounds were left, more may be known than at their ends. What people had seen there, they have seen."""
        left = [branch for each in rounds for branch in each.left if branch.changed]
        if left:
            self._names.join([UNCHANGED, *left])
            self._shown.update((what, self._names.now) for each in rounds for what in each.shown)

    def _budgeted(self, node: ast.Loop | ast.BudgetBlock, rest: Rest) -> None:
        if isinstance(node, ast.Loop):
            self._rounds(node, rest)
        else:
            self._names.join([self._branch(node.body, rest)] if self._stays(node.body) else [UNCHANGED])
        if node.on_exhausted is not None:
            self._names.join([UNCHANGED, self._branch(node.on_exhausted, rest)])

    def _stays(self, block: ast.Block) -> bool:
        return not block.statements or not isinstance(block.statements[-1], ast.Return | ast.Fail)

    def _parallel(self, node: ast.Parallel, rest: Rest) -> None:
        rest = replace(rest, yielding=None)
        branches: list[Branch] = []
        values: dict[str, Mark] = {}
        for each in node.branches:
            begun = self._names.begin()
            self._branch_of(each, rest)
            branches.append(self._names.end(begun, left=False))
        self._names.meet(branches)
        for each in node.branches:
            value = self._names.of((id(each), "yields" if isinstance(each, ast.Branch) else "step"))
            values[each.name] = Mark(fields={"value": value}) if node.keep_going or node.stop_when else value
        if node.first is not None:
            self._names.put((id(node), "race"), Mark(fields={"value": joined(values.values())}))
        else:
            self._names.put((id(node), "parallel"), Mark(fields=values))

    def _branch_of(self, node: Step | ast.AwaitApproval | ast.Branch, rest: Rest) -> None:
        if isinstance(node, ast.Branch):
            self._targets.append(((id(node), "yields"), len(self._choices)))
            self._block(node.body, rest)
            self._targets.pop()
        else:
            self._statement(node, rest)

    def _exclusive(self, node: ast.ExclusiveBlock, rest: Rest) -> bool:
        inside = self._effects.of_block(node.body).wait
        self._wait(node if is_wait(node) else inside)
        self._locked += 1
        left = self._block(node.body, rest)
        self._locked -= 1
        if self._locked == 0:
            noted, self._waited_locked = self._waited_locked, None
            self._wait(noted)
        return left

    def _try(self, node: ast.Try, rest: Rest) -> None:
        body = self._branch(node.body, rest)
        ways = [body]
        for handler in node.handlers:
            begun = self._names.begin()
            self._names.join([UNCHANGED, replace(body, left=False)])
            if handler.condition is not None:
                self._decides([handler.condition], self._effects.of_block(handler.body).write)
            left = self._block(handler.body, rest)
            ways.append(self._names.end(begun, left=left))
        self._names.join(ways)

    # -- waits

    def _were_shown(self, node: ast.AwaitApproval) -> None:
        names = [each for value in (node.question, *node.show) for each in walk(value) if isinstance(each, Name)]
        symbols = [symbol for each in names if (symbol := self._facts.symbol_of(each)) is not None]
        for symbol in symbols:
            self._shown[id(symbol.node)] = self._names.now
            mark = self._look(symbol)
            self._shown.update((each.at, self._names.now) for each in held(mark) if isinstance(each, Reading))
            if any(each.told for each in held(mark)):
                self._names.put((id(symbol.node), symbol.kind), mapped(mark, lambda each: None if each.told else each))

    def _wait_for(self, node: ast.AwaitApproval | ast.AwaitEvent | ast.AwaitFirst | ast.Sleep, rest: Rest) -> None:
        self._wait(node if is_wait(node) else None)
        match node:
            case ast.AwaitApproval():
                self._were_shown(node)
            case ast.AwaitEvent():
                self._names.join([UNCHANGED, self._branch(node.otherwise, rest)])
            case ast.AwaitFirst():
                for each in () if node.race is None else node.race.branches:
                    self._branch_of(each, rest)
                self._names.join([self._branch(way.body, rest) for way in node.branches])

    # -- calls

    def _step(self, node: Step) -> None:
        key: Key = (id(node), "step")
        match self._effects.target(node):
            case ToolDeclaration(name=name, effect=effect):
                reading = Reading(name, at=id(node), born=self._names.now, step=node)
                self._names.put(key, Mark(frozenset({reading})) if effect.kind == "read" else Mark())
            case AgentDeclaration() as agent:
                self._names.put(key, self._answered(node, agent))
            case FlowDeclaration() as flow:
                self._called(node, flow, key)
            case _:
                self._names.put(key, Mark())

    def _given(self, node: Step) -> dict[str, Mark]:
        return {name: self._value(value) for name, value in self._facts.arguments_of(node.call).items()}

    def _answered(self, node: Step, agent: AgentDeclaration) -> Mark:
        """What a model was given; not what it can look at again itself."""
        given = [*self._given(node).values(), *([] if node.continues is None else [self._value(node.continues)])]
        anew = {use.target for use in agent.uses}
        every = (each for mark in given for each in held(mark) if each.parameter not in anew)
        answer = Mark(frozenset(replace(each, told=True) for each in every))
        self._wait(self._effects.of(node).wait)
        return self._names.reborn(answer)

    def _called(self, node: Step, flow: FlowDeclaration, key: Key) -> None:
        given = self._given(node)
        summary = self._summaries.get(id(flow), Summary())
        arguments = self._facts.arguments_of(node.call)
        shown = {
            name
            for name, value in arguments.items()
            if self._are_shown(each for each in walk(value) if isinstance(each, Name))
        }
        for each in summary.decisions:
            of_shown = any(isinstance(one, Received) and one.parameter in shown for one in sources_of(each))
            if not (each.is_list and (of_shown or flow.requires_approval)):
                parts = tuple(tuple((name, substituted(mark, given)) for name, mark in part) for part in each.parts)
                around = tuple(substituted(mark, given) for mark in each.around)
                self._decided(replace(each, parts=parts, around=around, way=(*each.way, node)))
        self._wait(self._effects.of(node).wait)
        returned = Mark() if node.detached else substituted(summary.returns, given)
        self._names.put(key, self._names.reborn(returned))
