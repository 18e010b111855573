"""A conversation beside the run: every message is kept once, and a request sees what it should of it."""

from dataclasses import replace
from typing import Any

from dsl.expressions.values import Reference
from dsl.values.chunks import all_messages
from dsl.values.codec import encoded
from dsl.values.conversations import EMPTY, Message, conversation, mark_of, sizes_of
from dsl.values.references import parted
from interpreter.activities.talking import Talks
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.core import summaries, talks
from interpreter.core.talks import TalkMemory
from interpreter.stores.conversations import reading
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
        talks.taken(self.memory, {"role": "user", "value": self.prompt}, None, calls, Reference(*kept.head))
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
    assert len(all_messages(talk, reading(store))) == len(sizes_of(talk)) == 11


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
    assert all_messages(talk, reading(store))[:4] == said
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


def test_what_a_summary_stands_for_is_replaced_and_kept_without_it() -> None:
    conversing = Conversing(_Store())
    for number in range(3):
        conversing.turn(f"page {number}")
    _summarise(conversing, at=40, summary="two pages")
    begun = "user where is it?\n\nA summary of what was said before:\n\ntwo pages"
    assert conversing.turn("page 3") == [begun, "assistant", "tool page 2"]
    conversing.talks = Talks(conversing.store)
    kept = all_messages(talks.transcript(conversing.memory), reading(conversing.store))
    assert [message["role"] for message in kept] == ["user", "assistant", "tool", "assistant", "tool"]
    assert kept[0]["text"] == "A summary of what was said before:\n\ntwo pages"
    assert conversing.turn("page 4") == [begun, "assistant", "tool page 2", "assistant", "tool page 3"]


def test_of_messages_that_were_carried_only_the_latest_go_on_behind_the_summary() -> None:
    conversing = Conversing(_Store())
    written: list[Message] = [{"role": "user", "text": f"line {n}{'x' * 33}"} for n in range(6)]
    conversing.memory = talks.begin(conversation(None, written, [*map(mark_of, written)]), [], None)
    _summarise(conversing, at=50, summary="lines")
    before = "A summary of what was said before:\n\nlines"
    assert conversing.turn("x") == [f"user {before}\n\n{written[5]['text']}", "user where is it?"]
    kept = all_messages(talks.transcript(conversing.memory), reading(conversing.store))
    assert [message.get("text") for message in kept] == [before, written[5]["text"], None, None, None]


def test_a_conversation_is_as_long_as_its_provider_counts_it() -> None:
    memory = TalkMemory(fresh=[], sizes=[100] * 10)
    assert (summaries.to_replace(memory, 250), summaries.to_replace(memory, 249)) == (0, 6)
    summaries.measured(memory, tokens=500, sent=1000)
    assert (summaries.to_replace(memory, 500), summaries.to_replace(memory, 499)) == (0, 6)
    for tokens in (0, 100, 1001):
        summaries.measured(memory, tokens, sent=1000)
    assert summaries.to_replace(memory, 499) == 6, "what cannot be true counts for nothing"


def test_what_was_not_seen_yet_and_what_belongs_together_is_not_replaced() -> None:
    heard: list[Message] = [{"role": "tool", "call": "c", "value": "x"}]
    memory = TalkMemory(fresh=heard, sizes=[100, 20, -5000, 20, -5000], turns=2)
    assert summaries.to_replace(memory, 1000) == 3, "the call whose answer is long stays with it"
    memory = TalkMemory(sizes=[100, 20, -400, -400, -100, 100, 100], turns=2)
    assert summaries.to_replace(memory, 200) == 5, "it would begin with an answer"
    memory = TalkMemory(fresh=heard, sizes=[20, 20, -5000], turns=1)
    assert summaries.to_replace(memory, 1000) == 0, "there is hardly anything to replace"
    memory = TalkMemory(sizes=[100] * 10, turns=3)
    summaries.begun(memory, 6)
    assert summaries.to_replace(memory, 100) == 0, "there is one summary before a turn"


def test_an_answer_that_is_a_text_is_kept_as_what_it_says() -> None:
    store = _Store()
    for text, plain, kept in (
        ('{"value": "Hello"}', True, "Hello"),
        ('{"value": "Hello"}', False, '{"value": "Hello"}'),
        ('{"value": 3}', True, '{"value": 3}'),
        ('{"value": "x", "other": 1}', True, '{"value": "x", "other": 1}'),
        ("Hello {", True, "Hello {"),
    ):
        request = ChatRequest("helper", "m", "hi", talk=Talk(plain=plain))
        head = Talks(store).kept(request, ChatResult(None, USAGE, "m", text=text)).head
        assert head is not None
        _, messages = reading(store)(Reference(*head))
        assert messages[-1] == {"role": "assistant", "text": kept}


def _summarise(conversing: Conversing, at: int, summary: str) -> None:
    summaries.begun(conversing.memory, summaries.to_replace(conversing.memory, at))
    assert conversing.memory.replacing
    summaries.replaced(conversing.memory, summary)
