"""Agents against `llmock`: it breaks its answers on purpose, and its verdict, warnings included, is on who asks it.

Each fault has a model of its own, so all of them are met side by side.
"""

import asyncio
from collections import Counter

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Behavior, Fail, Match, Reply, StreamFault, ToolCall, ToolFault

from interpreter.boundary.failures import EVERY_MODEL_FAILED
from tests.live.runs import LiveRun
from tests.others.shop import Shop, shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

HELPER = """
agent helper(question: text) -> {{ text: text }} {{
  model "{model}"
  prompt "{{{{ question }}}}"
  use orders.find, orders.track
  answer at most 300 tokens
  answer within 3s
  budget 9 turns
}}
flow f(question: text) -> {{ text: text }} budget 60k tokens {{ step reply = helper(question) return reply }}
"""

FAULTS: dict[str, tuple[list[Behavior], list[str]]] = {
    "limited": ([Fail(429, retry_after=1.5, times=2)], ["RateLimited"] * 2),
    "down": ([Fail(503, times=3)], ["Overloaded"] * 3),
    "lost": ([StreamFault("disconnect", after_chunks=3)], ["ConnectionFailed"]),
    "cut": ([StreamFault("truncate", after_chunks=2, times=2)], ["ConnectionFailed"] * 2),
    "damaged": ([StreamFault("malformed", after_chunks=2)], ["ConnectionFailed"]),
    "stalled": ([StreamFault("stall", after_chunks=2, stall_seconds=20)], ["ModelTimeout"]),
    "unread": ([ToolFault("malformed_arguments")], []),
    "unknown": ([ToolFault("unknown_tool")], []),
    "begun": (
        [Reply(tool_calls=(ToolCall("orders-find", {"customer": "c-7"}),)), StreamFault("disconnect", after_chunks=2)],
        ["ConnectionFailed"],
    ),
}
"""By the name of a model, what comes of its first answers, and for what it is asked again."""


def plan(llmock: LLMock, model: str, faults: list[Behavior]) -> None:
    for each in faults:
        llmock.add(type(each)(**vars(each) | {"match": Match(model=model)}))


async def asked(here: Shop, model: str) -> LiveRun:
    return await here.start(HELPER.format(model=model), {"question": f"Find the orders of {model}."})


async def test_every_fault_is_recovered_from_and_the_verdict_has_not_even_a_warning(
    llmock: LLMock, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    llmock.pace(20)
    for model, (faults, _) in FAULTS.items():
        plan(llmock, model, faults)
    async with shop(llmock.env(), temporal_address, monkeypatch) as here:
        runs = await asyncio.gather(*(asked(here, model) for model in FAULTS))
        values = await asyncio.gather(*(run.value() for run in runs))
        views = [await run.view() for run in runs]
    assert [list(value) for value in values] == [["text"]] * len(FAULTS)
    again = [[note.detail.split(":")[0] for note in view.notes if note.kind == "retrying"] for view in views]
    assert dict(zip(FAULTS, again, strict=True)) == {model: kinds for model, (_, kinds) in FAULTS.items()}
    # `begun` is asked for another call by its second answer; what the first was about to ask for is not done.
    assert Counter(name for name, _ in here.called)["orders.find"] >= len(FAULTS) - 2
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("status", [400, 401])
async def test_what_no_other_attempt_helps_is_asked_once(
    status: int, llmock: LLMock, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(llmock, "hopeless", [Fail(status, message="no such thing", times=None)])
    async with shop(llmock.env(), temporal_address, monkeypatch) as here:
        failure = await (await asked(here, "hopeless")).failure()
    assert failure.kind == EVERY_MODEL_FAILED
    assert len(llmock.requests) == 1
    llmock.assert_resilient(strict=True)
