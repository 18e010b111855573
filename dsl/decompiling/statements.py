"""Statements as text, one function for each kind."""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Literal
from dsl.ast.joining import First
from dsl.ast.people import Stage
from dsl.decompiling.calls import (
    asks,
    body,
    budget,
    call,
    compensate,
    exclusive,
    lasting,
    length,
    retry,
    stages,
    steps,
)
from dsl.decompiling.expressions import OR, Unwritable, expression, text
from dsl.decompiling.texts import braced, quoted
from dsl.decompiling.types import classes, type_of
from dsl.decompiling.writing import Writing


def block(node: ast.Block, writing: Writing) -> str:
    return braced([statement(each, writing) for each in node.statements])


def statement(node: ast.Statement | ast.Branch, writing: Writing) -> str:
    if isinstance(node, ast.Branch):
        return f"branch {node.name} {block(node.body, writing)}"
    return _WRITERS[type(node)](node, writing)


def _step(node: ast.Step, writing: Writing) -> str:
    options = lasting("timeout", node.timeout, node.chosen_timeout, writing)
    options += [*retry(node.retry, writing), *lasting("patience", node.patience)]
    options += compensate(node.compensate, writing)
    options += ["detached"] if node.detached else []
    options += [] if node.without_approval is None else [f"without approval {quoted(node.without_approval)}"]
    options += [] if node.continues is None else [f"continue {expression(node.continues, writing)}"]
    return f"step {_named(node)}{call(node.call, writing)}{body(options)}"


def _named(node: ast.Step) -> str:
    return f"{node.name} = " if node.named else ""


def _let(node: ast.Let, writing: Writing) -> str:
    type_ = "" if node.type is None else f": {type_of(node.type, writing)}"
    return f"let {node.name}{type_} = {expression(node.value, writing)}"


def _var(node: ast.Var, writing: Writing) -> str:
    type_ = "" if node.type is None else f": {type_of(node.type, writing)}"
    value = "" if node.value is None else f" = {expression(node.value, writing)}"
    return f"var {node.name}{type_}{value}"


def _set(node: ast.Set, writing: Writing) -> str:
    return f"set {node.name} = {expression(node.value, writing)}"


def _if(node: ast.If, writing: Writing) -> str:
    arms = [f"if {expression(each.condition, writing)}" for each in node.arms]
    arms[0] += _as(node.name)
    written = [f"{arm} {block(each.body, writing)}" for arm, each in zip(arms, node.arms, strict=True)]
    return " else ".join([*written, *([] if node.otherwise is None else [block(node.otherwise, writing)])])


def _match(node: ast.Match, writing: Writing) -> str:
    cases = [
        f"{', '.join(_pattern(value, writing) for value in case.values)} => {block(case.body, writing)}"
        for case in node.cases
    ]
    cases += [] if node.otherwise is None else [f"else => {block(node.otherwise, writing)}"]
    return f"match {expression(node.subject, writing)}{_as(node.name)} {braced(cases)}"


def _pattern(value: Literal, writing: Writing) -> str:
    return expression(value, writing, nested=True)


def _as(name: str | None) -> str:
    return "" if name is None else f" as {name}"


def _at_most(most: int | None) -> str:
    return "" if most is None else f" at most {most}"


def _for(node: ast.For, writing: Writing) -> str:
    index = "" if node.index is None else f"{node.index}, "
    over = f"{index}{node.variable} in {expression(node.source, writing)}{_at_most(node.at_most)}"
    return f"for {over} {block(node.body, writing)}"


def _parallel(node: ast.Parallel, writing: Writing) -> str:
    if node.first is None:
        head = f"parallel{_as(node.name)}{_gathering(node.keep_going, node.stop_when, writing)}"
    else:
        head = f"race{_first(node.first)}{_as(node.name)}{_rest(node.first)}"
    return f"{head} {braced([statement(each, writing) for each in node.branches])}"


def _parallel_for(node: ast.ParallelFor, writing: Writing) -> str:
    up_to = "" if node.up_to is None else f" up to {expression(node.up_to, writing, OR)}{_at_most(node.up_to_at_most)}"
    over = f"for {node.variable} in {expression(node.source, writing)}{_at_most(node.at_most)}{up_to}{_as(node.name)}"
    if node.first is None:
        head = f"parallel {over}{_gathering(node.keep_going, node.stop_when, writing)}"
    else:
        head = f"race {over}{_first(node.first)}{_rest(node.first)}"
    return f"{head} {block(node.body, writing)}"


def _gathering(keep_going: bool, stop_when: Any, writing: Writing) -> str:
    going = " keep going" if keep_going else ""
    return going if stop_when is None else f"{going} stop when {expression(stop_when, writing)}"


def _first(first: First) -> str:
    return f" first {first.count}" if first.several else ""


def _rest(first: First) -> str:
    return " finish rest" if first.finish_rest else ""


def _loop(node: ast.Loop, writing: Writing) -> str:
    words = ["loop", *([] if node.name is None else [node.name])]
    words += [] if node.budget is None else [budget(node.budget, writing)]
    words += lasting("every", node.every, node.chosen_every, writing)
    words += ["keep going"] if node.keep_going else []
    return f"{' '.join(words)} {block(node.body, writing)}{_exhausted(node.asks, node.on_exhausted, writing)}"


def _budget_block(node: ast.BudgetBlock, writing: Writing) -> str:
    return (
        f"{budget(node.budget, writing)} {block(node.body, writing)}{_exhausted(node.asks, node.on_exhausted, writing)}"
    )


