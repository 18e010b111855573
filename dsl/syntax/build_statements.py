"""Statements, except those about budgets and approvals."""

from typing import Any

from dsl.ast.expressions import Argument, Expression
from dsl.ast.statements import (
    AwaitApproval,
    Block,
    Branch,
    Break,
    Budget,
    Call,
    Continue,
    Fail,
    For,
    Handler,
    If,
    Let,
    Loop,
    NotYet,
    Parallel,
    ParallelFor,
    Return,
    Set,
    Sleep,
    Statement,
    Step,
    Try,
    Until,
    Var,
    Yield,
)
from dsl.ast.types import Type
from dsl.source import Span
from dsl.syntax.build_declarations import option_values
from dsl.syntax.build_types import Bound, whole
from dsl.syntax.site import Option, Rules, Site
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


def branches(_site: Site, *statements: Statement | Branch) -> tuple[Statement | Branch, ...]:
    return statements


def bare_return(site: Site) -> Return:
    return Return(None, span=site.span)


# Calls


def step(site: Site, name: Token | None, call: Call, options: dict[str, Any] | None) -> Step:
    return Step(name.text if name else _unnamed(site, call), call, name is not None, **options or {}, span=site.span)


def _unnamed(site: Site, call: Call) -> str:
    site.findings.unnamed[call.target] += 1
    position = site.findings.unnamed[call.target]
    return call.target if position == 1 else f"{call.target}#{position}"


def call(site: Site, target: str, *arguments: Argument) -> Call:
    return Call(target, arguments, span=site.span)


def step_body(site: Site, *options: Option | NotYet) -> dict[str, Any]:
    return option_values(site, options)


def detached(site: Site) -> NotYet:
    return site.not_yet("detached")


def without_approval(site: Site, reason: Token) -> Option:
    return Option("without_approval", plain(site, reason), site.span)


# Names and values


def let(site: Site, name: Token, value: Expression) -> Let:
    return Let(name.text, value, span=site.span)


def var(site: Site, name: Token, type_: Type | None, value: Expression | None) -> Var:
    return Var(name.text, type_, value, span=site.span)


def set_(site: Site, name: Token, value: Expression) -> Set:
    return Set(name.text, value, span=site.span)


# Choices and rounds


def if_(site: Site, condition: Expression, then: Block, otherwise: Block | None) -> If:
    return If(condition, then, otherwise, span=site.span)


def otherwise(site: Site, body: Block | If) -> Block:
    return body if isinstance(body, Block) else Block((body,), span=body.span)


def for_(site: Site, first: Token, second: Token | None, source: Expression, limit: Bound | None, body: Block) -> For:
    variable, index = (second.text, first.text) if second else (first.text, None)
    return For(variable, index, source, whole(site, limit), body, span=site.span)


def loop(
    site: Site,
    name: Token | None,
    budget: Budget | None,
    every: NotYet | None,
    keep_going: Span | None,
    body: Block,
    exhausted: Block | None,
) -> Loop:
    not_yet = [every] if every else []
    not_yet += [NotYet("keep going on a loop", span=keep_going)] if keep_going else []
    return Loop(name.text if name else None, budget, body, exhausted, tuple(not_yet), span=site.span)


def every(site: Site, _interval: int) -> NotYet:
    return site.not_yet("every")


def until(site: Site, condition: Expression) -> Until:
    return Until(condition, span=site.span)


def break_(site: Site, loop: Token | None) -> Break:
    return Break(loop.text if loop else None, span=site.span)


def continue_(site: Site, loop: Token | None) -> Continue:
    return Continue(loop.text if loop else None, span=site.span)


def yield_(site: Site, value: Expression) -> Yield:
    return Yield(value, span=site.span)


def return_(site: Site, value: Expression) -> Return:
    return Return(value, span=site.span)


# Side by side


