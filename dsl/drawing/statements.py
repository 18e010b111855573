"""The statements of a flow, drawn one after the other.

Each takes the ways that lead to it and gives those that lead on; none lead on from `return` and `fail`. What leaves a
loop or a choice from inside (`break`, `until`, `yield`) goes to a door of what is around, which its owner collects.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dsl.ast.address import label
from dsl.ast.duration import format_duration
from dsl.ast.shapes import shape
from dsl.ast.statements import (
    AwaitApproval,
    AwaitEvent,
    AwaitFirst,
    Block,
    Branch,
    Break,
    BudgetBlock,
    Commit,
    CompensateStatement,
    Continue,
    ExclusiveBlock,
    Fail,
    For,
    If,
    Let,
    Loop,
    Match,
    Parallel,
    ParallelFor,
    Respond,
    Return,
    Set,
    Sleep,
    Statement,
    Step,
    Try,
    Until,
    Values,
    Var,
    Yield,
)
from dsl.drawing.pen import Pen, Way, Ways, labelled
from dsl.drawing.picture import GroupKind
from dsl.drawing.said import (
    asked_texts,
    at_once_text,
    budget_text,
    call_text,
    event_text,
    expression_text,
    length_text,
    opened_text,
    stage_texts,
)
from dsl.drawing.titles import fan_title, handler_text, limit_lines, result_lines, value_text, way_text
from dsl.expressions.wire import json_text
from dsl.values.writing import fields_text

DrawStep = Callable[[Step, str, str, Ways], Ways]
"""A step at an address, in a group, after some ways; the ways on."""


@dataclass
class Door:
    """How to leave something from inside: `out` are the ways that do. A loop has a `head` to go on with."""

    name: str | None
    head: str | None = None
    out: list[Way] = field(default_factory=list)


class Statements:
    def __init__(self, pen: Pen, step: DrawStep) -> None:
        self._pen = pen
        self._step = step
        self._loops: list[Door] = []
        self._takers: list[Door] = []
        """What a `yield` gives its value to."""

    def block(self, block: Block, address: str, group: str, ways: Ways) -> Ways:
        values: list[tuple[str, Values]] = []
        for position, statement in enumerate(block.statements):
            at = f"{address}/{label(statement, position)}"
            if isinstance(statement, Values):
                values.append((at, statement))
                continue
            ways = self._values(values, group, ways)
            ways = self._statement(statement, at, group, ways)
        return self._values(values, group, ways)

    def _values(self, values: list[tuple[str, Values]], group: str, ways: Ways) -> Ways:
        """Those that stand in a row are one node."""
        if not values:
            return ways
        title, *lines = (value_text(each) for _, each in values)
        addresses = [at for at, _ in values]
        values.clear()
        return self._pen.node(addresses[0], "values", title, group, lines, after=ways, statements=addresses)

    def _statement(self, node: Statement, at: str, group: str, ways: Ways) -> Ways:
        return DRAWN[type(node)](self, node, at, group, ways)

    def drawn_step(self, node: Step, at: str, group: str, ways: Ways) -> Ways:
        return self._step(node, at, group, ways)

    # -- choices

    def drawn_choice(self, node: If | Match, at: str, group: str, ways: Ways) -> Ways:
        """An `if` of one condition asks it; one of several, and `match`, say on each way when it is taken."""
        if isinstance(node, If):
            conditions = [expression_text(arm.condition) for arm in node.arms]
            alone = len(conditions) == 1
            title = f"if {conditions[0]}" if alone else "if"
            words, otherwise = (["yes"], "no") if alone else (conditions, "else")
        else:
            title = f"match {expression_text(node.subject)}"
            words = [", ".join(json_text(value.value) for value in case.values) for case in node.cases]
            otherwise = "else"
        self._pen.node(at, "choice", title, group, result_lines(node.name), after=ways)
        door = Door(node.name)
        if node.name is not None:
            self._takers.append(door)
        ends: list[Way] = []
        titles = [*words, *[otherwise] * (node.otherwise is not None)]
        for title, (segment, block) in zip(titles, shape(node).blocks(node), strict=True):
            ends += self._inner(block, at + segment, "block", title, group, at, (Way(at, title),))
        if node.name is not None:
            self._takers.pop()
        if node.otherwise is None and not (isinstance(node, Match) and node.complete):
            ends.append(Way(at, otherwise))
        return (*ends, *door.out)

    def _inner(self, block: Block, at: str, kind: GroupKind, title: str, group: str, owner: str, ways: Ways) -> Ways:
        """A block that a node leads to."""
        return self.block(block, at, self._pen.group(at, kind, title, group, owner), ways)

    # -- rounds

    def drawn_rounds(self, node: For | Loop, at: str, group: str, ways: Ways) -> Ways:
        if isinstance(node, For):
            index = "" if node.index is None else f"{node.index}, "
            most = "" if node.at_most is None else f" at most {node.at_most}"
            title = f"for {index}{node.variable} in {expression_text(node.source)}{most}"
            name, lines, kind = None, [], "each"
        else:
            name, title, kind = node.name, f"loop {node.name}" if node.name else "loop", "loop"
            lines = limit_lines(node)
        frame = self._pen.group(at, "each" if kind == "each" else "loop", title, group)
        self._pen.node(at, "loop", title, frame, lines, after=ways)
        door = Door(name, head=at)
        self._loops.append(door)
        last = self._inner(node.body, f"{at}[]", "block", "", frame, at, (Way(at, "each round"),))
        self._loops.pop()
        self._pen.lead(last, at, "again")
        if isinstance(node, For):
            return (Way(at, "then"), *door.out)
        if node.on_exhausted is not None:
            used_up = (Way(at, "exhausted", "error"),)
            ends = self._inner(node.on_exhausted, f"{at}/exhausted", "block", "on exhausted", group, at, used_up)
            return (*ends, *door.out)
        return (*((Way(at, "then"),) if node.every is not None else ()), *door.out)

    # -- side by side

    def drawn_parallel(self, node: Parallel, at: str, group: str, ways: Ways) -> Ways:
        word = shape(node).word(node)
        frame = self._pen.group(at, "race" if node.first else "parallel", word, group)
        self._pen.node(at, "fork", fan_title(word, node), frame, after=ways)
        ends: list[Way] = []
        for position, branch in enumerate(node.branches):
            inside = f"{at}/{label(branch, position)}"
            if isinstance(branch, Branch):
                ends += self._yielding(branch.body, inside, "branch", branch.name, frame, at, (Way(at),))
            else:
                ends += self._statement(branch, inside, frame, (Way(at),))
        return self._join(node, at, frame, tuple(ends))

    def drawn_parallel_for(self, node: ParallelFor, at: str, group: str, ways: Ways) -> Ways:
        word = shape(node).word(node)
        frame = self._pen.group(at, "race" if node.first else "parallel", word, group)
        most = "" if node.at_most is None else f" at most {node.at_most}"
        title = f"{fan_title(word, node)} for {node.variable} in {expression_text(node.source)}{most}"
        lines = [] if node.up_to is None else [f"up to {at_once_text(node)} at a time"]
        self._pen.node(at, "fork", title, frame, lines, after=ways)
        ends = self._yielding(node.body, f"{at}[]", "block", "", frame, at, (Way(at, "each"),))
        return self._join(node, at, frame, ends)

    def _yielding(self, block: Block, at: str, kind: GroupKind, title: str, group: str, owner: str, ways: Ways) -> Ways:
        door = Door(None)
        self._takers.append(door)
        ends = self._inner(block, at, kind, title, group, owner, ways)
        self._takers.pop()
        return (*ends, *door.out)

    def _join(self, node: Parallel | ParallelFor, at: str, frame: str, ways: Ways) -> Ways:
        if not ways:  # nothing comes to its end
            return ()
        lines = result_lines(node.name)
        if node.first is not None:
            title = "the first" if node.first.count == 1 else f"the first {node.first.count}"
            lines.append("the rest is finished" if node.first.finish_rest else "the rest is undone")
        else:
            title = "all, failed or not" if node.keep_going else "all"
        if node.stop_when is not None:
            lines.append(f"stop when {expression_text(node.stop_when)}")
        return self._pen.node(f"{at}~join", "join", title, frame, lines, after=ways, statements=())

    # -- around a block

    def drawn_around(self, node: BudgetBlock | ExclusiveBlock, at: str, group: str, ways: Ways) -> Ways:
        if isinstance(node, BudgetBlock):
            kind: GroupKind = "budget"
            title, lines = budget_text(node.budget), asked_texts(node.asks)
        else:
            kind = "exclusive"
            title = f"exclusive by {expression_text(node.by)}"
            lines = [f"up to {node.up_to} at a time" if node.up_to > 1 else "one at a time"]
            lines.append(f"waits no longer than {format_duration(node.within)}")
        frame = self._pen.group(at, kind, title, group)
        on = self._pen.node(at, "around", title, frame, lines, after=ways)
        ends = self._inner(node.body, f"{at}/body", "block", "", frame, at, on)
        if isinstance(node, BudgetBlock) and node.on_exhausted is not None:
            used_up = (Way(at, "exhausted", "error"),)
            ends += self._inner(node.on_exhausted, f"{at}/exhausted", "block", "on exhausted", group, at, used_up)
        return ends

    def drawn_try(self, node: Try, at: str, group: str, ways: Ways) -> Ways:
        frame = self._pen.group(at, "try", "try", group)
        on = self._pen.node(at, "around", "try", frame, after=ways)
        ends = self._inner(node.body, f"{at}/body", "block", "", frame, at, on)
        for position, handler in enumerate(node.handlers, 1):
            title = handler_text(handler)
            caught = (Way(at, title, "error"),)
            ends += self._inner(handler.body, f"{at}/on{position}", "block", title, group, at, caught)
        if node.finally_ is not None:
            calls = ["however it ends", *map(call_text, node.finally_.calls)]
            after = ends or (Way(at),)
            onward = self._pen.node(f"{at}~finally", "around", "finally", group, calls, after=after, statements=())
            return onward if ends else ()
        return ends

    # -- waiting

    def drawn_approval(self, node: AwaitApproval, at: str, group: str, ways: Ways) -> Ways:
        lines = [expression_text(node.question)]
        if node.show:
            lines.append(f"show {', '.join(map(expression_text, node.show))}")
        if node.answer is not None:
            lines.append(f"answer {{ {fields_text(node.answer.fields)} }}")
        if node.remind is not None:
            lines.append(f"remind every {format_duration(node.remind)}")
        lines += stage_texts(node.stages)
        lines += [f"opens {opened_text(gate.call)}" for gate in node.gates]
        return self._pen.node(at, "approval", f"await approval {node.name}", group, lines, after=ways)

    def drawn_event(self, node: AwaitEvent, at: str, group: str, ways: Ways) -> Ways:
        on = self._pen.node(at, "event", f"await {event_text(node.expected)}", group, after=ways)
        if node.otherwise is None:
            return on
        late = "timeout" if node.timeout is None else f"timeout {length_text(node.timeout, node.chosen_timeout)}"
        silent = (Way(at, late, "error"),)
        return (*on, *self._inner(node.otherwise, f"{at}/else", "block", late, group, at, silent))

    def drawn_first(self, node: AwaitFirst, at: str, group: str, ways: Ways) -> Ways:
        """What it races for is drawn between it and the way on that it opens."""
        raced: dict[str, Ways] = {}
        named = [at]
        self._pen.node(at, "fork", "await first", group, after=ways, statements=named)
        if node.race is not None:
            frame = self._pen.group(f"{at}/race", "race", "race", group, at)
            for position, branch in enumerate(node.race.branches):
                name = label(branch, position)
                inside = f"{at}/race/{name}"
                if isinstance(branch, Branch):
                    raced[name] = self._inner(branch.body, inside, "branch", name, frame, at, (Way(at),))
                else:
                    raced[name] = self._statement(branch, inside, frame, (Way(at),))
        ends: list[Way] = []
        for way, (segment, block) in zip(node.branches, shape(node).blocks(node), strict=True):
            title = way_text(way)
            before = labelled(raced.get(way.branch or "", (Way(at),)), title)
            ends += self._inner(block, at + segment, "block", title, group, at, before)
        return tuple(ends)

    def drawn_plain(
        self, node: Sleep | Respond | Commit | CompensateStatement, at: str, group: str, ways: Ways
    ) -> Ways:
        if isinstance(node, Sleep):
            until = "" if node.until is None else f"until {expression_text(node.until)}"
            said = until or length_text(node.milliseconds or 0, node.chosen)
            return self._pen.node(at, "wait", f"sleep {said}", group, after=ways)
        if isinstance(node, Respond):
            lines = [expression_text(node.value)]
            return self._pen.node(at, "respond", f"respond {node.name}", group, lines, after=ways)
        if isinstance(node, Commit):
            return self._pen.node(at, "commit", "commit", group, ["nothing before is undone any more"], after=ways)
        return self._pen.node(at, "undo", "compensate", group, map(call_text, node.calls), after=ways)

    # -- leaving

    def drawn_end(self, node: Fail | Return, at: str, group: str, ways: Ways) -> Ways:
        if isinstance(node, Fail):
            self._pen.node(at, "fail", f"fail {expression_text(node.value)}", group, after=ways)
        else:
            said = "return" if node.value is None else f"return {expression_text(node.value)}"
            self._pen.node(at, "return", said, group, after=ways)
        return ()

    def drawn_yield(self, node: Yield, at: str, group: str, ways: Ways) -> Ways:
        on = self._pen.node(at, "yield", f"yield {expression_text(node.value)}", group, after=ways)
        if self._takers:
            self._takers[-1].out += on
        return ()

    def drawn_until(self, node: Until, at: str, group: str, ways: Ways) -> Ways:
        self._pen.node(at, "until", f"until {expression_text(node.condition)}", group, after=ways)
        if self._loops:
            self._loops[-1].out.append(Way(at, "yes"))
        return (Way(at, "no"),)

    def drawn_leave(self, node: Break | Continue, at: str, group: str, ways: Ways) -> Ways:
        word = "break" if isinstance(node, Break) else "continue"
        on = self._pen.node(at, "leave", f"{word} {node.loop}" if node.loop else word, group, after=ways)
        meant = (each for each in reversed(self._loops) if node.loop is None or each.name == node.loop)
        door = next(meant, None)
        if door is not None and isinstance(node, Break):
            door.out += on
        elif door is not None and door.head is not None:
            self._pen.lead(on, door.head, "again")
        return ()

    def drawn_value(self, node: Values, at: str, group: str, ways: Ways) -> Ways:
        return self._values([(at, node)], group, ways)


DRAWN: dict[type, Callable[[Statements, Any, str, str, Ways], Ways]] = {
    Step: Statements.drawn_step,
    Let: Statements.drawn_value,
    Var: Statements.drawn_value,
    Set: Statements.drawn_value,
    If: Statements.drawn_choice,
    Match: Statements.drawn_choice,
    For: Statements.drawn_rounds,
    Loop: Statements.drawn_rounds,
    Parallel: Statements.drawn_parallel,
    ParallelFor: Statements.drawn_parallel_for,
    BudgetBlock: Statements.drawn_around,
    ExclusiveBlock: Statements.drawn_around,
    Try: Statements.drawn_try,
    AwaitApproval: Statements.drawn_approval,
    AwaitEvent: Statements.drawn_event,
    AwaitFirst: Statements.drawn_first,
    Sleep: Statements.drawn_plain,
    Respond: Statements.drawn_plain,
    Commit: Statements.drawn_plain,
    CompensateStatement: Statements.drawn_plain,
    Fail: Statements.drawn_end,
    Return: Statements.drawn_end,
    Yield: Statements.drawn_yield,
    Until: Statements.drawn_until,
    Break: Statements.drawn_leave,
    Continue: Statements.drawn_leave,
}
