"""Statements, except those about steps, budgets, approvals and what runs side by side."""

from decimal import Decimal

from dsl.ast.expressions import Expression, Literal
from dsl.ast.statements import (
    Arm,
    Block,
    Break,
    Budget,
    Case,
    Commit,
    CompensateStatement,
    Continue,
    Fail,
    Finally,
    For,
    Handler,
    If,
    Let,
    Loop,
    Match,
    Return,
    Set,
    Sleep,
    Try,
    Until,
    Var,
    Yield,
)
from dsl.ast.types import Type
from dsl.source import Span
from dsl.syntax.amounts import SECOND, Length, lasting
from dsl.syntax.build_budgets import NOTHING, Exhausted
from dsl.syntax.build_steps import calls_of
from dsl.syntax.build_types import Bound, rounds
from dsl.syntax.site import Rules, Site, only
from dsl.syntax.token import Token


def let(site: Site, name: Token, type_: Type | None, value: Expression) -> Let:
    return Let(name.text, value, type_, span=site.span)


def var(site: Site, name: Token, type_: Type | None, value: Expression | None) -> Var:
    return Var(name.text, type_, value, span=site.span)


def set_(site: Site, name: Token, value: Expression) -> Set:
    return Set(name.text, value, span=site.span)


def if_(site: Site, condition: Expression, name: Token | None, then: Block, *rest: Arm | Block | None) -> If:
    *others, last = rest
    arms = (Arm(condition, then, span=site.span), *only(Arm, others))
    return If(arms, last if isinstance(last, Block) else None, name.text if name else None, span=site.span)


def arm(site: Site, condition: Expression, body: Block) -> Arm:
    return Arm(condition, body, span=site.span)


def match(site: Site, subject: Expression, name: Token | None, *parts: Case | Block) -> Match:
    """`else` takes what is left, so it stands last."""
    otherwise = next((part for part in parts if isinstance(part, Block)), None)
    if otherwise is not None and otherwise is not parts[-1]:
        behind = parts[parts.index(otherwise) + 1]
        advice = "put it last" if isinstance(behind, Case) else "keep one of them"
        site.problem("`else` takes all that is left, so nothing can follow it", behind.span, advice=advice)
    return Match(subject, only(Case, parts), otherwise, name.text if name else None, span=site.span)


def case(site: Site, *parts: Literal | Block) -> Case:
    *_, body = parts
    assert isinstance(body, Block)
    return Case(only(Literal, parts), body, span=site.span)


def else_case(_site: Site, body: Block) -> Block:
    return body


def pattern(site: Site, value: Literal) -> Literal:
    if isinstance(value.value, Decimal):
        advice = "compare it with `if`: a case is one exact value"
        site.problem("a fraction is no case", value.span, advice=advice)
    return value


def negative_pattern(site: Site, _sign: Token, number: Token) -> Literal:
    return Literal(-int(number.text), span=site.span)


_LEFT = frozenset({"_", "default", "otherwise", "any"})


def name_pattern(site: Site, name: Token) -> Literal:
    if name.text in _LEFT:
        site.problem("what is left is `else` here", code="SF008", advice="write `else => { … }`", replacement="else")
        return Literal(name.text, span=site.span)
    written = f'"{name.text}"'
    site.problem(f"a case is a value, and `{name.text}` is a name", advice=f"write {written}", replacement=written)
    return Literal(name.text, span=site.span)


def for_(site: Site, first: Token, second: Token | None, source: Expression, limit: Bound | None, body: Block) -> For:
    variable, index = (second.text, first.text) if second else (first.text, None)
    return For(variable, index, source, rounds(site, limit), body, span=site.span)


def loop(
    site: Site,
    name: Token | None,
    budget: Budget | None,
    every: Length | None,
    keep_going: Span | None,
    body: Block,
    exhausted: Exhausted | None,
) -> Loop:
    follows, named = exhausted or NOTHING, name.text if name else None
    return Loop(
        named,
        budget,
        body,
        follows.block,
        None if every is None else every.value,
        keep_going is not None,
        follows.asks,
        None if every is None else every.chosen,
        span=site.span,
    )


def every(site: Site, interval: Length) -> Length:
    advice = "write how long it is from one round to the next: `every 1s` or more"
    return interval._replace(value=lasting(site, interval, "an interval", advice, SECOND))


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


def sleep(site: Site, length: Length) -> Sleep:
    return Sleep(length.value or 0, None, length.chosen, span=site.span)


def sleep_until(site: Site, moment: Expression) -> Sleep:
    return Sleep(None, moment, span=site.span)


def try_(site: Site, body: Block, *rest: Handler | Finally | None) -> Try:
    *handlers, last = rest
    return Try(body, only(Handler, handlers), finally_=last if isinstance(last, Finally) else None, span=site.span)


def kinds(site: Site, *names: Token) -> tuple[Token, ...]:
    return names


def handler(
    site: Site,
    kinds: tuple[Token, ...] | None,
    name: Token | None,
    condition: Expression | None,
    body: Block,
) -> Handler:
    """Kinds begin with a capital. One word that does not is a name for the error: `on error e if …`."""
    words = tuple(each.text for each in kinds or ())
    if name is None and len(words) == 1 and not words[0][:1].isupper():
        return Handler(words[0], condition, body, span=site.span)
    return Handler(name.text if name else None, condition, body, words, span=site.span)


def finally_(site: Site, body: Block) -> Finally:
    return Finally(calls_of(site, body, "finally"), span=site.span)


def fail(site: Site, value: Expression) -> Fail:
    return Fail(value, span=site.span)


def commit(site: Site) -> Commit:
    return Commit(span=site.span)


def compensate_statement(site: Site, body: Block) -> CompensateStatement:
    return CompensateStatement(calls_of(site, body, "compensate"), span=site.span)


RULES: Rules = {
    "let": let,
    "var": var,
    "set": set_,
    "if": if_,
    "arm": arm,
    "for": for_,
    "loop": loop,
    "every": every,
    "until": until,
    "break": break_,
    "continue": continue_,
    "yield": yield_,
    "return": return_,
    "sleep": sleep,
    "sleep_until": sleep_until,
    "try": try_,
    "handler": handler,
    "kinds": kinds,
    "finally": finally_,
    "fail": fail,
    "match": match,
    "case": case,
    "else_case": else_case,
    "pattern": pattern,
    "negative_pattern": negative_pattern,
    "name_pattern": name_pattern,
    "commit": commit,
    "compensate_statement": compensate_statement,
}
