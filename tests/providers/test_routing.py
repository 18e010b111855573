"""Who is asked for a model, how a question that was given up counts, and that all are closed."""

import asyncio
from typing import Any

import pytest

from dsl.models.configured import Models, models_for
from interpreter.boundary import failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.breaker import MOST_FAILURES
from interpreter.providers.no_provider import NoProvider
from interpreter.providers.provider import Heard, Provider, ProviderFailure
from interpreter.providers.routing import Routed

ANSWER = ChatResult("hi", ChatUsage(1, 1), "m")


class Plain:
    """Answers, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.closed = 0

    async def chat(self, request: ChatRequest) -> ChatResult:
        self.asked.append(request.model)
        return ANSWER

    async def close(self) -> None:
        self.closed += 1


class Whole(Plain):
    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        self.asked.append((request.model, heard))
        return ANSWER

    async def batch(self, request: BatchRequest) -> BatchReply:
        self.asked.append((request.model, [each.model for each in request.requests]))
        return BatchReply("b")


class Waiting(Plain):
    """Nothing answers, five times; then it never ends."""

    async def chat(self, request: ChatRequest) -> ChatResult:
        self.asked.append(request.model)
        if len(self.asked) <= MOST_FAILURES:
            raise ProviderFailure(failures.CONNECTION_FAILED, "no luck", charge="none")
        await asyncio.Event().wait()
        return ANSWER


@pytest.fixture
def models(tmp_path: Any) -> Models:
    file = '[providers.ours]\nkind = "compatible"\naddress = "http://127.0.0.1:9/v1"\n'
    (tmp_path / "steadflow.toml").write_text(file)
    return models_for(tmp_path, {})


def question(model: str) -> ChatRequest:
    return ChatRequest("a", model, "?")


async def test_each_hears_its_own_name_of_the_model_and_is_heard_where_that_can_be(models: Models) -> None:
    plain, whole = Plain(), Whole()
    routed = Routed(models, {None: plain, "ours": whole})
    heard: list[str] = []
    assert await routed.chat_streamed(question("ours/llama"), heard.append) is ANSWER
    assert await routed.chat_streamed(question("o3"), heard.append) is ANSWER
    assert await routed.chat(question("ours/llama")) is ANSWER
    assert plain.asked == ["o3"]
    assert [(model, hears is None) for model, hears in whole.asked] == [("llama", False), ("llama", True)]


async def test_a_batch_goes_where_its_model_is_and_who_has_left_stays_so(models: Models) -> None:
    whole = Whole()
    routed = Routed(models, {None: Plain(), "ours": whole})
    request = BatchRequest("submit", "k", "ours/llama", [question("ours/llama"), question(""), question("ours/llama")])
    assert await routed.batch(request) == BatchReply("b")
    assert whole.asked == [("llama", ["llama", "", "llama"])]


@pytest.mark.parametrize(("model", "name"), [("ours/llama", "ours"), ("o3", "the provider")])
async def test_who_takes_no_batches_says_so(models: Models, model: str, name: str) -> None:
    routed = Routed(models, {None: Plain(), "ours": Plain()})
    with pytest.raises(ProviderFailure) as caught:
        await routed.batch(BatchRequest("submit", "k", model))
    assert (caught.value.kind, caught.value.charge) == (failures.INVALID_REQUEST, "none")
    assert caught.value.message == f"{name} takes no batches"


async def test_without_a_key_nobody_is_asked_for_a_batch_either_and_no_failure_is_counted(models: Models) -> None:
    routed = Routed(models, {None: NoProvider("KEY"), "ours": NoProvider("OURS", "ours")})
    for model in ["o3", "ours/llama"] * (MOST_FAILURES + 1):
        for asks in (routed.chat(question(model)), routed.batch(BatchRequest("submit", "k", model))):
            with pytest.raises(ProviderFailure) as caught:
                await asks
            assert caught.value.kind == failures.NO_PROVIDER


async def test_a_question_that_is_given_up_lets_another_find_out(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interpreter.providers.breaker.FIRST_SECONDS", 1e-9)
    waiting = Waiting()
    routed = Routed(models, {None: waiting})
    for _ in range(MOST_FAILURES):
        with pytest.raises(ProviderFailure):
            await routed.chat(question("o3"))
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(routed.chat(question("o3")), 0.001)
    assert len(waiting.asked) == MOST_FAILURES + 3


async def test_all_are_closed(models: Models) -> None:
    providers: dict[str | None, Provider] = {None: Plain(), "ours": Whole()}
    await Routed(models, providers).close()
    assert [each.closed for each in providers.values() if isinstance(each, Plain)] == [1, 1]
