"""A conversation as a value: messages with roles, most of which are kept elsewhere.

An immutable list of messages. The `tail` stands in the value, the rest in the store, in chunks of which each names the
one before; `head` is the reference of the latest. So a value that goes on with another shares all that it has in
common with it, and what is kept grows with what is said and no faster. Whoever has a conversation has a record of these
four fields; the static type `conversation` keeps a flow from looking into it.

A message is a record: its `role` (`user`, `assistant` or `tool`) and its `text`, which may be a reference; of the
assistant also the `calls` that it asks for, each with `id`, `name` and `arguments` (the JSON text that the model
wrote); of a tool the id of the `call` that it answers. Fields that say nothing are left out.
"""

from typing import cast

from dsl.expressions.values import Reference, Value

FRAMING = 16
"""Bytes that a message counts for beside its texts: its role and what separates it from the next."""

Message = dict[str, Value]


def conversation(head: Reference | None, tail: list[Message], messages: int, size: int) -> dict[str, Value]:
    """`messages` is how many there are in all, `size` how many bytes of UTF-8 their texts have at most."""
    return {"head": head, "tail": cast(Value, tail), "messages": messages, "size": size}


EMPTY = conversation(None, [], 0, 0)


def with_messages(talk: dict[str, Value], added: list[Message]) -> dict[str, Value]:
    """The conversation that goes on with `added`."""
    head, tail = cast("Reference | None", talk["head"]), cast("list[Message]", talk["tail"])
    messages, size = cast(int, talk["messages"]), cast(int, talk["size"])
    return conversation(head, [*tail, *added], messages + len(added), size + sum(map(size_of, added)))


def size_of(message: Message) -> int:
    """How many bytes of UTF-8 the texts of a message have, and a little for what is around them."""
    calls = cast("list[dict[str, str]]", message.get("calls") or [])
    texts = [text for call in calls for text in (call["id"], call["name"], call["arguments"])]
    text = message.get("text")
    own = text.size if type(text) is Reference else len(str(text or "").encode())
    return FRAMING + own + sum(FRAMING + len(each.encode()) for each in texts)
