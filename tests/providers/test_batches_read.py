"""Batches with a client that only plays its part: what is looked at, how far, and what is read of it."""

import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import openai
import pytest

from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatUsage
from interpreter.providers import openai_batches
from interpreter.providers.access import Access
from interpreter.providers.at_once import answered_at_once
from interpreter.providers.openai_batches import KEY, OpenAIBatches
from interpreter.providers.rehearsal import RehearsalProvider

MADE = {"b-1": "one", "b-2": None, "b-3": "three", "b-4": "four"}
"""Batches with the keys by which they were made, the latest first."""


class Client:
    """Of the library, as far as batches use it."""

    def __init__(
        self, batch: Any = None, files: dict[str, str] | None = None, cancels: Exception | None = None
    ) -> None:
        self.batches = self.files = self
        self.asked: list[str] = []
        self.sent: list[Any] = []
        self._batch, self._kept, self._cancels = batch, files or {}, cancels

    async def list(self, limit: int) -> AsyncIterator[Any]:
        for id_, key in MADE.items():
            self.asked.append(id_)
            metadata = None if key is None else {KEY: openai_batches._digest(key)}
            yield SimpleNamespace(id=id_, metadata=metadata)

    async def create(self, **sent: Any) -> Any:
        self.sent.append(sent)
        return SimpleNamespace(id="new")

    async def retrieve(self, batch: str) -> Any:
        return self._batch

    async def cancel(self, batch: str) -> None:
        self.asked.append(f"cancel {batch}")
        if self._cancels is not None:
            raise self._cancels

    async def content(self, file: str) -> Any:
        return SimpleNamespace(content=self._kept[file].encode())


def batches(client: Client, **access: Any) -> OpenAIBatches:
    return OpenAIBatches(client, Access("sk-a-key-of-mine-0123", **access))


def batch(status: str = "completed", **more: Any) -> Any:
    known = {"output_file_id": "out", "error_file_id": None, "request_counts": None, "errors": None}
    return SimpleNamespace(**{"id": "b", "status": status, **known, **more})


async def looked(told: Any, files: dict[str, str] | None = None, after: int = 0, **access: Any) -> BatchReply:
    asked = batches(Client(told, files or {"out": ""}), **access)
    return await asked.look(BatchRequest("look", "k", "m", batch="b", after=after))


def refusal(status: int) -> Exception:
    response: Any = SimpleNamespace(status_code=status, headers={}, reason_phrase="", request=None)
    return openai.APIStatusError("", response=response, body=None)


@pytest.mark.parametrize(
    ("most", "key", "found", "seen"),
    [
        (4, "one", "b-1", 1),
        (4, "four", "b-4", 4),
        (4, "none", "", 4),
        (3, "three", "b-3", 3),
        (3, "four", "", 3),
        (1, "one", "b-1", 1),
        (1, "three", "", 1),
    ],
)
async def test_a_batch_is_looked_for_among_so_many_of_the_latest(
    monkeypatch: pytest.MonkeyPatch, most: int, key: str, found: str, seen: int
) -> None:
    monkeypatch.setattr(openai_batches, "MOST_SEEN", most)
    client = Client()
    assert await batches(client).cancel(BatchRequest("cancel", key, "m")) == BatchReply(found, over=True)
    assert client.asked == [*list(MADE)[:seen], *([f"cancel {found}"] if found else [])]


async def test_only_a_later_attempt_looks_whether_it_was_made() -> None:
    for attempt, made, sends in (1, "new", 2), (2, "b-1", 0), (7, "b-1", 0):
        client = Client()
        request = BatchRequest("submit", "one", "m", attempt=attempt)
        assert await batches(client).submit(request, [(3, {"é": 1})]) == BatchReply(made)
        assert len(client.sent) == sends
        assert bool(client.asked) is (attempt > 1)
    client = Client()
    assert await batches(client).submit(BatchRequest("submit", "none", "m", attempt=2), []) == BatchReply("new")


@pytest.mark.parametrize(("api", "path"), [("chat", "/v1/chat/completions"), ("responses", "/v1/responses")])
async def test_what_goes_up(api: Any, path: str) -> None:
    client = Client()
    await batches(client, api=api).submit(BatchRequest("submit", "k" * 999, "m"), [(3, {"a": 1}), (5, {})])
    file, made = client.sent
    lines = [
        {"custom_id": place, "method": "POST", "url": path, "body": body}
        for place, body in (("3", {"a": 1}), ("5", {}))
    ]
    assert [json.loads(line) for line in file["file"][1].decode().splitlines()] == lines
    assert file["file"][1].endswith(b"}\n")
    assert (made["endpoint"], made["completion_window"], made["input_file_id"]) == (path, "24h", "new")
    assert len(made["metadata"][KEY]) == 64


@pytest.mark.parametrize("status", ["validating", "in_progress", "finalizing", "cancelling"])
async def test_one_that_is_under_way_is_waited_for(status: str) -> None:
    counts = SimpleNamespace(completed=3, total=7)
    assert await looked(batch(status, request_counts=counts)) == BatchReply("b", counts="3 of 7")
    assert await looked(batch(status)) == BatchReply("b")


@pytest.mark.parametrize(
    ("errors", "why"),
    [
        (None, "it does not say why"),
        (SimpleNamespace(data=None), "it does not say why"),
        (SimpleNamespace(data=[SimpleNamespace(message=f"no {n}") for n in range(5)]), "no 0; no 1; no 2"),
        (SimpleNamespace(data=[SimpleNamespace(message="not sk-a-key-of-mine-0123")]), "not …"),
    ],
)
async def test_one_that_is_not_taken_says_why(errors: Any, why: str) -> None:
    message = f"the provider does not take the batch: {why}"
    assert await looked(batch("failed", errors=errors)) == BatchReply("b", True, kind="InvalidRequest", message=message)


