"""What runs side by side."""

from dsl.ast.expressions import Expression
from dsl.ast.statements import AwaitApproval, Block, Branch, NotYet, Parallel, ParallelFor, Statement, Step
from dsl.source import Span
from dsl.syntax.build_types import Bound, rounds
from dsl.syntax.site import Rules, Site
from dsl.syntax.token import Token


def branches(_site: Site, *statements: Statement | Branch) -> tuple[Statement | Branch, ...]:
    return statements


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
        rounds(site, limit),
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


RULES: Rules = {
    "branches": branches,
    "parallel": parallel,
    "branch": branch,
    "parallel_for": parallel_for,
    "keep_going": keep_going,
    "stop_when": stop_when,
    "race": race,
    "race_for": race_for,
    "finish_rest": finish_rest,
}
