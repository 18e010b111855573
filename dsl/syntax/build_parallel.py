"""What runs side by side."""

from typing import NamedTuple

from dsl.ast.expressions import Expression, Name
from dsl.ast.joining import First
from dsl.ast.statements import AwaitApproval, AwaitEvent, Block, Branch, Parallel, ParallelFor, Statement, Step, Yield
from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.build_types import Bound, rounds
from dsl.syntax.site import Rules, Site
from dsl.syntax.token import Token


def branches(_site: Site, *statements: Statement | Branch) -> tuple[Statement | Branch, ...]:
    return statements


def parallel(
    site: Site,
    name: Token | None,
    keep_going: Span | None,
    stop_when: Expression | None,
    body: tuple[Statement | Branch, ...],
) -> Parallel:
    _named(site, name, stop_when)
    kept = _branches(site, "parallel", body, named=name is not None)
    return Parallel(_text(name), keep_going is not None, kept, None, stop_when, span=site.span)


def race(
    site: Site, first: First | None, name: Token | None, finish_rest: Span | None, body: tuple[Statement | Branch, ...]
) -> Parallel:
    kept = _branches(site, "race", body, named=name is not None)
    first = _first(site, first, finish_rest)
    if first.count > len(kept):
        message = f"the first {first.count} are waited for, and so many branches run here: {len(kept)}"
        advice = "write a number that they can come to, or more branches"
        site.problem(message, site.span, code="SF306", advice=advice)
    return Parallel(_text(name), False, kept, first, span=site.span)


def _branches(
    site: Site, word: str, body: tuple[Statement | Branch, ...], *, named: bool
) -> tuple[Step | AwaitApproval | Branch, ...]:
    kept: list[Step | AwaitApproval | Branch] = []
    for each in body:
        if isinstance(each, Step | AwaitApproval | Branch):
            kept.append(each)
            continue
        if isinstance(each, AwaitEvent):
            kept.append(_awaited(each, named=named))
            continue
        site.problem(
            f"only a step, an approval, an event or a `branch` can stand directly inside `{word}`",
            each.span,
            code="SF604",
            advice="put it into `branch NAME { … }`",
        )
    return tuple(kept)


def _awaited(node: AwaitEvent, *, named: bool) -> Branch:
    """`await event word …` by itself is short for `branch word { await event word … }`, with `yield word` at its end
    where the whole has a name, and so each branch a value."""
    name = node.expected.name
    value = (Yield(Name(name, span=node.expected.span), span=node.expected.span),) if named else ()
    return Branch(name, Block((node, *value), span=node.span), span=node.span)


def branch(site: Site, name: Token, body: Block) -> Branch:
    return Branch(name.text, body, span=site.span)


class AtOnce(NamedTuple):
    """How many run at once, and the most that that can be."""

    up_to: Expression
    at_most: int | None


def at_once(site: Site, up_to: Expression, limit: Bound | None) -> AtOnce:
    return AtOnce(up_to, rounds(site, limit))


def parallel_for(
    site: Site,
    variable: Token,
    source: Expression,
    limit: Bound | None,
    at_once: AtOnce | None,
    name: Token | None,
    keep_going: Span | None,
    stop_when: Expression | None,
    body: Block,
) -> ParallelFor:
    _named(site, name, stop_when)
    return ParallelFor(
        variable.text,
        source,
        rounds(site, limit),
        None if at_once is None else at_once.up_to,
        _text(name),
        keep_going is not None,
        body,
        stop_when=stop_when,
        up_to_at_most=None if at_once is None else at_once.at_most,
        span=site.span,
    )


def race_for(
    site: Site,
    variable: Token,
    source: Expression,
    limit: Bound | None,
    at_once: AtOnce | None,
    name: Token | None,
    first: First | None,
    finish_rest: Span | None,
    body: Block,
) -> ParallelFor:
    return ParallelFor(
        variable.text,
        source,
        rounds(site, limit),
        None if at_once is None else at_once.up_to,
        _text(name),
        False,
        body,
        first=_first(site, first, finish_rest),
        up_to_at_most=None if at_once is None else at_once.at_most,
        span=site.span,
    )


def keep_going(site: Site) -> Span:
    """Where it stands."""
    return site.span


def stop_when(_site: Site, condition: Expression) -> Expression:
    return condition


def finish_rest(site: Site) -> Span:
    """Where it stands."""
    return site.span


def first(site: Site, count: Token) -> First:
    if int(count.text) < 1:
        site.problem("nobody wins a `race` for the first 0", count.span, code="SF306", advice="write a number from 1")
    return First(int(count.text), several=True, span=site.span)


def _first(site: Site, written: First | None, finish_rest: Span | None) -> First:
    return replace(written or First(span=site.span), finish_rest=finish_rest is not None)


def _named(site: Site, name: Token | None, stop_when: Expression | None) -> None:
    """What has come in so far is known to its condition by that name."""
    if stop_when is not None and name is None:
        message = "`stop when` looks at what has come in so far, and that has no name here"
        advice = "name it, before `stop when`: `as results`"
        site.problem(message, stop_when.span, code="SF604", advice=advice)


def _text(name: Token | None) -> str | None:
    return None if name is None else name.text


RULES: Rules = {
    "branches": branches,
    "parallel": parallel,
    "branch": branch,
    "parallel_for": parallel_for,
    "at_once": at_once,
    "keep_going": keep_going,
    "stop_when": stop_when,
    "race": race,
    "race_for": race_for,
    "first": first,
    "finish_rest": finish_rest,
}
