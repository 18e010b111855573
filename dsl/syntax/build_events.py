"""Waiting for messages from outside."""

from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Expression
from dsl.ast.statements import AwaitEvent, Block, NotYet
from dsl.ast.types import Type
from dsl.syntax.amounts import Length, lasting
from dsl.syntax.site import Rules, Site
from dsl.syntax.token import Token


def expected_event(
    site: Site,
    event: Token,
    name: Token | None,
    type_: Type,
    key: Expression | None,
    where: Expression | None,
    waiting: Token | None,
) -> ExpectedEvent:
    if waiting is not None and int(waiting.text) < 1:
        message = "no event could wait here"
        site.problem(message, waiting.span, code="SF306", advice="write how many may wait, at least 1")
    called = event if name is None else name
    most = None if waiting is None else int(waiting.text)
    return ExpectedEvent(event.text, called.text, type_, key, where, most, span=site.span)


def await_event(site: Site, expected: ExpectedEvent, timeout: Length | None, late: Block | None) -> AwaitEvent:
    advice = "write how long it may take, such as `timeout 24h`"
    length = None if timeout is None else lasting(site, timeout, "a timeout", advice)
    return AwaitEvent(expected, length, late, span=site.span)


def await_first(site: Site, *_branches: object) -> NotYet:
    return site.not_yet("await first")


def first_branch(_site: Site, *parts: object) -> tuple[object, ...]:
    return parts


RULES: Rules = {
    "expected_event": expected_event,
    "await_event": await_event,
    "await_first": await_first,
    "first_branch": first_branch,
}
