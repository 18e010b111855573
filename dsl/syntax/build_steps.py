"""Blocks, steps and calls."""

from typing import Any

from dsl.ast.expressions import Argument, Expression
from dsl.ast.statements import Block, Branch, Call, Return, Statement, Step
from dsl.syntax.site import Option, Rules, Site, option_values
from dsl.syntax.templates import plain
from dsl.syntax.token import Token


def block(site: Site, *statements: Statement | Branch | None) -> Block:
    for each in statements:
        if isinstance(each, Branch):
            site.problem(
                "a `branch` can only stand directly inside `parallel` or `race`",
                each.span,
                code="SF604",
                advice="put `parallel { … }` around the branches",
            )
    kept = tuple(each for each in statements if each is not None and not isinstance(each, Branch))
    return Block(kept, span=site.span)


def bare_return(site: Site) -> Return:
    return Return(None, span=site.span)


def step(site: Site, name: Token | None, call: Call, options: dict[str, Any] | None) -> Step:
    return Step(name.text if name else _unnamed(site, call), call, name is not None, **options or {}, span=site.span)


def _unnamed(site: Site, call: Call) -> str:
    site.findings.unnamed[call.target] += 1
    position = site.findings.unnamed[call.target]
    return call.target if position == 1 else f"{call.target}#{position}"


def call(site: Site, target: str, *arguments: Argument) -> Call:
    return Call(target, arguments, span=site.span)


def calls_of(site: Site, body: Block, what: str) -> tuple[Call, ...]:
    """The calls of a block that nobody waits for: bare steps, whose results nothing can read."""
    calls: list[Call] = []
    for each in body.statements:
        if not isinstance(each, Step):
            advice = "what depends on something is decided before it: by `if` around, or by what the tools are given"
            site.problem(f"a block of `{what}` holds steps and nothing else", each.span, code="SF604", advice=advice)
            continue
        site.findings.unnamed[each.call.target] -= not each.named
        if each.named:
            advice = f"write `step {each.call.target}(…)`"
            message = f"nothing can read the result of a step in a block of `{what}`"
            site.problem(message, each.span, code="SF604", advice=advice)
        elif each != Step(each.name, each.call, named=False):
            advice = "say it where the tool is declared"
            site.problem(f"a step in a block of `{what}` has no options", each.span, code="SF604", advice=advice)
        calls.append(each.call)
    if not body.statements:
        advice = "leave it out, or write what is called: `step TOOL(…)`"
        site.problem(f"this block of `{what}` does nothing", code="SF604", advice=advice)
    return tuple(calls)


def step_body(site: Site, *options: Option) -> dict[str, Any]:
    values = option_values(site, options)
    timeout = values.get("timeout")
    return values if timeout is None else {**values, "timeout": timeout.value, "chosen_timeout": timeout.chosen}


def detached(site: Site) -> Option:
    return Option("detached", True, site.span)


def go_on(site: Site, conversation: Expression) -> Option:
    return Option("continues", conversation, site.span, "continue")


def without_approval(site: Site, reason: Token) -> Option:
    return Option("without_approval", plain(site, reason), site.span)


RULES: Rules = {
    "block": block,
    "bare_return": bare_return,
    "step": step,
    "call": call,
    "step_body": step_body,
    "detached": detached,
    "go_on": go_on,
    "without_approval": without_approval,
}
