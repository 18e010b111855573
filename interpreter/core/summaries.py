"""When a conversation that an agent is in is summarised, and what stands in it afterwards.

Before each question to the agent's model it is counted what the model would be shown of the conversation. Where that is
more than declared, the agent that summarises is asked first, in a step of its own that goes on with the conversation as
it stands. What it answers takes the place of what is oldest; the latest messages, up to half of what is declared, stay
as they were said. All that the model has not been shown yet stays in any case, with the message that it answers, and no
answer of a tool is parted from its call.

Tokens are counted by what the provider has reported for the latest request of this conversation: so many for so many
bytes. Before there is such a report, and where it cannot be true, four bytes are a token. Both are known to the run
alone, so it decides the same whenever it is replayed.

There is one summary before a turn at most, and none that would take the place of less than a quarter of what is
declared: then one long answer of a tool is most of it, and a summary is paid for nothing.
"""

from dsl.values.conversations import Message
from interpreter.core.talks import TalkMemory

BYTES_OF_A_TOKEN = 4
MOST_BYTES_OF_A_TOKEN = 8
"""Whoever reports fewer tokens than that has not read the request."""
SUMMARY = "A summary of what was said before:"


def to_replace(talk: TalkMemory, at: int) -> int:
    """How many of the oldest messages a summary is to take the place of, before the next question; 0: none is due."""
    if talk.summarised == talk.turns + 1:
        return 0
    sizes = [abs(size) for size in talk.sizes]
    if _tokens(talk, sum(sizes)) <= at:
        return 0
    count = _oldest(talk, sizes, at // 2)
    return count if count > 1 and 4 * _tokens(talk, sum(sizes[:count])) >= at else 0


def begun(talk: TalkMemory, count: int) -> None:
    talk.replacing, talk.summarised = count, talk.turns + 1


def replaced(talk: TalkMemory, summary: str) -> None:
    """The summary has come: the conversation goes on with it."""
    count, talk.replacing = talk.replacing, 0
    opening: Message = {"role": "user", "text": f"{SUMMARY}\n\n{summary}"}
    talk.opening, talk.sizes = [opening], talk.sizes[count:]
    talk.first = max(-1, talk.first - count)


def measured(talk: TalkMemory, tokens: int, sent: int) -> None:
    """A provider has reported so many tokens for a request of at most `sent` bytes."""
    if 0 < tokens <= sent <= tokens * MOST_BYTES_OF_A_TOKEN:
        talk.measured = [tokens, sent]


def _oldest(talk: TalkMemory, sizes: list[int], kept: int) -> int:
    """The number of messages before the latest ones that have at most `kept` tokens together."""
    unheard = len(talk.fresh) + 1 if talk.turns else 0
    count, left = len(sizes), 0
    while count and _tokens(talk, left + sizes[count - 1]) <= kept:
        count -= 1
        left += sizes[count]
    count = min(count, len(sizes) - unheard)
    while count < len(sizes) and talk.sizes[count] < 0:
        count += 1
    return count


def _tokens(talk: TalkMemory, size: int) -> int:
    tokens, sent = talk.measured or (1, BYTES_OF_A_TOKEN)
    return -(-size * tokens // sent)
