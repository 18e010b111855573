"""A conversation as a value: messages with roles, most of which are kept elsewhere.

An immutable list of messages. The `tail` stands in the value, the rest in the store, in chunks of which each names the
one before; `head` is the reference of the latest. So a value that goes on with another shares all that it has in
common with it, and what is kept grows with what is said and no faster. `sizes` has one number for each message that
belongs to it, the latest last, so a conversation that begins later than what is kept just has fewer of them; that of a
tool's answer is below zero, because it stands and falls with the call before it. Whoever
has a conversation has a record of these three fields; the static type `conversation` keeps a flow from looking into it.

A message is a record: its `role` (`user`, `assistant` or `tool`) and its `text`; of the assistant also the `calls` that
it asks for, each with `id`, `name` and `arguments` (the JSON text that the model wrote); of a tool the id of the `call`
that it answers, and its `value`, which may hold references, in the place of a text. A user's message may have `files`.
Fields that say nothing are left out.
"""

import json
from typing import cast

from dsl.expressions.values import Reference, Value, files_in, references, substitute
from dsl.expressions.wire import to_wire, told
from dsl.values.file_tokens import most_tokens

FRAMING = 16
"""Bytes that a message counts for beside its texts: its role and what separates it from the next."""

Message = dict[str, Value]
Conversation = dict[str, Value]


def conversation(head: Reference | None, tail: list[Message], sizes: list[int]) -> Conversation:
    """Of the kept messages only as many belong to it as `sizes` has numbers for; the `tail` always does."""
    return {"head": head, "tail": cast(Value, tail), "sizes": cast(Value, sizes)}


EMPTY = conversation(None, [], [])


def head_of(talk: Conversation) -> Reference | None:
    return cast("Reference | None", talk["head"])


def tail_of(talk: Conversation) -> list[Message]:
    return cast("list[Message]", talk["tail"])


def sizes_of(talk: Conversation) -> list[int]:
    return cast("list[int]", talk["sizes"])


def with_messages(talk: Conversation, added: list[Message]) -> Conversation:
    """The conversation that goes on with `added`."""
    sizes = [*sizes_of(talk), *map(mark_of, added)]
    return conversation(head_of(talk), [*tail_of(talk), *added], sizes)


def mark_of(message: Message) -> int:
    """What `sizes` has for it."""
    return -size_of(message) if message["role"] == "tool" else size_of(message)


def size_of(message: Message, model: str | None = None) -> int:
    """How many bytes of UTF-8 a message has at most, and a little for what is around it; of its files, how many tokens
    `model`, or any, takes them for."""
    calls = cast("list[dict[str, str]]", message.get("calls") or [])
    texts = [text for call in calls for text in (call["id"], call["name"], call["arguments"])]
    texts += [str(message.get("text") or ""), str(message.get("call") or "")]
    said = sum(len(text.encode()) for text in texts) + _size_of_value(message.get("value"))
    return FRAMING * (1 + len(texts)) + said + size_of_files(message.get("files"), model)


def size_of_files(files: Value, model: str | None = None) -> int:
    """The most tokens that a model (None: any) takes these files for, with their names."""
    return sum(FRAMING + len(file.name.encode()) + most_tokens(file, model) for file in files_in(files))


def text_of(value: Value) -> str:
    """What a model is told that a tool gave; nothing in it is a reference."""
    return value if type(value) is str else json.dumps(to_wire(value), ensure_ascii=False, default=told)


def _size_of_value(value: Value) -> int:
    kept = references(value)
    if not kept:
        return len(text_of(value).encode()) if value is not None else 0
    return len(text_of(substitute(value, lambda _: None)).encode()) + sum(each.size for each in kept)
