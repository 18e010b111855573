"""What a worker says of an attempt at a model, whoever provides it: numbers that cannot be true go no further."""

from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from interpreter.activities.chat import chat_activity
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.provider import ProviderFailure

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
    assert result.usage == ChatUsage(len("Größe?Be brief.".encode()), 70)
    with pytest.raises(ApplicationError) as caught:
        await asked(Odd(ChatUsage(number, 3), fails=True))
    assert caught.value.details[0]["usage"] is None


async def test_a_usage_that_can_be_true_is_told_as_it_is() -> None:
    assert (await asked(Odd(ChatUsage(3, 7.0)))).usage == ChatUsage(3, 7)  # type: ignore[arg-type]
    with pytest.raises(ApplicationError) as caught:
        await asked(Odd(ChatUsage(3, 7), fails=True))
    assert caught.value.details[0]["usage"] == {"input_tokens": 3, "output_tokens": 7}