def parallel(site: Site, name: Token | None, keep_going: Span | None, body: tuple[Statement | Branch, ...]) -> Parallel:
    kept = []
    for each in body:
        if isinstance(each, Step | AwaitApproval | Branch | NotYet):
            kept.append(each)
            continue
        site.problem(
            "only a step, an approval or a `branch` can stand directly inside `parallel`",
            each.span,
            code="SF604",
            advice="put it into `branch NAME { … }`",
        )
    return Parallel(name.text if name else None, keep_going is not None, tuple(kept), span=site.span)


def branch(site: Site, name: Token, body: Block) -> Branch:
    return Branch(name.text, body, span=site.span)


def parallel_for(
    site: Site,
    variable: Token,
    source: Expression,
    limit: Bound | None,
    up_to: Expression | None,
    name: Token | None,
    keep_going: Span | None,
    stop_when: NotYet | None,
    body: Block,
) -> ParallelFor:
    return ParallelFor(
        variable.text,
        source,
        whole(site, limit),
        up_to,
        name.text if name else None,
        keep_going is not None,
        body,
        (stop_when,) if stop_when else (),
        span=site.span,
    )


def keep_going(site: Site) -> Span:
    """Where it stands: on a loop it does not run yet."""
    return site.span


def stop_when(site: Site, _condition: Expression) -> NotYet:
    return site.not_yet("stop when")


def race(site: Site, _first: Token | None, name: Token | None, _rest: bool | None, _body: object) -> NotYet:
    return site.not_yet("race", [name.text] if name else [])


def race_for(
    site: Site,
    _variable: Token,
    _source: Expression,
    _limit: Bound | None,
    _up_to: Expression | None,
    name: Token | None,
    *_rest: object,
) -> NotYet:
    return site.not_yet("race for", [name.text] if name else [])


def finish_rest(_site: Site) -> bool:
    return True


# Waiting, failing


def sleep(site: Site, milliseconds: int) -> Sleep:
    return Sleep(milliseconds, None, span=site.span)


def sleep_until(site: Site, moment: Expression) -> Sleep:
    return Sleep(None, moment, span=site.span)


def try_(site: Site, body: Block, *rest: Handler | NotYet | None) -> Try:
    *handlers, last = rest
    not_yet = (last,) if isinstance(last, NotYet) else ()
    return Try(body, tuple(each for each in handlers if isinstance(each, Handler)), not_yet, span=site.span)


def handler(site: Site, name: Token | None, condition: Expression | None, body: Block) -> Handler:
    return Handler(name.text if name else None, condition, body, span=site.span)


def finally_(site: Site, _body: Block) -> NotYet:
    return site.not_yet("finally")


def fail(site: Site, value: Expression) -> Fail:
    return Fail(value, span=site.span)


# Read, not yet run


def match(site: Site, _subject: Expression, *_cases: object) -> NotYet:
    return site.not_yet("match")


def case(_site: Site, *parts: object) -> tuple[object, ...]:
    return parts


def pattern(_site: Site, token: Token) -> Token:
    return token


def commit(site: Site) -> NotYet:
    return site.not_yet("commit")


def compensate_statement(site: Site, _body: Block) -> NotYet:
    return site.not_yet("compensate block")


RULES: Rules = {
    "block": block,
    "branches": branches,
    "bare_return": bare_return,
    "step": step,
    "call": call,
    "step_body": step_body,
    "detached": detached,
    "without_approval": without_approval,
    "let": let,
    "var": var,
    "set": set_,
    "if": if_,
    "otherwise": otherwise,
    "for": for_,
    "loop": loop,
    "every": every,
    "until": until,
    "break": break_,
    "continue": continue_,
    "yield": yield_,
    "return": return_,
    "parallel": parallel,
    "branch": branch,
    "parallel_for": parallel_for,
    "keep_going": keep_going,
    "stop_when": stop_when,
    "race": race,
    "race_for": race_for,
    "finish_rest": finish_rest,
    "sleep": sleep,
    "sleep_until": sleep_until,
    "try": try_,
    "handler": handler,
    "finally": finally_,
    "fail": fail,
    "match": match,
    "case": case,
    "pattern": pattern,
    "commit": commit,
    "compensate_statement": compensate_statement,
}
