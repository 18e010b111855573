"""The client's part: what is sent along with a question, how much of a refusal is read, and how a model is called."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from interpreter.boundary import failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.access import Access
from interpreter.providers.call_id import CALL_ID, LONGEST, in_a_header
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.openai_client import LONGEST_REFUSAL, _raise_refusal, refusal_in
from interpreter.providers.provider import ProviderFailure

KEY = "sk-a-key-of-mine-0123"


class Response:
    """A response whose words come in pieces, and may break off."""

    def __init__(self, status: int, *pieces: bytes, breaks: bool = False) -> None:
        self.status_code, self._pieces, self._breaks = status, pieces, breaks
        self.headers: dict[str, str] = {}
        self.request = None
        self.read, self.closed = 0, 0

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.read += 1
            yield piece
        if self._breaks:
            raise OSError("gone")

    async def aclose(self) -> None:
        self.closed += 1


async def refused(response: Response) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as caught:
        await _raise_refusal(response)
    assert caught.value.status_code == response.status_code
    return caught.value


@pytest.mark.parametrize("status", [100, 200, 204, 299])
async def test_what_is_no_refusal_is_not_read(status: int) -> None:
    response = Response(status, b"x")
    await _raise_refusal(response)
    assert (response.read, response.closed) == (0, 0)


@pytest.mark.parametrize("status", [300, 307, 400, 599])
async def test_a_refusal_is_read_and_closed(status: int) -> None:
    response = Response(status, b' {"error"', b': "\xc3\xa9"}\n')
    found = await refused(response)
    assert (found.body, found.message, response.closed) == ({"error": "é"}, '{"error": "é"}', 1)


async def test_one_that_breaks_off_is_one_and_what_came_of_it_counts() -> None:
    found = await refused(Response(401, b"no k\xff", breaks=True))
    assert (found.body, found.message) == ("no k\ufffd", "no k\ufffd")
    assert (await refused(Response(401, b"[" * 60_000))).body == "[" * 60_000, "nested beyond what can be read"


async def test_of_a_long_one_the_beginning_is_read() -> None:
    half = b"x" * (LONGEST_REFUSAL // 2)
    whole = Response(400, half, half)
    assert (await refused(whole)).body == "x" * LONGEST_REFUSAL
    longer = Response(400, half, half, b"y", b"z" * 9)
    assert (await refused(longer)).body == "x" * LONGEST_REFUSAL + "…"
    assert longer.read == 3, "and no more than that"


def test_a_refusal_is_one_also_where_the_library_takes_it_for_something_else() -> None:
    response: Any = Response(400)
    refusal = openai.APIStatusError("", response=response, body=None)
    outer = ValueError("x")
    assert refusal_in(outer) is None
    outer.__cause__ = refusal
    assert refusal_in(outer) is refusal_in(refusal) is refusal
    outer.__cause__ = OSError("x")
    assert refusal_in(outer) is None


@pytest.mark.parametrize(
    ("access", "model", "name"),
    [
        (Access(KEY), "openai/gpt-4o", "gpt-4o"),
        (Access(KEY), "gpt-4o", "gpt-4o"),
        (Access(KEY), "other/gpt-4o", "other/gpt-4o"),
        (Access(KEY, "http://h/v1"), "openai/gpt-4o", "openai/gpt-4o"),
        (Access(KEY, "http://h", version="v"), "azure/ours", "ours"),
        (Access(KEY, "http://h", version="v"), "openai/ours", "openai/ours"),
    ],
)
async def test_what_a_model_is_called_there(access: Access, model: str, name: str) -> None:
    provider = OpenAIProvider(access)
    sent = Sent()
    provider._client = sent
    await provider.chat(ChatRequest("a", model, "x"))
    assert sent.asked[0]["model"] == name
    await provider.close()


class Sent:
    """In the place of the library's client: keeps what is asked, and answers the same, or fails."""

    def __init__(self, fails: Exception | None = None, **answer: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.responses = self.chat = self.completions = self.with_streaming_response = self
        self.batches = self.files = self
        self._fails, self._answer = fails, answer or {"choices": [{"message": {"content": "hi"}}]}

    def create(self, **asked: Any) -> "Sent":
        self.asked.append(asked)
        return self

    async def retrieve(self, batch: str) -> None:
        assert self._fails is not None
        raise self._fails

    async def __aenter__(self) -> "Sent":
        if self._fails is not None:
            raise self._fails
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        yield json.dumps(self._answer).encode()

    async def close(self) -> None:
        """Nothing is open."""


async def asked_with(access: Access, **changes: Any) -> dict[str, Any]:
    provider, sent = OpenAIProvider(access), Sent()
    provider._client = sent
    await provider.chat(ChatRequest("a", "m", "x", **changes))
    (asked,) = sent.asked
    return asked


async def test_the_id_of_a_call_stands_in_the_header_that_is_named() -> None:
    assert (await asked_with(Access(KEY)))["extra_headers"] == {}
    token = CALL_ID.set("c-1")
    try:
        assert (await asked_with(Access(KEY)))["extra_headers"] == {"X-Client-Request-Id": "c-1"}
        assert (await asked_with(Access(KEY, id_header="X-Id")))["extra_headers"] == {"X-Id": "c-1"}
    finally:
        CALL_ID.reset(token)


async def test_each_api_is_asked_in_its_form() -> None:
    assert "messages" in await asked_with(Access(KEY))
    assert "input" in await asked_with(Access(KEY, api="responses"))
    assert "temperature" not in await asked_with(Access(KEY), temperature=0.5, without=["temperature"])


@pytest.mark.parametrize("fails", [ValueError(f"no {KEY}"), KeyError(KEY)], ids=["told", "a key"])
async def test_a_client_that_fails_in_any_way_may_have_asked_and_tells_no_key(fails: Exception) -> None:
    provider = OpenAIProvider(Access(KEY))
    provider._client = Sent(fails)
    for attempt in (
        provider.chat(ChatRequest("a", "m", "x")),
        provider.batch(BatchRequest("look", "k", "m", batch="b")),
    ):
        with pytest.raises(ProviderFailure) as caught:
            await attempt
        assert (caught.value.kind, caught.value.charge) == (failures.CONNECTION_FAILED, "reservation")
        assert caught.value.message.startswith(f"the client failed: {type(fails).__name__}: ")
        assert KEY not in caught.value.message


async def test_the_key_is_in_nothing_that_is_said() -> None:
    told = {"content": f"a {KEY}", "tool_calls": []}
    provider = OpenAIProvider(Access(KEY))
    provider._client = Sent(choices=[{"message": told}], model=f"m {KEY} {'x' * 300}")
    heard: list[str] = []
    for schema, heard_at in (None, heard.append), ("{}", None):
        answer = await provider.chat_streamed(ChatRequest("a", "m", "x", schema_text=schema), heard_at)
        assert (answer.output or answer.text) == "a …"
        assert answer.response_model == f"m … {'x' * 300}"[:200]
    assert "".join(heard) == "a …"
    provider._client = Sent(error={"message": f"no {KEY}", "code": 400})
    with pytest.raises(ProviderFailure, match="no …"):
        await provider.chat(ChatRequest("a", "m", "x"))


async def test_azure_takes_no_batches_and_others_hear_of_those_who_are_there() -> None:
    with pytest.raises(ProviderFailure) as caught:
        await OpenAIProvider(Access(KEY, "http://h", version="v")).batch(BatchRequest("look", "k", "m"))
    assert (caught.value.kind, caught.value.charge) == (failures.INVALID_REQUEST, "none")
    assert caught.value.message.startswith("batches of Azure are not supported; asked at http://h")


@pytest.mark.parametrize(("api", "messages"), [("chat", "messages"), ("responses", "input")])
async def test_a_question_of_a_batch_is_no_stream(monkeypatch: pytest.MonkeyPatch, api: Any, messages: str) -> None:
    bodies: list[Any] = []

    async def submit(_: Any, request: BatchRequest, told: Any) -> BatchReply:
        bodies.extend(told)
        return BatchReply("b")

    monkeypatch.setattr("interpreter.providers.openai_batches.OpenAIBatches.submit", submit)
    left, asks = ChatRequest("", "", ""), ChatRequest("a", "openai/m", "x", temperature=0.5, without=["temperature"])
    provider = OpenAIProvider(Access(KEY, api=api))
    assert await provider.batch(BatchRequest("submit", "k", "m", [left, asks])) == BatchReply("b")
    ((place, body),) = bodies
    assert (place, body["model"], messages in body) == (1, "m", True)
    assert body.keys().isdisjoint({"stream", "stream_options", "temperature"})


@pytest.mark.parametrize(
    ("id_", "header"),
    [
        ("run/a#1[2]~3!:@+,=()", "run/a#1[2]~3!:@+,=()"),
        ("é \n", "%C3%A9%20%0A"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_an_id_in_a_header(id_: str, header: str) -> None:
    assert in_a_header(id_) == header
    long, other = in_a_header("x" * (LONGEST + 1)), in_a_header("x" * LONGEST + "y")
    assert len(long) == len(other) == LONGEST
    assert long != other
    assert long.startswith("x" * (LONGEST - 65) + "~")
