"""What an agent has said and heard so far, as its step remembers it, and what of that the next request carries.

All of a conversation is kept beside the run, by the activity that asks the model: a request has the reference of what
is kept, and what came since; the answer has the reference of the chunk with both. So a history grows with what is said,
and not with its square. What a turn came to counts when its answer is taken: one that is asked for again leaves no
trace here.
"""

import json
from dataclasses import dataclass, field
from typing import cast

from dsl.expressions.values import Reference, Value
from dsl.values.conversations import (
    EMPTY,
    Conversation,
    Message,
    conversation,
    head_of,
    mark_of,
    size_of,
    sizes_of,
    tail_of,
    text_of,
)
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class TalkMemory:
    """`head` is what is kept, `fresh` what is not yet, `sizes` has one number for each message of both. `preamble` is
    where the texts of the first request are kept, of `preamble_bytes`. `first` is the number of the prompt among all
    messages, below zero when it is not among them any more. `offered` are the places, in the agent's list, of what may
    be called in this step. `turns` have been taken; `calls` counts each call by what it says; in the latest `misses`
    turns no call could be understood. `opening` is a summary that the next answer is kept with; what else is remembered
    of summaries stands in `summaries.py`: in the place of how many messages the one under way comes (`replacing`),
    before which turn the latest was asked for, and `measured`, the tokens and bytes of a request.
    """

    head: Reference | None = None
    fresh: list[Message] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    preamble: Reference | None = None
    preamble_bytes: int = 0
    first: int = 0
    tools_text: str | None = None
    offered: list[int] = field(default_factory=list)
    turns: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    misses: int = 0
    opening: list[Message] = field(default_factory=list)
    replacing: int = 0
    summarised: int = 0
    measured: list[int] = field(default_factory=list)


def begin(continued: Value, offered: list[int], tools_text: str | None) -> TalkMemory:
    """Before the first request; `continued` is the conversation that the agent goes on with, or null."""
    before = EMPTY if continued is None else cast(Conversation, continued)
    sizes = list(sizes_of(before))
    return TalkMemory(
        head=head_of(before),
        fresh=list(tail_of(before)),
        sizes=sizes,
        first=len(sizes),
        offered=offered,
        tools_text=tools_text,
    )


def request_of(talk: TalkMemory, keep_last: int | None) -> Talk:
    """The conversation as the next request carries it: the agent's latest `keep_last` messages, or all. What the calls
    of a turn came to is shown with the message that asked for them, however many there are. All that came since is
    carried, because it is kept with the answer.
    """
    begun = talk.turns > 0
    least = len(talk.fresh) + 1 if begun else 0
    count = len(talk.sizes) if keep_last is None else min(len(talk.sizes), max(keep_last, least))
    hidden, kept = len(talk.sizes) - count, max(0, count - len(talk.fresh))
    sizes = talk.sizes[hidden:]
    return Talk(
        head=talk.head,
        shown=kept,
        hidden=max(0, len(talk.fresh) - count),
        messages=cast("list[Value]", talk.fresh),
        preamble=talk.preamble if begun else None,
        tools_text=None if begun else talk.tools_text,
        again=begun and talk.first < hidden,
        opening=cast("list[Value]", talk.opening),
        kept_bytes=sum(map(abs, sizes[:kept])) + (talk.preamble_bytes if begun else 0),
    )


def taken(talk: TalkMemory, asked: Message, text: str | None, calls: list[AskedCall], head: Reference | None) -> None:
    """An answer counts: what was asked and what was said belong to the conversation from now on. Both are kept at
    `head`: an answer that came without is no answer of ours, and nothing goes on as if it had not been said.
    """
    assert head is not None, "an answer of a conversation was not kept"
    if talk.opening:
        talk.sizes = [*map(mark_of, talk.opening), *talk.sizes]
        talk.first += len(talk.opening) if talk.first >= 0 else 0
        talk.opening = []
    if talk.turns == 0:
        talk.sizes.append(size_of(asked))
    talk.sizes.append(size_of(said(text, calls)))
    talk.turns += 1
    talk.head, talk.fresh = head, []


def heard(talk: TalkMemory, messages: list[Message], *, missed: bool) -> None:
    """What the calls of a turn came to; `missed`: none of them could be made."""
    talk.misses = talk.misses + 1 if missed else 0
    talk.fresh = [*talk.fresh, *messages]
    talk.sizes += map(mark_of, messages)


def told(talk: TalkMemory, text: str) -> None:
    """What people say between two turns."""
    message: Message = {"role": "user", "text": text}
    talk.fresh = [*talk.fresh, message]
    talk.sizes.append(size_of(message))


def words(output: Value, text: str | None, *, plain: bool) -> str | None:
    """The text that an answer is remembered as. `plain`: the answer is a text, which stands in an object only because
    models are held to one."""
    whole = text if text is not None or output is None else text_of(output)
    if not plain or whole is None:
        return whole
    try:
        read = json.loads(whole)
    except (ValueError, RecursionError):
        return whole
    alone = type(read) is dict and read.keys() == {"value"} and type(read["value"]) is str
    return str(read["value"]) if alone else whole


def said(text: str | None, calls: list[AskedCall]) -> Message:
    """The message that an answer is."""
    message: Message = {"role": "assistant"}
    if text:
        message["text"] = text
    if calls:
        message["calls"] = [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in calls]
    return message


def transcript(talk: TalkMemory) -> Conversation:
    """The whole conversation as a value."""
    return conversation(talk.head, list(talk.fresh), list(talk.sizes))
