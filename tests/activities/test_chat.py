"""What a worker says of an attempt at a model, whoever provides it: numbers that cannot be true go no further."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from interpreter.activities.chat import chat_activity
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import Talk
from interpreter.boundary.told import told_by_worker
from interpreter.core.model_costs import FRAMING_TOKENS
from interpreter.providers.provider import ProviderFailure
from interpreter.stores.memory import MemoryStore

REQUEST = ChatRequest("a", "m", "Größe?", instructions="Be brief.", max_output_tokens=70)


@dataclass
class Odd:
    """A provider of somebody else."""

    usage: Any
    fails: bool = False

    async def chat(self, request: ChatRequest) -> ChatResult:
        if self.fails:
            raise ProviderFailure("Overloaded", "busy", charge="usage", usage=self.usage)
        return ChatResult("x", self.usage, "m")

    async def close(self) -> None:
        """Nothing is open."""


async def asked(provider: Odd) -> ChatResult:
    result: ChatResult = await ActivityEnvironment().run(chat_activity(provider), REQUEST)
    return result


@pytest.mark.parametrize("number", [-1, 0.5, float("nan"), float("inf"), 10**12, "7", None, True])
async def test_a_usage_that_cannot_be_true_is_the_most_that_it_can_be(number: Any) -> None:
    result = await asked(Odd(ChatUsage(3, number)))
    assert result.usage == ChatUsage(FRAMING_TOKENS + len("Größe?Be brief.".encode()), 70)
    with pytest.raises(ApplicationError) as caught:
        await asked(Odd(ChatUsage(number, 3), fails=True))
    assert caught.value.details[0]["usage"] is None


async def test_a_usage_that_can_be_true_is_told_as_it_is() -> None:
    assert (await asked(Odd(ChatUsage(3, 7.0)))).usage == ChatUsage(3, 7)  # type: ignore[arg-type]
    with pytest.raises(ApplicationError) as caught:
        await asked(Odd(ChatUsage(3, 7), fails=True))
    assert caught.value.details[0]["usage"] == {"input_tokens": 3, "output_tokens": 7}


class Full(MemoryStore):
    """Has no room any more, and has lost what it had."""

    def put(self, content: bytes) -> str:
        raise OSError("no space left")


async def test_an_answer_that_cannot_be_kept_is_paid_for_and_asked_for_again() -> None:
    request = replace(REQUEST, talk=Talk(tools_text="[]"))
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(chat_activity(Odd(ChatUsage(3, 7)), Full()), request)
    assert (caught.value.type, caught.value.details[0]["charge"]) == ("ConnectionFailed", "usage")
    assert caught.value.details[0]["usage"] == {"input_tokens": 3, "output_tokens": 7}
    assert "could not be kept: OSError: no space left" in caught.value.message


async def test_a_conversation_that_cannot_be_read_is_waited_for() -> None:
    request = replace(REQUEST, talk=Talk(head="kept elsewhere", shown=1), references=[[[2], "a" * 64, 9]])
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(chat_activity(Odd(ChatUsage(3, 7)), MemoryStore()), request)
    assert caught.value.type == told_by_worker(OBJECT_MISSING)
