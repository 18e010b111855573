"""Scripted answers come in their order or by what the prompt says; one that is missing is told, never made up."""

import json
from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.scripted import ModelScript, Scripted, ScriptedProvider

USER: dict[str, Any] = {"role": "user", "text": "Where?"}
ASSISTANT: dict[str, Any] = {"role": "assistant", "calls": []}


def request(prompt: str = "Where?", turn: int = 1) -> ChatRequest:
    messages = [USER, *[ASSISTANT, {"role": "tool", "text": "o-1"}] * (turn - 1)]
    return ChatRequest("helper", "gpt-4o", prompt, talk=Talk(messages=[*messages]))


def provider(*said: Scripted) -> ScriptedProvider:
    return ScriptedProvider(ModelScript("shop.models.yaml", {"helper": said}))


async def test_answers_come_in_their_order_and_say_that_no_model_was_asked() -> None:
    asked = provider(Scripted(calls=(("orders.find", {"last": 2}),)), Scripted(answer={"text": "here"}))
    first, second = await asked.chat(request()), await asked.chat(request(turn=2))
    (call,) = first.calls
    assert (call.name, json.loads(call.arguments)) == ("orders-find", {"last": 2})
    assert (first.rehearsal, second.rehearsal, second.output) == (True, True, {"text": "here"})
    assert second.usage.input_tokens > first.usage.input_tokens > 0


async def test_by_what_the_prompt_holds() -> None:
    asked = provider(Scripted(answer="of bees", when="bees"), Scripted(answer="of wasps", when="wasps"))
    assert (await asked.chat(request("Write of wasps"))).output == "of wasps"
    assert (await asked.chat(request("Write of bees"))).output == "of bees"


async def test_a_failure_is_one_of_the_providers() -> None:
    asked = provider(Scripted(fails="RateLimited", retry_after=1.5), Scripted(says="hm"))
    with pytest.raises(ProviderFailure) as failed:
        await asked.chat(request())
    assert (failed.value.kind, failed.value.charge, failed.value.retry_after) == ("RateLimited", "none", 1.5)
    assert (await asked.chat(request())).text == "hm"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((), "what it says of `helper`, 0 times, was all said"),
        ((Scripted(answer="x", when="bees"),), "no `when` of the 1 that are left for `helper` is in its prompt"),
    ],
)
async def test_what_is_missing_names_agent_turn_and_file(said: tuple[Scripted, ...], reason: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        await provider(*said).chat(request(turn=3))
    assert (failed.value.kind, failed.value.charge) == ("NotScripted", "none")
    assert failed.value.message == (
        f'shop.models.yaml has no answer for turn 3 of `helper`: {reason}; the prompt begins "Where?"'
    )


async def test_an_agent_of_which_nothing_is_said() -> None:
    with pytest.raises(ProviderFailure, match="it says nothing of `helper`"):
        await ScriptedProvider(ModelScript("shop.models.yaml", {})).chat(request())


async def test_a_worker_that_comes_in_the_middle_goes_on_there() -> None:
    said = (Scripted(calls=(("a", {}),)), Scripted(fails="Overloaded"), Scripted(calls=(("b", {}),)), Scripted("end"))
    assert (await provider(*said).chat(request(turn=3))).output == "end"


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({"prompt": ""}, 1),
        ({"prompt": "abc"}, 1),
        ({"prompt": "abcd"}, 2),
        ({"prompt": "abcd", "instructions": "efg", "feedback": "h"}, 3),
        ({"prompt": "", "talk": Talk(messages=[], tools_text="123456")}, 3),
        ({"prompt": "", "talk": Talk(messages=[])}, 1),
    ],
)
async def test_a_token_is_four_characters(changes: dict[str, Any], tokens: int) -> None:
    asked = ChatRequest(**{"agent": "helper", "model": "m", **changes})
    said = Scripted(says="x" * 400)
    assert (await provider(said).chat(asked)).usage.input_tokens == tokens
    whole = (await provider(said).chat(asked)).usage.output_tokens
    assert whole == len(str(said)) // 4 + 1
    asked.max_output_tokens = 7
    assert (await provider(said).chat(asked)).usage.output_tokens == 7


@pytest.mark.parametrize(
    ("kind", "charge"), [("ModelTimeout", "reservation"), ("ConnectionFailed", "reservation"), ("Overloaded", "none")]
)
async def test_what_a_scripted_failure_costs(kind: str, charge: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        await provider(Scripted(fails=kind)).chat(request())
    assert (failed.value.charge, failed.value.message) == (charge, "shop.models.yaml says that it fails")


@pytest.mark.parametrize(("length", "told"), [(80, "x" * 80), (81, "x" * 79 + "…")])
async def test_of_a_long_prompt_the_beginning_is_told(length: int, told: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        await provider().chat(request("x" * length))
    assert failed.value.message.endswith(f'the prompt begins "{told}"')


@pytest.mark.parametrize(
    ("said", "output", "text", "ids"),
    [
        (Scripted(answer=7), 7, None, []),
        (Scripted(answer=7, says="hm"), None, "hm", []),
        (Scripted(answer=7, calls=(("a.b", {}), ("c", [1]))), None, None, ["call-2-1", "call-2-2"]),
        (Scripted(says=""), None, "", []),
    ],
)
async def test_one_of_an_answer_words_and_calls(said: Scripted, output: Any, text: str | None, ids: list[str]) -> None:
    """A worker that was there for the first turn has given something else in it."""
    asked = provider(Scripted(answer="first"), said)
    await asked.chat(request())
    came = await asked.chat(request(turn=2))
    assert (came.output, came.text, [call.id for call in came.calls]) == (output, text, ids)


async def test_who_comes_in_the_middle_passes_over_what_its_prompt_had_been_given() -> None:
    said = [Scripted("a", when="bees"), Scripted("b"), Scripted("c", when="wasps"), Scripted("d"), Scripted("e")]
    assert (await provider(*said).chat(request("Of wasps.", turn=3))).output == "d"
    assert (await provider(*said).chat(request("Of wasps.", turn=1))).output == "b"
    assert (await provider(*said).chat(request("Of bees.", turn=2))).output == "b"
    asked = provider(*said)
    outputs = [(await asked.chat(request("Of wasps.", turn=2))).output for _ in range(3)]
    assert outputs == ["c", "d", "e"], "only at first is it taken to be in the middle"
