"""The small activities, and what they are made of: each end of each of them."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.ast.types import NamedType
from dsl.definition.encode import encode
from interpreter.activities import chat
from interpreter.activities.batch import batch_activity
from interpreter.activities.calls_in_words import taken_apart
from interpreter.activities.capture import capture_activity
from interpreter.activities.claims import claim_activity, claimed, settle_activity
from interpreter.activities.headers import OURS
from interpreter.activities.objects import inline_activity, store_activity
from interpreter.activities.quick import quick_activity
from interpreter.activities.receive import keep_answer_activity, receive_activity, receive_kept_activity
from interpreter.activities.verify_answer import verify_answer_activity
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.caps import Claim, ClaimRequest, Entry, Line, Page, Settlement, Written
from interpreter.boundary.failures import INVALID_OUTPUT, INVALID_REQUEST, NOT_REGISTERED, OBJECT_MISSING
from interpreter.boundary.names import CHAT_GRACE, REFERENCES, UNSEEN
from interpreter.boundary.payloads import (
    Answer,
    CaptureRequest,
    ChatRequest,
    ChatResult,
    ChatUsage,
    InlineRequest,
    ReceiveRequest,
    VerifyAnswerRequest,
)
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.boundary.told import told_by_worker
from interpreter.stores.memory import MemoryStore
from interpreter.stores.values import LARGE

ASKED = ChatRequest("a", "m", "?", talk=Talk(messages=[{"role": "user"}] * 3))


async def run(activity: Any, *arguments: Any) -> Any:
    return await ActivityEnvironment().run(activity, *arguments)


async def fails(activity: Any, *arguments: Any) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await run(activity, *arguments)
    return caught.value


class Full(MemoryStore):
    def put(self, content: bytes) -> str:
        raise OSError("no space left")


# -- models that call tools in words

SAID = [
    ('{"call": {"name": "find", "arguments": {"q": "a"}}}', [AskedCall("call-3", "find", '{"q":"a"}')], None),
    ('{"call": {"name": "find"}}', [AskedCall("call-3", "find", "{}")], None),
    ('{"call": {"name": "find", "arguments": null}}', [AskedCall("call-3", "find", "{}")], None),
    ('{"answer": "yes"}', [], "yes"),
    ('{"answer": {"n": 1.50}}', [], '{"n":1.50}'),
]
AS_IT_IS = [
    '{"call": {"name": 3}}',
    '{"call": "find"}',
    '{"answer": 1, "call": 2}',
    "[1]",
    "hello",
    '{"other": 1}',
    "3",
]


@pytest.mark.parametrize(("text", "calls", "output"), SAID)
def test_what_a_model_said_in_words_is_a_call_or_an_answer(text: str, calls: list[AskedCall], output: Any) -> None:
    for given in (ChatResult(text, USAGE, "m"), ChatResult(None, USAGE, "m", text=text)):
        found = taken_apart(ASKED, given)
        assert (found.calls, found.output) == (calls, output)
        assert found.text is None if calls else found.text == given.text
        (alone,) = [taken_apart(replace(ASKED, talk=None), given).calls]
        assert [each.id for each in alone] == ["call-0" for _ in calls]


def test_an_answer_of_a_type_is_read_as_the_model_wrote_it() -> None:
    typed = replace(ASKED, schema_text="{}")
    assert taken_apart(typed, ChatResult(None, USAGE, "m", text='{"answer": {"n": 1.50}}')).text == '{"n":1.50}'


@pytest.mark.parametrize("text", AS_IT_IS)
def test_anything_else_that_it_said_stays_as_it_is(text: str) -> None:
    given = ChatResult(text, USAGE, "m")
    assert taken_apart(ASKED, given) is given


def test_what_is_no_text_stays_as_it_is() -> None:
    given = ChatResult({"answer": 1}, USAGE, "m")
    assert taken_apart(ASKED, given) is given


USAGE = ChatUsage(1, 1)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (None, None),
        (100.0, 100.0 - CHAT_GRACE),
        (CHAT_GRACE + 1.0, 1.0),
        (float(CHAT_GRACE), CHAT_GRACE / 2),
        (1.0, 0.5),
    ],
)
async def test_an_attempt_gives_up_a_little_before_the_server(given: float | None, taken: float | None) -> None:
    environment = ActivityEnvironment()
    timeout = None if given is None else timedelta(seconds=given)
    environment.info = replace(environment.info, start_to_close_timeout=timeout)

    async def seconds() -> float | None:
        return chat._seconds()

    assert await environment.run(seconds) == taken


# -- caps


class Books:
    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.lines: list[tuple[str, Line]] = []

    async def write(self, page: Page, line: Line) -> Written:
        self.lines.append((page.book, line))
        return Written(self.outcomes.pop(0) if self.outcomes else "granted")


PAGES = [Page(book, "cap", "5", None, 0.0) for book in ("a", "b")]
CLAIM = Claim("c-1", "2", 30, PAGES, "run")


async def test_a_claim_is_granted_by_all_books_or_ends_at_the_first_that_does_not() -> None:
    books = Books()
    assert (await run(claim_activity(books), ClaimRequest([CLAIM]))).outcome == "granted"
    assert [book for book, _ in books.lines] == ["a", "b"]
    books = Books("busy")
    reply = await claimed(books, ClaimRequest([CLAIM]))
    assert (reply.outcome, reply.page, len(books.lines)) == ("busy", PAGES[0], 1)


async def test_a_call_is_settled_on_each_of_its_pages() -> None:
    books = Books()
    await run(settle_activity(books), Settlement(CLAIM, "1.5", 20))
    line = Line([Entry("c-1", "1.5", 20, "run")], settles=True)
    assert books.lines == [("a", line), ("b", line)]


# -- batches


class TakesThem:
    def __init__(self) -> None:
        self.seen: list[BatchRequest] = []

    async def chat(self, request: ChatRequest) -> ChatResult: ...

    async def close(self) -> None: ...

    async def batch(self, request: BatchRequest) -> BatchReply:
        self.seen.append(request)
        return BatchReply("b-1")


class TakesNone:
    async def chat(self, request: ChatRequest) -> ChatResult: ...

    async def close(self) -> None: ...


async def test_a_batch_has_the_texts_of_its_questions() -> None:
    store, provider = MemoryStore(), TakesThem()
    kept = store.put(b'"long"')
    asked = ChatRequest("a", "m", None, references=[[[0], kept, 6]])
    request = BatchRequest("submit", "key", "m", [asked, ChatRequest("a", "m", "short")])
    assert await run(batch_activity(provider, store), request) == BatchReply("b-1")
    assert [(each.prompt, each.references) for each in provider.seen[0].requests] == [("long", []), ("short", [])]


async def test_a_provider_without_batches_says_so() -> None:
    error = await fails(batch_activity(TakesNone()), BatchRequest("submit", "key", "m"))
    assert (error.type, error.details[0]["charge"]) == (INVALID_REQUEST, "none")


# -- quick calls


async def test_a_quick_call_is_the_tools_own_or_none() -> None:
    async def double(arguments: Any) -> Any:
        return arguments["n"] * 2

    activity = quick_activity({"double": double})
    assert getattr(activity, OURS) is True
    assert await run(activity, {"tool": "double", "arguments": {"n": 2}}) == 4
    error = await fails(activity, {"tool": "other", "arguments": {}})
    assert (error.type, error.non_retryable) == (told_by_worker(NOT_REGISTERED), False)


# -- answers of workers that are not ours


def raw(content: bytes) -> RawValue:
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=content))


TEXT = ReceiveRequest(encode(NamedType("text")), encode({}))


async def test_a_large_answer_goes_to_the_store_and_was_seen() -> None:
    store = MemoryStore()
    content = json.dumps("x" * LARGE).encode()
    found = await run(receive_activity(store), TEXT, raw(content))
    assert json.loads(found.payload.metadata[REFERENCES])[0][0] == []
    assert UNSEEN not in found.payload.metadata
    digest = await run(keep_answer_activity(store), raw(content))
    assert store.get(digest) == content
    again = await run(receive_kept_activity(store), replace(TEXT, kept=digest))
    assert again.payload == found.payload
    assert await run(receive_activity(store), TEXT, raw(b'"short"')) == "short"


@pytest.mark.parametrize("content", [b"3", b"{", b"\xff", b"[" * 100_000])
async def test_an_answer_that_does_not_fit_is_left_as_it_is(content: bytes) -> None:
    error = await fails(receive_activity(MemoryStore()), TEXT, raw(content))
    assert (error.type, error.non_retryable) == (told_by_worker(INVALID_OUTPUT), True)
    assert error.message.startswith("left as it is: ")


async def test_a_store_that_fails_is_told_as_such() -> None:
    content = json.dumps("x" * LARGE).encode()
    for activity, arguments in (
        (receive_activity(Full()), (TEXT, raw(content))),
        (keep_answer_activity(Full()), (raw(content),)),
        (store_activity(Full()), ({"a": 1},)),
    ):
        error = await fails(activity, *arguments)
        assert (error.type, error.message) == (told_by_worker("ObjectNotKept"), "OSError: no space left")
        assert error.non_retryable
    for activity, arguments in (
        (receive_kept_activity(MemoryStore()), (replace(TEXT, kept="0" * 64),)),
        (inline_activity(MemoryStore()), (InlineRequest([None], [[[0], "0" * 64, 9]], 99),)),
    ):
        assert (await fails(activity, *arguments)).type == told_by_worker(OBJECT_MISSING)


async def test_what_is_kept_says_its_size_and_what_is_inlined_its_own() -> None:
    store = MemoryStore()
    made = await run(store_activity(store), {"a": "ü"})
    assert made == {"kept": made["kept"], "size": len('{"a":"ü"}'.encode())}
    inline = inline_activity(store)
    request = InlineRequest([None, "b"], [[[0], store.put(b'"x"'), 3]], 10)
    assert (await run(inline, request)).data == ["x", "b"]
    size = len('["x", "b"]')
    assert (await run(inline, replace(request, most_bytes=size))).size == size
    too_much = await run(inline, replace(request, most_bytes=size - 1))
    assert (too_much.size, too_much.data) == (size, None)


# -- what is captured


async def test_a_captured_call_gives_what_its_type_says() -> None:
    request = CaptureRequest("t", {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]})
    assert await run(capture_activity(None), request) == {"ok": True}
    file = CaptureRequest("t", {"type": "object", "format": "file", "pattern": "^(?:text/plain)$"})
    error = await fails(capture_activity(None), file)
    assert error.type == told_by_worker("ObjectNotKept")
    assert "this worker has no store" in error.message


async def test_without_people_nobody_is_known(tmp_path: Path) -> None:
    request = VerifyAnswerRequest(Answer("ok", "approved", None, "ann"), "run", 0.0)
    assert (await run(verify_answer_activity(None), request)).standing == "unverified"
    refused = await run(verify_answer_activity(tmp_path / "none"), request)
    assert (refused.standing, refused.reason) == (
        "refused",
        "the worker of this run cannot read its people file; tell who runs it",
    )
    (tmp_path / "people.yaml").write_text("people: []\n")
    refused = await run(verify_answer_activity(tmp_path / "people.yaml"), request)
    assert "takes only signed answers" in refused.reason
