"""Agents against `aimock`: turns with calls of tools, what its journal has beside what the run says, and its faults."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.live.other_servers import AIMOCK, ModelServer, aimock, needed
from tests.others.shop import shop

pytestmark = needed(AIMOCK)

HELPER = """
agent helper(question: text) -> { text: text } {
  model "gpt-4o-mini"
  instructions "You answer customers of a shop."
  prompt "{{ question }}"
  use orders.find, orders.track
  answer at most 300 tokens
  retry 9 times backoff 1s to 1s
  budget 6 turns
}
flow f(question: text) -> { text: text } budget 1 usd, 60k tokens { step reply = helper(question) return reply }
"""
INPUT, OUTPUT = Decimal("0.15"), Decimal("0.60")
"""US dollars for a million tokens of `gpt-4o-mini`."""


def usage(sent: int, answered: int) -> dict[str, Any]:
    return {"usage": {"prompt_tokens": sent, "completion_tokens": answered, "total_tokens": sent + answered}}


def calls(*asked: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"toolCalls": [{"name": name, "arguments": arguments} for name, arguments in asked], **more}


def journal(server: ModelServer) -> list[dict[str, Any]]:
    """What was asked for answers, the earliest first."""
    entries: list[dict[str, Any]] = server.get("__aimock/journal?limit=1000")
    return [entry for entry in entries if entry["path"] == "/v1/chat/completions"]


def reported(entries: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """The tokens that were told to whoever asked, of the answers that went out whole."""
    whole = [entry["response"] for entry in entries if "chaosAction" not in entry["response"]]
    found = [response["fixture"]["response"].get("usage") for response in whole if response["status"] == 200]
    return [(each["prompt_tokens"], each["completion_tokens"]) for each in found if each]


TURNS = [
    {
        "match": {"userMessage": "lamps", "turnIndex": 0},
        "response": calls(("orders-find", {"customer": "c-7"}), **usage(101, 11)),
    },
    {
        "match": {"userMessage": "lamps", "turnIndex": 1, "hasToolResult": True},
        "response": calls(("orders-track", {"order": "o-2"}), ("orders-track", {"order": "o-1"}), **usage(202, 22)),
    },
    {
        "match": {"userMessage": "lamps", "turnIndex": 2, "toolResultContains": "NotUnderWay"},
        "response": {"content": '{"text": "in Halifax"}', **usage(303, 33)},
    },
]


async def test_the_journal_has_what_the_run_says_was_asked_and_charged(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aimock(tmp_path, TURNS) as server:
        async with shop(server.environment, temporal_address, monkeypatch) as here:
            run = await here.start(HELPER, {"question": "Where are my lamps?"})
            assert await run.value() == {"text": "in Halifax"}
            spent = (await run.view()).spent
        asked = journal(server)
    assert [entry["response"]["status"] for entry in asked] == [200, 200, 200]
    assert here.called[0] == ("orders.find", "c-7")
    assert sorted(here.called[1:]) == [("orders.track", "o-1"), ("orders.track", "o-2")]
    sent, answered = (sum(each) for each in zip(*reported(asked), strict=True))
    assert spent.tokens == sent + answered == 672
    assert Decimal(spent.usd) == (sent * INPUT + answered * OUTPUT) / 1_000_000
    assert spent.calls == len(asked) + len(here.called)
    _told_in_order(asked[-1]["body"]["messages"])


def _told_in_order(messages: list[dict[str, Any]]) -> None:
    """Each call that the model asked for is answered by its id, in the order in which it asked."""
    assert [message["role"] for message in messages[:3]] == ["system", "user", "assistant"]
    ids = [call["id"] for message in messages for call in message.get("tool_calls") or []]
    told = [message for message in messages if message["role"] == "tool"]
    assert [message["tool_call_id"] for message in told] == ids
    assert ["Halifax" in message["content"] for message in told] == [False, True, False]


FAULTS = [
    {"response": {"error": {"message": "slower", "type": "rate_limit_error"}, "status": 429, "retryAfter": 1}},
    {"response": {"error": {"message": "no luck", "type": "server_error"}, "status": 500}},
    {"response": {"content": '{"text": "cut off"}'}, "chunkSize": 4, "truncateAfterChunks": 2},
    {"response": {"content": "{}"}, "chaos": {"malformedRate": 1}},
    {"response": {"content": "{}"}, "chaos": {"disconnectRate": 1}},
    {"response": {"content": '{"text": "no JSON'}},
    {"response": {"content": '{"text": "at last"}', **usage(100, 10)}},
]


async def test_each_fault_is_asked_again_and_charged_what_it_may_have_cost(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixtures = [fault | {"match": {"model": "gpt-4o-mini", "sequenceIndex": at}} for at, fault in enumerate(FAULTS)]
    with aimock(tmp_path, fixtures) as server:
        async with shop(server.environment, temporal_address, monkeypatch) as here:
            run = await here.start(HELPER, {"question": "Well?"})
            assert await run.value() == {"text": "at last"}
            view = await run.view()
        asked = journal(server)
    assert len(asked) == len(FAULTS)
    again = [note.detail.split(":")[0] for note in view.notes if note.kind == "retrying"]
    assert again == ["RateLimited", "Overloaded", *["ConnectionFailed"] * 3, "MalformedOutput"]
    assert view.spent.calls == len(FAULTS) - 1
    # Nobody knows what an error, a cut or damaged answer and a lost connection cost: the whole of what was reserved.
    assert view.spent.tokens >= 4 * 300 + sum(map(sum, reported(asked)))


async def test_chaos_is_survived_and_nothing_is_asked_that_is_not_charged(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chaos = ("--chaos-ratelimit", "0.1", "--chaos-drop", "0.1", "--chaos-malformed", "0.1", "--chaos-disconnect", "0.1")
    with aimock(tmp_path, TURNS, *chaos) as server:
        async with shop(server.environment, temporal_address, monkeypatch) as here:
            questions = [f"Where are my lamps, those of run {number}.?" for number in range(8)]
            runs = [await here.start(HELPER, {"question": question}) for question in questions]
            values = await asyncio.gather(*(run.value() for run in runs))
            spent = [(await run.view()).spent for run in runs]
        asked = journal(server)
    assert values == [{"text": "in Halifax"}] * len(runs)
    for question, each in zip(questions, spent, strict=True):
        own = [entry for entry in asked if question in str(entry["body"]["messages"])]
        charged = [entry for entry in own if entry["response"]["status"] != 429]
        assert each.calls == len(charged) + 3
        assert each.tokens >= sum(sum(pair) for pair in reported(own)) == 672