def _exhausted(asked: tuple[Stage, ...], then: ast.Block | None, writing: Writing) -> str:
    words = asks(asked, writing) or ([] if then is None else ["on exhausted"])
    return "".join(f" {each}" for each in [*words, *([] if then is None else [block(then, writing)])])


def _exclusive(node: ast.ExclusiveBlock, writing: Writing) -> str:
    return f"{exclusive(node.by, node.up_to, node.within, writing)} {block(node.body, writing)}"


def _await_approval(node: ast.AwaitApproval, writing: Writing) -> str:
    return f"await {_approval(node, writing)}"


def _approval(node: ast.AwaitApproval, writing: Writing) -> str:
    options = [f"show {', '.join(expression(each, writing) for each in node.show)}"] if node.show else []
    options += [] if node.answer is None else [f"answer {type_of(node.answer, writing)}"]
    options += lasting("remind every", node.remind)
    options += classes("sees", node.sees) + stages(node.stages, writing)
    return f"approval {node.name} {text(node.question, writing)} {braced(options)}"


def _await_event(node: ast.AwaitEvent, writing: Writing) -> str:
    late = ""
    if node.timeout is not None and node.otherwise is not None:
        timeout = length(node.timeout, node.chosen_timeout, writing)
        late = f" timeout {timeout} else {block(node.otherwise, writing)}"
    return f"await {expected(node.expected, writing)}{late}"


def expected(node: ExpectedEvent, writing: Writing) -> str:
    called = "" if node.name == node.event else f" as {node.name}"
    words = [f"event {node.event}{called}: {type_of(node.type, writing, last=False)}"]
    words += [] if node.key is None else [f"from {expression(node.key, writing)}"]
    words += [] if node.where is None else [f"where {expression(node.where, writing)}"]
    words += [] if node.reply is None else [f"reply {type_of(node.reply, writing, last=False)}"]
    words += [] if node.waiting is None else [f"at most {node.waiting} waiting"]
    return " ".join(words)


def _await_first(node: ast.AwaitFirst, writing: Writing) -> str:
    running = iter(() if node.race is None else node.race.branches)
    ways = []
    for way in node.branches:
        then = block(way.body, writing)
        if way.expected is not None:
            ways.append(f"{expected(way.expected, writing)} {then}")
        elif way.after is not None:
            ways.append(f"after {length(way.after, way.chosen_after, writing)} {then}")
        elif way.until is not None:
            ways.append(f"after until {expression(way.until, writing)} {then}")
        else:
            ways.append(f"{_running(next(running, None), writing)} {then}")
    return f"await first {braced(ways)}"


def _running(node: Any, writing: Writing) -> str:
    if isinstance(node, ast.AwaitApproval):
        return _approval(node, writing)
    if not isinstance(node, ast.Step):
        raise Unwritable("an approval or a step is awaited")
    return f"step {_named(node)}{call(node.call, writing)}"


def _respond(node: ast.Respond, writing: Writing) -> str:
    return f"respond {node.name} {expression(node.value, writing)}"


def _sleep(node: ast.Sleep, writing: Writing) -> str:
    if node.until is not None:
        return f"sleep until {expression(node.until, writing)}"
    return f"sleep {length(node.milliseconds or 0, node.chosen, writing)}"


def _try(node: ast.Try, writing: Writing) -> str:
    parts = [f"try {block(node.body, writing)}", *(_handler(each, writing) for each in node.handlers)]
    parts += [] if node.finally_ is None else [f"finally {steps(node.finally_.calls, writing)}"]
    return " ".join(parts)


def _handler(node: ast.Handler, writing: Writing) -> str:
    words = ["on error", *([", ".join(node.kinds)] if node.kinds else [])]
    words += [] if node.name is None else [f"as {node.name}" if node.kinds else node.name]
    words += [] if node.condition is None else [f"if {expression(node.condition, writing)}"]
    return f"{' '.join(words)} {block(node.body, writing)}"


def _compensate(node: ast.CompensateStatement, writing: Writing) -> str:
    return f"compensate {steps(node.calls, writing)}"


def _return(node: ast.Return, writing: Writing) -> str:
    return "return" if node.value is None else f"return {expression(node.value, writing)}"


def _until(node: ast.Until, writing: Writing) -> str:
    return f"until {expression(node.condition, writing)}"


def _valued(word: str) -> Callable[[Any, Writing], str]:
    return lambda node, writing: f"{word} {expression(node.value, writing)}"


def _leaving(word: str) -> Callable[[Any, Writing], str]:
    return lambda node, writing: word if node.loop is None else f"{word} {node.loop}"


_WRITERS: Mapping[type[ast.Statement], Callable[[Any, Writing], str]] = {
    ast.Step: _step,
    ast.Let: _let,
    ast.Var: _var,
    ast.Set: _set,
    ast.AwaitApproval: _await_approval,
    ast.AwaitEvent: _await_event,
    ast.AwaitFirst: _await_first,
    ast.Respond: _respond,
    ast.Sleep: _sleep,
    ast.If: _if,
    ast.Match: _match,
    ast.For: _for,
    ast.Parallel: _parallel,
    ast.ParallelFor: _parallel_for,
    ast.Loop: _loop,
    ast.BudgetBlock: _budget_block,
    ast.ExclusiveBlock: _exclusive,
    ast.Try: _try,
    ast.Fail: _valued("fail"),
    ast.Return: _return,
    ast.Yield: _valued("yield"),
    ast.Until: _until,
    ast.Break: _leaving("break"),
    ast.Continue: _leaving("continue"),
    ast.Commit: lambda node, writing: "commit",
    ast.CompensateStatement: _compensate,
}
