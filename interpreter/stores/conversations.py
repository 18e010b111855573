"""Values that may hold conversations, beside the store.

Nothing looks into a conversation, so its references stay when the others are replaced by what they stand for: to read a
chain of thousands of messages in order to pass it on would cost what it was made to save. One whose messages have grown
large has them put into the store as a chunk of their own, behind its others, and not as a value that is read whole.

People and programs outside have it as a list of messages, with all that was said and called.
"""

import json
from typing import Any, cast

from dsl.expressions.values import File, Reference, Value, replaced, substitute
from dsl.expressions.wire import to_wire
from dsl.values import chunks
from dsl.values.codec import encoded, load
from dsl.values.conversations import Conversation, Message, conversation, head_of, sizes_of, tail_of
from dsl.values.references import joined
from dsl.values.spoken import is_conversation, opened, readable
from interpreter.boundary.payloads import JSON, References
from interpreter.stores.kept_files import named
from interpreter.stores.store import ObjectStore, UnreadableObject, read
from interpreter.stores.values import LARGE, content_of, keep_large


def whole(store: ObjectStore, value: Value) -> Value:
    """`value` without references, except those of conversations. Raises `StoreError`."""
    found: Value = opened(value, lambda reference: whole(store, load(json.loads(read(store, reference.hash)))))
    return found


def kept(store: ObjectStore, value: Value) -> Value:
    """As `keep_large`, for what an expression of a flow gives."""
    if is_conversation(value):
        return _kept_apart(store, cast(Conversation, value))
    if type(value) is dict and any(map(is_conversation, value.values())):
        value = {name: kept(store, item) if is_conversation(item) else item for name, item in value.items()}
    return keep_large(store, value)


def _kept_apart(store: ObjectStore, talk: Conversation) -> Conversation:
    tail = tail_of(talk)
    if len(encoded(tail)) <= LARGE:
        return talk
    content = chunks.encode(head_of(talk), tail)
    return conversation(Reference(store.put(content), len(content)), [], sizes_of(talk))


def told(store: ObjectStore, data: JSON, references: References) -> JSON:
    """The result of a run as plain JSON, large values and conversations spelled out. Raises `StoreError`."""
    return replaced(to_wire(_spelled_out(store, whole(store, joined(data, references)))), File, named)


def _spelled_out(store: ObjectStore, value: Any) -> Any:
    if is_conversation(value):
        return readable_messages(store, chunks.all_messages(value, reading(store)))
    if type(value) is list:
        return [_spelled_out(store, item) for item in value]
    if type(value) is dict:
        return {name: _spelled_out(store, item) for name, item in value.items()}
    return value


def readable_messages(store: ObjectStore, messages: list[Message]) -> list[JSON]:
    """Messages as people read them. Raises `StoreError`."""

    def content(value: Value) -> Value:
        found: Value = substitute(value, lambda reference: content_of(store, reference))
        return found

    return replaced([readable(message, content) for message in messages], File, named)  # type: ignore[no-any-return]


def reading(store: ObjectStore) -> chunks.Read:
    """How chunks are read: what is none is an object that cannot be had."""

    def chunk(reference: Reference) -> chunks.Chunk:
        found = read(store, reference.hash)
        try:
            return chunks.decode(found)
        except chunks.NoChunk as error:
            raise UnreadableObject(reference.hash, error) from error

    return chunk
