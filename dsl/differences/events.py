"""Events that a flow waits for: who sends them does not read the flow, and is told by nobody that it has changed."""

from collections.abc import Iterator

from dsl.ast.events import ExpectedEvent
from dsl.differences.bounds import bare, redocumented
from dsl.differences.changes import COMPATIBLE, Found, breaking, shown, verb_of
from dsl.differences.manners import Row
from dsl.differences.written import expression_text, whole_type_text

SENDERS = "who sends it has to follow"


def awaited(row: Row, before: ExpectedEvent | None, after: ExpectedEvent | None) -> Iterator[Found]:
    """What is in it is looked at where the types are known (`contracts`)."""
    if before is None or after is None:
        texts = shown(lambda each: each.event, before, after)
        yield Found("event", row.what, verb_of(before, after), *texts, "breaking", SENDERS)
        return
    if before.event != after.event:
        yield Found("event", "event", "changed", before.event, after.event, "breaking", SENDERS)
    if bare(before.type) != bare(after.type):
        yield Found("event", "what is in it", "changed", whole_type_text(before.type), whole_type_text(after.type))
    yield from redocumented("what is in it", before.type, after.type)
    if before.key != after.key:
        texts = shown(expression_text, before.key, after.key)
        breaks = after.key is not None
        weight = breaking("one with another key is not taken") if breaks else COMPATIBLE
        yield Found("event", "from", verb_of(before.key, after.key), *texts, *weight)
    if before.where != after.where:
        texts = shown(expression_text, before.where, after.where)
        yield Found("condition", "where", verb_of(before.where, after.where), *texts)
    if bare(before.reply) != bare(after.reply):
        texts = shown(whole_type_text, before.reply, after.reply)
        breaks = before.reply is not None
        weight = breaking("its sender waits for that") if breaks and after.reply is None else COMPATIBLE
        yield Found("event", "reply", verb_of(before.reply, after.reply), *texts, *weight)
    yield from redocumented("reply", before.reply, after.reply)
    if before.waiting != after.waiting:
        texts = shown(lambda each: f"{each:,}", before.waiting, after.waiting)
        yield Found("event", "how many wait", verb_of(before.waiting, after.waiting), *texts)
