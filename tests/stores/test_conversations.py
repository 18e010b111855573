"""Conversations beside the store: left as they are, never read in order to be passed on, spelled out for people."""

from typing import Any

import pytest

from dsl.expressions.values import Reference
from dsl.expressions.wire import to_wire
from dsl.values import chunks
from dsl.values.codec import encoded
from dsl.values.conversations import Conversation, Message, conversation, mark_of
from dsl.values.references import parted
from interpreter.stores.conversations import kept, told, whole
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import StoreError
from interpreter.stores.values import LARGE, keep_large


class Counting(MemoryStore):
    """Tells what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def get(self, digest: str) -> bytes:
        self.read.append(digest)
        return super().get(digest)


def said(text: str) -> Message:
    return {"role": "user", "text": text}


def talk(store: MemoryStore, number: int, *tail: Message) -> Conversation:
    """A conversation of so many chunks and a tail."""
    head: Reference | None = None
    for each in range(number):
        content = chunks.encode(head, [said(f"{each}")])
        head = Reference(store.put(content), len(content))
    return conversation(head, list(tail), [17] * number + [mark_of(each) for each in tail])


def test_nothing_reads_a_conversation_to_pass_it_on() -> None:
    store = Counting()
    long = talk(store, 2_000, said("last"))
    big: Any = keep_large(store, "x" * LARGE)
    assert whole(store, {"talk": long, "big": big, "some": [long]}) == {
        "talk": long,
        "big": "x" * LARGE,
        "some": [long],
    }
    assert store.read == [big.hash]


def test_one_that_lies_elsewhere_as_a_value_is_one_when_it_is_read() -> None:
    store = MemoryStore()
    long = talk(store, 3, said("y" * LARGE))
    content = encoded(long)
    assert whole(store, Reference(store.put(content), len(content))) == long


def test_messages_that_have_grown_large_become_a_chunk() -> None:
    store = MemoryStore()
    long = talk(store, 2, said("a" * LARGE), said("b"))
    found: Any = kept(store, long)
    assert found["tail"] == []
    assert found["sizes"] == long["sizes"]
    previous, messages = chunks.decode(store.get(found["head"].hash))
    assert (previous, messages) == (long["head"], long["tail"])
    assert kept(store, {"n": 1, "talk": long}) == {"n": 1, "talk": found}
    assert kept(store, talk(store, 2, said("b"))) == talk(store, 2, said("b"))


def test_people_have_a_list_of_messages() -> None:
    store = MemoryStore()
    big: Any = keep_large(store, "x" * LARGE)
    calls: Message = {"role": "assistant", "calls": [{"id": "c1", "name": "crm-read", "arguments": "{}"}]}
    answer: Message = {"role": "tool", "call": "c1", "value": {"name": "Ann", "text": big}}
    found = told(store, *parted(to_wire({"talk": talk(store, 3, calls, answer), "big": big, "none": talk(store, 0)})))
    assert found["big"] == "x" * LARGE
    assert found["none"] == []
    assert found["talk"][:3] == [{"role": "user", "text": f"{each}"} for each in range(3)]
    assert found["talk"][3] == {"role": "assistant", "text": "", "calls": calls["calls"]}
    assert found["talk"][4]["call"] == "c1"
    assert found["talk"][4]["text"].startswith('{"name": "Ann", "text": "xxx')


def test_a_long_chain_is_no_recursion() -> None:
    store = MemoryStore()
    assert len(told(store, *parted(to_wire(talk(store, 3_000))))) == 3_000


def test_what_is_no_chunk_is_an_object_that_cannot_be_had() -> None:
    store = MemoryStore()
    head = Reference(store.put(b'{"previous":null}'), 9)
    with pytest.raises(StoreError, match="no part of a conversation"):
        told(store, *parted(to_wire(conversation(head, [], [5]))))


def test_a_result_without_any_is_what_it_was() -> None:
    store = MemoryStore()
    big: Any = keep_large(store, ["x" * LARGE])
    data = {"a": {"head": 1, "tail": [], "sizes": []}, "b": [1, None, "x"], "c": big}
    assert told(store, *parted(data)) == {**data, "c": ["x" * LARGE]}
