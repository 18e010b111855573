"""How the messages of conversations lie in the store: in chunks, each with the reference of the one before.

A chunk is written once and never changed. Its content is the lossless form of `codec.py`, its reference the hash and
size of that. So conversations that begin alike share what they have in common, and whoever has the latest reference has
all of it.
"""

import json
from collections.abc import Callable

from dsl.expressions.values import Reference
from dsl.values.codec import encoded, load
from dsl.values.conversations import Conversation, Message, head_of, sizes_of, tail_of

Chunk = tuple[Reference | None, list[Message]]
"""The reference of the chunk before, and the messages."""
Read = Callable[[Reference], Chunk]
"""The chunk behind a reference; nobody changes what is read."""


class NoChunk(ValueError):
    """These bytes are not a part of a conversation."""


def encode(previous: Reference | None, messages: list[Message]) -> bytes:
    """The content of the chunk that follows `previous`."""
    return encoded({"previous": previous, "messages": messages})


def decode(content: bytes) -> Chunk:
    """Raises `NoChunk`."""
    try:
        chunk = load(json.loads(content))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NoChunk(f"this is no part of a conversation: {error}") from error
    if type(chunk) is not dict or chunk.keys() != {"previous", "messages"}:
        raise NoChunk("this is no part of a conversation")
    previous, messages = chunk["previous"], chunk["messages"]
    if type(previous) not in (Reference, type(None)) or type(messages) is not list or not _are_messages(messages):
        raise NoChunk("this is no part of a conversation")
    return previous, messages


def _are_messages(messages: list[object]) -> bool:
    return all(type(each) is dict and type(each.get("role")) is str for each in messages)


def last_messages(head: Reference | None, count: int, read: Read) -> list[Message]:
    """The last `count` messages of the chain that ends at `head`; all of them, when there are no more.

    From the end, as far as is needed: what is older is not read, and may be gone.
    """
    parts: list[list[Message]] = []
    missing = count
    while head is not None and missing > 0:
        head, messages = read(head)
        parts.append(messages[-missing:])
        missing -= len(messages)
    return [message for part in reversed(parts) for message in part]


def all_messages(talk: Conversation, read: Read) -> list[Message]:
    """Every message that belongs to a conversation, the first one first."""
    tail = tail_of(talk)
    kept = last_messages(head_of(talk), len(sizes_of(talk)) - len(tail), read)
    return [*kept, *tail]
