"""A conversation beside the run: every message is kept once, and a request sees what it should of it."""

from dataclasses import replace
from typing import Any

from dsl.expressions.values import Reference
from dsl.values.chunks import all_messages
from dsl.values.codec import encoded
from dsl.values.conversations import EMPTY, conversation, sizes_of
from dsl.values.references import parted
from interpreter.activities.talking import Talks
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.core import talks
from interpreter.core.talks import TalkMemory
from interpreter.stores.memory import MemoryStore

USAGE = ChatUsage(1, 1)


class Conversing:
    """What an agent's step and its worker do, with nothing between them."""

    def __init__(self, store: "_Store", prompt: Any = "where is it?", keep_last: int | None = None) -> None:
        self.store, self.prompt, self.keep_last = store, prompt, keep_last
        self.talks = Talks(store)
        self.memory = talks.begin(EMPTY, [0], "[]")

    def request(self) -> ChatRequest:
        begun = self.memory.turns > 0
        prompt, instructions = ("", None) if begun else (self.prompt, "You help.")
        talk = talks.request_of(self.memory, self.keep_last)
        data, beside = parted([prompt, instructions, talk.head, talk.preamble, talk.messages])
        prompt, instructions, head, preamble, messages = data
        talk = replace(talk, head=head, preamble=preamble, messages=messages)
        return ChatRequest("helper", "m", prompt, instructions, talk=talk, references=beside)

    def turn(self, gives: Any) -> list[str]:
        """One turn: what the model sees, which then asks for a call that gives that."""
        request = self.request()
        whole = self.talks.whole(request)
        assert whole.talk is not None
        calls = [AskedCall(f"c-{self.memory.turns}", "find", "{}")]
        kept = self.talks.kept(request, ChatResult(None, USAGE, "m", calls=calls))
        assert kept.head is not None
        if kept.preamble is not None:
            self.memory.preamble = Reference(*kept.preamble)
        talks.taken(self.memory, self.prompt, None, calls, Reference(*kept.head))
        talks.heard(self.memory, [{"role": "tool", "call": calls[0].id, "value": gives}], missed=False)
        assert (whole.prompt, whole.instructions) == ("where is it?", "You help.")
        return [f"{message['role']} {message.get('text', '')}".strip() for message in whole.talk.messages]


def test_a_model_sees_all_that_was_said() -> None:
    conversing = Conversing(_Store())
    conversing.turn("first")
    conversing.turn({"n": 2})
    seen = ["user where is it?", "assistant", "tool first", "assistant", 'tool {"n": 2}']
    assert conversing.turn(None) == seen


def test_the_latest_are_shown_and_the_prompt_before_them() -> None:
    conversing = Conversing(_Store(), keep_last=2)
    assert conversing.turn("first") == ["user where is it?"]
    assert conversing.turn("second") == ["user where is it?", "assistant", "tool first"]
    assert conversing.turn("third") == ["user where is it?", "assistant", "tool second"]


def test_what_calls_came_to_is_shown_with_the_message_that_asked_and_all_of_it_is_kept() -> None:
    """Otherwise a provider refuses the request, or a model never sees what it asked for."""
    store = _Store()
    conversing = Conversing(store, keep_last=3)
    conversing.turn("first")
    conversing.memory.fresh += [{"role": "tool", "call": f"more-{n}", "value": f"more {n}"} for n in range(4)]
    conversing.memory.sizes += [20] * 4
    more = [f"tool more {n}" for n in range(4)]
    assert conversing.turn("second") == ["user where is it?", "assistant", "tool first", *more]
    assert conversing.turn("third") == ["user where is it?", "assistant", "tool second"]
    talk = talks.transcript(conversing.memory)
    assert len(all_messages(talk, lambda one: store.get(one.hash))) == len(sizes_of(talk)) == 11


def test_of_a_conversation_that_is_gone_on_with_all_is_kept_and_the_latest_shown() -> None:
    store = _Store()
    conversing = Conversing(store, keep_last=2)
    said: list[Any] = [
        {"role": "user", "text": "a"},
        {"role": "assistant", "calls": [{"id": "c", "name": "n", "arguments": "{}"}]},
        {"role": "tool", "call": "c", "value": "b"},
        {"role": "user", "text": "d"},
    ]
    conversing.memory = talks.begin(conversation(None, said, [20] * 4), [], None)
    assert conversing.turn("first") == ["user d", "user where is it?"], "no answer without its call"
    talk = talks.transcript(conversing.memory)
    assert all_messages(talk, lambda one: store.get(one.hash))[:4] == said
    assert len(sizes_of(talk)) == 7


def test_large_results_stay_where_they_are() -> None:
    store = _Store()
    content = encoded("x" * 70_000)
    reference = Reference(store.put(content), len(content))
    conversing = Conversing(store)
    conversing.turn({"page": reference})
    assert "x" * 70_000 in conversing.turn("done")[2]
    conversing.turn("done")
    assert sum(map(len, store.kept())) < 100_000


def test_what_is_kept_grows_with_what_is_said_and_a_turn_reads_one_chunk_at_most() -> None:
    store = _Store()
    conversing = Conversing(store)
    sizes = []
    for number in range(200):
        conversing.turn(f"result {number} {'x' * 200}")
        sizes.append(sum(map(len, store.kept())))
        assert store.reads == 0
    first, second = sizes[99] - sizes[0], sizes[199] - sizes[100]
    assert second < 1.1 * first
    conversing.talks = Talks(store)
    conversing.turn("another worker")
    assert store.reads <= 201


def test_turns_that_were_not_taken_leave_no_trace_in_a_conversation() -> None:
    conversing = Conversing(_Store())
    conversing.turn("first")
    request = conversing.request()
    conversing.talks.kept(request, ChatResult("nonsense", USAGE, "m"))
    assert conversing.turn("second") == ["user where is it?", "assistant", "tool first"]


def test_a_request_says_how_much_of_it_is_kept() -> None:
    memory = TalkMemory(head=Reference("a" * 64, 10), sizes=[100, 20, 30], turns=1, preamble=Reference("b" * 64, 5))
    memory.preamble_bytes = 7
    assert talks.request_of(memory, None).kept_bytes == 157
    assert talks.request_of(memory, 1).kept_bytes == 37


class _Store(MemoryStore):
    reads = 0

    def kept(self) -> list[bytes]:
        return list(self._objects.values())

    def get(self, digest: str) -> bytes:
        self.reads += 1
        return super().get(digest)
