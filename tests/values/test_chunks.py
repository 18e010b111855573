"""How conversations lie in the store."""

import hashlib
from decimal import Decimal

import pytest

from dsl.expressions.values import Reference
from dsl.values.chunks import Chunk, NoChunk, all_messages, decode, encode, last_messages
from dsl.values.conversations import Message, conversation, size_of


class Kept:
    """A store that counts what is read."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.reads = 0

    def put(self, previous: Reference | None, messages: list[Message]) -> Reference:
        content = encode(previous, messages)
        key = hashlib.sha256(content).hexdigest()
        self.contents[key] = content
        return Reference(key, len(content))

    def read(self, reference: Reference) -> Chunk:
        self.reads += 1
        return decode(self.contents[reference.hash])


def said(text: str) -> Message:
    return {"role": "user", "text": text}


def test_a_chunk_comes_back_as_it_was() -> None:
    kept = Reference("cd" * 32, 70_000)
    messages: list[Message] = [
        {"role": "user", "value": {"price": Decimal("12.50"), "$ref": "no reference", "big": kept}},
        {"role": "assistant", "calls": [{"id": "c", "name": "n", "arguments": '{"a": 1}'}]},
        {"role": "tool", "call": "c", "value": [1, 2.5, None]},
    ]
    assert decode(encode(None, messages)) == (None, messages)
    assert decode(encode(kept, [])) == (kept, [])


def test_the_latest_messages_are_read_from_the_end_and_no_further() -> None:
    kept = Kept()
    head = None
    for number in range(500):
        head = kept.put(head, [said(f"{number}a"), said(f"{number}b")])
    assert last_messages(head, 3, kept.read) == [said("498b"), said("499a"), said("499b")]
    assert kept.reads == 2
    assert len(last_messages(head, 5000, kept.read)) == 1000
    assert last_messages(head, 0, kept.read) == []
    assert last_messages(None, 3, kept.read) == []


def test_what_belongs_to_a_conversation_is_found() -> None:
    kept = Kept()
    head = kept.put(kept.put(None, [said("a"), said("b")]), [said("c"), said("d")])
    tail = [said("e")]
    whole = conversation(head, tail, [size_of(said("x"))] * 5)
    assert all_messages(whole, kept.read) == [said(each) for each in "abcde"]
    assert all_messages(conversation(head, tail, [21, 21, 21]), kept.read) == [said(each) for each in "cde"]
    kept.reads = 0
    assert all_messages(conversation(None, tail, [21]), kept.read) == tail
    assert kept.reads == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"previous":null}',
        b'{"previous":"x","messages":[]}',
        b'{"previous":null,"messages":[1]}',
        b'{"previous":null,"messages":[{"text":"no role"}]}',
        b'{"previous":null,"messages":[],"more":1}',
        b'{"previous":{"$ref":"x"},"messages":[]}',
        b"[" * 100_000,
    ],
)
def test_other_content_is_no_chunk(content: bytes) -> None:
    with pytest.raises(NoChunk):
        decode(content)