@pytest.mark.parametrize(
    ("status", "kind"), [("expired", "BatchExpired"), ("cancelled", "BatchCancelled"), ("completed", "")]
)
async def test_one_that_is_over_says_what_became_of_the_rest(status: str, kind: str) -> None:
    reply = await looked(batch(status, output_file_id=None))
    assert (reply.over, reply.kind, reply.answers, reply.more) == (True, kind, [], None)
    assert bool(reply.message) is bool(kind)


def line(place: Any, **told: Any) -> str:
    return json.dumps({"custom_id": place, **told})


def body(text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"body": {"choices": [{"message": {"content": text}}], "model": "m-1", **more}, "status_code": 200}


async def test_answers_are_those_of_both_files_and_lines_that_say_nothing_are_none() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    files = {
        "out": f"{line(1, response=body())}\n\n  \n{line(0, response=body('ho', usage=usage))}",
        "bad": f"{{oops\n[]\n{line('x')}\n{line(None)}\n{{}}\n{line(2, error={'message': 'no'})}\n",
    }
    reply = await looked(batch(error_file_id="bad"), files)
    first, second, third = reply.answers
    assert first.result is not None
    assert second.result is not None
    assert (first.place, first.result.text, first.result.usage) == (1, "hi", ChatUsage(-1, -1))
    assert (second.place, second.result.text, second.result.usage) == (0, "ho", ChatUsage(3, 2))
    assert (third.place, third.result, third.kind) == (2, None, "Overloaded")
    assert reply.more is None
    assert first.result.response_model == "m-1"


async def test_a_reply_has_so_much_and_says_where_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line(place, response=body()) for place in range(4)]
    files = {"out": "\n".join(lines)}
    size = len(lines[0])
    for most, after, places, more in (
        (1, 0, [0], 1),
        (size, 0, [0], 1),
        (size + 1, 0, [0, 1], 2),
        (3 * size + 1, 0, [0, 1, 2, 3], None),
        (size + 1, 2, [2, 3], None),
        (size, 3, [3], None),
        (size, 4, [], None),
    ):
        monkeypatch.setattr(openai_batches, "MOST_BYTES", most)
        reply = await looked(batch(), files, after)
        assert ([answer.place for answer in reply.answers], reply.more) == (places, more)


@pytest.mark.parametrize(
    ("told", "kind", "charge", "words"),
    [
        ({"error": {"code": "batch_expired", "message": "late"}}, "BatchExpired", "none", "late"),
        ({"error": {"code": "batch_cancelled"}}, "BatchCancelled", "none", "batch_cancelled"),
        ({"error": {"code": "batch_cancelled"}, "response": body()}, "BatchCancelled", "none", "batch_cancelled"),
        ({"error": {"message": "no"}}, "Overloaded", "reservation", "no"),
        ({"error": "no"}, "Overloaded", "reservation", "no"),
        ({}, "Overloaded", "reservation", "None"),
        ({"response": {"status_code": 429, "body": {"error": {"message": "slow"}}}}, "RateLimited", "none", "slow"),
        ({"response": {"status_code": 429, "body": {"error": "slow"}}}, "RateLimited", "none", "slow"),
        ({"response": {"status_code": 400, "body": "bad"}, "error": {"message": "no"}}, "InvalidRequest", "none", "no"),
        ({"response": {"body": {"choices": []}}}, "Overloaded", "reservation", "None"),
        ({"response": {"status_code": 200, "body": None}}, "ConnectionFailed", "reservation", "no object"),
        ({"response": {"status_code": 200, "body": {"error": {"code": 401}}}}, "Authentication", "none", "401"),
        ({"response": body("")}, "MalformedOutput", "reservation", "empty"),
    ],
    ids=str,
)
async def test_how_a_question_of_one_fails(told: dict[str, Any], kind: str, charge: str, words: str) -> None:
    (answer,) = (await looked(batch(), {"out": line(0, **told)})).answers
    assert (answer.result, answer.kind, answer.detail["charge"]) == (None, kind, charge)
    assert words in answer.message


@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_cancel_of_what_is_over_is_none(status: int) -> None:
    client = Client(cancels=refusal(status))
    request = BatchRequest("cancel", "one", "m", batch="b-9")
    assert await batches(client).cancel(request) == BatchReply("b-9", over=True)
    assert client.asked == ["cancel b-9"], "nobody looks for what is known"


@pytest.mark.parametrize("error", [refusal(401), refusal(500), OSError("gone")], ids=str)
async def test_a_cancel_that_fails_is_tried_again(error: Exception) -> None:
    with pytest.raises(type(error)):
        await batches(Client(cancels=error)).cancel(BatchRequest("cancel", "k", "m", batch="b"))


async def test_who_asks_nobody_answers_at_once_all_that_have_not_left() -> None:
    left, asks = ChatRequest("", "", ""), ChatRequest("a", "m", "x")
    reply = await answered_at_once(RehearsalProvider(), BatchRequest("submit", "k", "m", [left, asks, left, asks]))
    assert (reply.over, [answer.place for answer in reply.answers]) == (True, [1, 3])
    for what in ("look", "cancel"):
        request: Any = BatchRequest(what, "k", "m", [asks], batch="b")
        assert await answered_at_once(RehearsalProvider(), request) == BatchReply("b", over=True)
