"""Batches over a real socket: what goes up, what comes back for each question, and that nothing is asked twice."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatUsage
from interpreter.providers import openai_batches
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import ProviderFailure
from tests.live.batch_api import BatchApi, batch_api, refuses, says

SCHEMA = '{"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": false}'
RESERVATION = "reservation"
OPEN: list[OpenAIProvider] = []
KEY = "run-1/execution/main/all/batch#7"


def questions(*prompts: str) -> list[ChatRequest]:
    return [
        ChatRequest("sort", "m", prompt, schema_text=SCHEMA, max_output_tokens=50, batch=True) for prompt in prompts
    ]


def provider(server: BatchApi, **settings: Any) -> OpenAIProvider:
    opened = OpenAIProvider(Access("a-key-of-mine", server.address, **settings))
    OPEN.append(opened)
    return opened


@pytest_asyncio.fixture(autouse=True)
async def closing() -> AsyncIterator[None]:
    yield
    while OPEN:
        await OPEN.pop().close()


async def submitted(asked: OpenAIProvider, *prompts: str, attempt: int = 1) -> BatchReply:
    return await asked.batch(BatchRequest("submit", KEY, "m", questions(*prompts), attempt=attempt))


async def over(asked: OpenAIProvider, batch: str, after: int = 0) -> BatchReply:
    return await asked.batch(BatchRequest("look", KEY, "m", batch=batch, after=after))


def echo(body: Any) -> Any:
    return says(json.dumps({"said": body["messages"][-1]["content"]}))


async def test_questions_go_up_as_they_would_alone_and_answers_find_their_questions() -> None:
    with batch_api(answer=echo, looks=2) as api:
        asked = provider(api)
        made = await submitted(asked, "one", "two")
        (batch,) = api.batches.values()
        first, _ = batch.questions
        assert (made.batch, made.over) == (batch.id, False)
        assert (first["custom_id"], first["method"], first["url"]) == ("0", "POST", "/v1/chat/completions")
        assert first["body"]["messages"] == [{"role": "user", "content": "one"}]
        assert first["body"]["response_format"]["json_schema"]["strict"]
        assert first["body"]["max_completion_tokens"] == 50
        assert "stream" not in first["body"]
        assert KEY not in json.dumps(batch.metadata), "a digest: metadata has room for 512 characters"
        assert await over(asked, made.batch) == BatchReply(batch.id, counts="0 of 2")
        came = await over(asked, made.batch)
        assert (came.over, came.more) == (True, None)
        texts = {answer.place: answer.result.text for answer in came.answers if answer.result is not None}
        assert texts == {0: '{"said": "one"}', 1: '{"said": "two"}'}
        assert {answer.result.usage.input_tokens for answer in came.answers if answer.result} == {10}


async def test_the_responses_api_has_batches_too() -> None:
    def respond(body: Any) -> Any:
        assert body["max_output_tokens"] == 50
        said = {"type": "message", "content": [{"type": "output_text", "text": body["input"][0]["content"]}]}
        usage = {"input_tokens": 3, "output_tokens": 2}
        return 200, {"object": "response", "status": "completed", "model": "m", "output": [said], "usage": usage}

    with batch_api(answer=respond) as api:
        asked = provider(api, api="responses")
        made = await submitted(asked, "one")
        (answer,) = (await over(asked, made.batch)).answers
        assert api.batches[made.batch].questions[0]["url"] == "/v1/responses"
        assert answer.result is not None
        assert (answer.result.text, answer.result.usage) == ("one", ChatUsage(3, 2))


@pytest.mark.parametrize(
    ("came", "kind", "charge"),
    [
        (refuses(429, "slow down"), "RateLimited", "none"),
        (refuses(400, "a-key-of-mine is not liked"), "InvalidRequest", "none"),
        (refuses(500, "crash"), "Overloaded", "reservation"),
        (
            (200, {"choices": [{"message": {"content": "x"}, "finish_reason": "length"}]}),
            "MalformedOutput",
            "reservation",
        ),
        ((200, {"choices": [{"message": {"refusal": "no"}, "finish_reason": "stop"}]}), "Refused", "reservation"),
        ((200, {"error": {"message": "odd"}}), "Overloaded", "reservation"),
        ((200, {}), "MalformedOutput", "reservation"),
    ],
)
async def test_a_question_that_fails_fails_as_it_would_alone(came: Any, kind: str, charge: str) -> None:
    with batch_api(answer=lambda body: came if body["messages"][-1]["content"] == "two" else says("{}")) as api:
        asked = provider(api)
        made = await submitted(asked, "one", "two")
        answers = {answer.place: answer for answer in (await over(asked, made.batch)).answers}
        assert answers[0].result is not None
        assert (answers[1].kind, answers[1].detail["charge"]) == (kind, charge)
        assert "a-key-of-mine" not in answers[1].message


@pytest.mark.parametrize(("ends", "kind"), [("expired", "BatchExpired"), ("cancelled", "BatchCancelled")])
async def test_what_was_answered_before_it_ended_counts(ends: str, kind: str) -> None:
    with batch_api(answer=lambda body: echo(body) if "one" in str(body) else None, ends=ends) as api:
        asked = provider(api)
        made = await submitted(asked, "one", "two")
        came = await over(asked, made.batch)
        assert (came.over, came.kind) == (True, kind)
        failed = next(answer for answer in came.answers if answer.result is None)
        assert (failed.place, failed.kind, failed.detail["charge"]) == (1, kind, "none")


async def test_a_batch_that_is_not_taken_says_why() -> None:
    with batch_api() as api:
        asked = provider(api)
        made = await submitted(asked)
        came = await over(asked, made.batch)
        assert (came.over, came.kind) == (True, "InvalidRequest")
        assert came.message == "the provider does not take the batch: the file has no questions"


async def test_a_batch_that_nobody_heard_of_is_found_again() -> None:
    with batch_api(answer=echo, drops=["POST /batches"], page=2) as api:
        asked = provider(api)
        with pytest.raises(ProviderFailure) as failed:
            await submitted(asked, "one")
        assert (failed.value.kind, failed.value.charge) == ("ConnectionFailed", "reservation")
        for number in range(5):
            await asked.batch(BatchRequest("submit", f"another-{number}", "m", questions("x")))
        again = await submitted(asked, "one", attempt=2)
        assert again.batch == "batch_1"
        assert len(api.batches) == 6


async def test_a_batch_that_was_not_made_is_made_by_the_next_attempt() -> None:
    with batch_api(fails={"POST /batches": [503]}) as api:
        asked = provider(api)
        with pytest.raises(ProviderFailure) as failed:
            await submitted(asked, "one")
        assert (failed.value.kind, failed.value.charge) == ("Overloaded", "none")
        assert (await submitted(asked, "one", attempt=2)).batch == "batch_1"


async def test_a_cancel_finds_what_nobody_heard_of_and_is_content_with_what_is_over() -> None:
    with batch_api(looks=99) as api:
        asked = provider(api)
        await submitted(asked, "one")
        for _ in range(2):
            await asked.batch(BatchRequest("cancel", KEY, "m"))
        assert api.batches["batch_1"].status == "cancelled"
        assert await asked.batch(BatchRequest("cancel", "unknown", "m")) == BatchReply("", over=True)


async def test_many_answers_come_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_batches, "MOST_BYTES", 500)
    with batch_api(answer=echo) as api:
        asked = provider(api)
        made = await submitted(asked, *(f"question {number}" for number in range(7)))
        answers: list[BatchAnswer] = []
        after: int | None = 0
        rounds = 0
        while after is not None:
            reply = await over(asked, made.batch, after)
            answers, after, rounds = [*answers, *reply.answers], reply.more, rounds + 1
        assert sorted(answer.place for answer in answers) == list(range(7))
        assert rounds > 2


async def test_who_has_left_is_not_asked() -> None:
    with batch_api(answer=echo) as api:
        await provider(api).batch(BatchRequest("submit", KEY, "m", [ChatRequest("", "", ""), *questions("two")]))
        assert [line["custom_id"] for line in api.batches["batch_1"].questions] == ["1"]


async def test_azure_has_no_batches_here() -> None:
    with batch_api() as api:
        with pytest.raises(ProviderFailure) as failed:
            await submitted(provider(api, version="2024-10-21"), "one")
        assert failed.value.kind == "InvalidRequest"
        assert api.calls == []
