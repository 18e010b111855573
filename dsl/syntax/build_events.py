"""Waiting for messages from outside, and for what comes first."""

from typing import Any, NamedTuple

from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression
from dsl.ast.joining import First
from dsl.ast.statements import AwaitApproval, AwaitEvent, AwaitFirst, Block, Call, FirstBranch, Parallel, Respond, Step
from dsl.ast.types import Type
from dsl.syntax.amounts import Length, lasting
from dsl.syntax.build_approvals import await_approval
from dsl.syntax.build_steps import step
from dsl.syntax.site import Rules, Site
from dsl.syntax.token import Token


class Way(NamedTuple):
    """A branch of `await first`, and what runs until it is first."""

    branch: FirstBranch
    runs: AwaitApproval | Step | None = None


def expected_event(
    site: Site,
    event: Token,
    name: Token | None,
    type_: Type,
    key: Expression | None,
    where: Expression | None,
    reply: Type | None,
    waiting: Token | None,
) -> ExpectedEvent:
    if waiting is not None and int(waiting.text) < 1:
        message = "no event could wait here"
        site.problem(message, waiting.span, code="SF306", advice="write how many may wait, at least 1")
    called = event if name is None else name
    most = None if waiting is None else int(waiting.text)
    return ExpectedEvent(event.text, called.text, type_, key, where, reply, most, span=site.span)


def await_event(site: Site, expected: ExpectedEvent, timeout: Length | None, late: Block | None) -> AwaitEvent:
    advice = "write how long it may take, such as `timeout 24h`"
    length = None if timeout is None else lasting(site, timeout, "a timeout", advice)
    chosen = None if timeout is None else timeout.chosen
    return AwaitEvent(expected, length, late, chosen, span=site.span)


def await_first(site: Site, *ways: Way) -> AwaitFirst:
    running = tuple(way.runs for way in ways if way.runs is not None)
    race = Parallel(None, False, running, First(span=site.span), span=site.span) if running else None
    return AwaitFirst(tuple(way.branch for way in ways), race, span=site.span)


def event_branch(site: Site, expected: ExpectedEvent, body: Block) -> Way:
    return Way(FirstBranch(body, expected=expected, span=site.span))


def after_branch(site: Site, length: Length, body: Block) -> Way:
    """`after 0s`: what is there already comes first."""
    return Way(FirstBranch(body, after=length.value or 0, chosen_after=length.chosen, span=site.span))


def until_branch(site: Site, moment: Expression, body: Block) -> Way:
    return Way(FirstBranch(body, until=moment, span=site.span))


def approval_branch(site: Site, name: Token, question: Expression, *parts: Any) -> Way:
    *options, body = parts
    approval = await_approval(site, name, question, *options)
    return Way(FirstBranch(body, branch=approval.name, span=site.span), approval)


def step_branch(site: Site, name: Token | None, call: Call, body: Block) -> Way:
    made = step(site, name, call, None)
    return Way(FirstBranch(body, branch=made.name, span=site.span), made)


def respond(site: Site, name: Token, value: Expression) -> Respond:
    return Respond(name.text, value, span=site.span)


RULES: Rules = {
    "expected_event": expected_event,
    "await_event": await_event,
    "respond": respond,
    "await_first": await_first,
    "event_branch": event_branch,
    "after_branch": after_branch,
    "until_branch": until_branch,
    "approval_branch": approval_branch,
    "step_branch": step_branch,
}
