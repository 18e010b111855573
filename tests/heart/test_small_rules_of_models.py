"""The small rules of asking models: what an attempt may cost and did, how long an answer may be, summaries."""

from decimal import Decimal
from typing import Any

import pytest

from dsl.ast.declarations import AgentDeclaration
from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.boundary.talk import Talk
from interpreter.core import longer_answers, model_costs, policies
from interpreter.core.events import CallFailed, Certainty
from interpreter.core.machine import ROOT
from interpreter.core.state import Amount, Purse, State
from interpreter.core.summaries import begun, measured, replaced, to_replace
from interpreter.core.talks import TalkMemory


def state(*each: Purse, **more: Any) -> State:
    return State("main", "h", "k", purses={purse.path: purse for purse in each}, **more)


def call_failed(kind: str, certainty: Certainty = "answered", **detail: Any) -> CallFailed:
    return CallFailed(0.0, "id", kind, "busy", certainty, details=(detail,))


ASKED = ChatRequest("a", "m", "Größe?", max_output_tokens=50)


@pytest.mark.parametrize(
    ("usage", "cut"),
    [({"output_tokens": 50}, True), ({"output_tokens": 51}, True), ({"output_tokens": 49}, False), (None, False)],
)
def test_an_answer_that_is_as_long_as_it_may_be_was_cut(usage: Any, cut: bool) -> None:
    assert model_costs.as_long_as_it_may_be(usage, ASKED) is cut
    assert model_costs.was_cut(call_failed("x", usage=usage), ASKED) is cut
    assert model_costs.was_cut(call_failed("x", usage=usage, cut=True), ASKED)


def test_what_a_server_says_of_its_model_is_read_where_it_can_be_true() -> None:
    assert model_costs.refused_parts(call_failed("x", refuses=["temperature", "nonsense"])) == ["temperature"]
    assert model_costs.refused_parts(call_failed("x", refuses="temperature")) == []
    assert model_costs.told_ceiling(call_failed("x", most=9, most_here=5)) == (9, True)
    assert model_costs.told_ceiling(call_failed("x", most=0, most_here=5)) == (5, False)
    assert model_costs.told_ceiling(call_failed("x", most=-1)) is None
    assert model_costs.told_ceiling(call_failed("x")) is None
    usage = {"input_tokens": 3, "output_tokens": 7}
    reported = model_costs.reported(call_failed("x", usage=usage))
    assert reported is not None
    assert (reported.input_tokens, reported.output_tokens) == (3, 7)
    assert model_costs.reported(call_failed("x", usage={"input_tokens": 3})) is None
    assert model_costs.reported(call_failed("x", usage=None)) is None


def test_what_a_failed_attempt_cost() -> None:
    reserved, usage = Amount(Decimal(1), 100, 1), {"input_tokens": 3, "output_tokens": 7}
    for failed_, expected in (
        (call_failed("x", "not_started", usage=usage), Amount()),
        (call_failed("x", charge="none", usage=usage), Amount()),
        (call_failed("x", charge="usage", usage=usage), Amount(Decimal(0), 10, 1)),
        (call_failed("x", charge="usage", usage=None), reserved),
        (call_failed("x", "unknown"), reserved),
    ):
        assert model_costs.of_failure(state(), ASKED, failed_, reserved) == expected


def test_what_is_sent_is_counted_in_bytes() -> None:
    words = len("Größe?".encode())
    assert model_costs.tokens_sent(ASKED) == model_costs.FRAMING_TOKENS + words
    talk = Talk(tools_text="[]", kept_bytes=100, notice="ab")
    more = ChatRequest("a", "m", "Größe?", instructions="xy", feedback="abc", refused="d", talk=talk)
    assert model_costs.tokens_sent(more) == model_costs.FRAMING_TOKENS + words + 2 + 3 + 1 + 2 + 100 + 2


PRICED = Price("0.01", "0.02")


@pytest.mark.parametrize(
    ("limits", "most_answer", "whole", "answer"),
    [
        ({}, 50, False, 50),
        ({"tokens": 2 * (71 + 50)}, 50, False, 50),
        ({"tokens": 2 * (71 + 50) - 1}, 50, False, 50),
        ({"tokens": 2 * (71 + 70)}, 200, False, 70),
        ({"tokens": 2 * (71 + 64)}, 200, False, 64),
        ({"tokens": 2 * (71 + 63)}, 200, False, 197),
        ({"tokens": 2 * (71 + 70)}, 500, True, 211),
        ({"tokens": 10}, 50, False, 1),
        ({"tokens": 2 * (71 + 70), "calls": 2}, 200, False, 70),
        ({"tokens": 2 * (71 + 70), "calls": 1}, 500, False, 211),
        ({"usd": Decimal("0.71") * 2 + Decimal("2.8")}, 200, False, 70),
    ],
)
def test_an_attempt_leaves_room_for_one_more(
    limits: dict[str, Any], most_answer: int, whole: bool, answer: int
) -> None:
    request = ChatRequest("a", "m", "1234567")
    found = state(Purse(ROOT, None, **limits), prices={"m": PRICED})
    amount = model_costs.most(found, ROOT, request, most_answer, whole=whole)
    assert amount.tokens - 71 == answer
    assert amount.usd == 71 * Decimal("0.01") + answer * Decimal("0.02")
    assert amount.calls == 1


def test_how_long_an_answer_may_be_after_one_that_was_cut_off() -> None:
    agent = AgentDeclaration("a", (), None, ("m",), None, answer_tokens=None)  # type: ignore[arg-type]
    declared = AgentDeclaration("a", (), None, ("m",), None, answer_tokens=400)  # type: ignore[arg-type]
    request = ChatRequest("a", "m", "1234567")
    found = longer_answers.after(state(), "", agent, request, 100)
    assert (found.most, found.before, found.is_worth_it) == (4 * policies.DEFAULT_OUTPUT_TOKENS, 100, True)
    assert found.advice == "write `answer at most` with more tokens on `a`, or ask for a shorter answer"
    assert longer_answers.after(state(), "", agent, request, 5_000).most == 20_000
    found = longer_answers.after(state(max_output={"m": 900}), "", agent, request, 100)
    assert (found.most, found.advice) == (900, "`m` can give no more than 900: ask for a shorter answer")
    found = longer_answers.after(state(max_output={"m": 900}), "", declared, request, 100)
    assert (found.most, found.advice) == (400, "raise `answer at most` of `a`, or ask for a shorter answer")
    found = longer_answers.after(state(max_output={"m": 400}), "", declared, request, 100)
    assert found.advice.startswith("`m` can give no more than 400")
    full = state(Purse(ROOT, None, tokens=271))
    found = longer_answers.after(full, ROOT, agent, request, 100)
    assert (found.most, found.is_worth_it) == (200, True)
    assert found.advice.endswith("has room for 200 tokens of answer: raise it")
    assert not longer_answers.after(state(Purse(ROOT, None, tokens=71 + 124)), ROOT, agent, request, 100).is_worth_it
    assert longer_answers.after(state(Purse(ROOT, None, tokens=71 + 125)), ROOT, agent, request, 100).is_worth_it
    over = longer_answers.after(state(Purse(ROOT, None, tokens=10)), ROOT, agent, request, 100)
    assert over.advice.endswith("has room for 0 tokens of answer: raise it")


# -- summaries


def talk_of(*sizes: int, **more: Any) -> TalkMemory:
    memory = TalkMemory(**more)
    memory.sizes = list(sizes)
    return memory


def test_a_summary_takes_the_place_of_what_is_oldest() -> None:
    """Four bytes are a token before anything was reported."""
    assert to_replace(talk_of(40, 40, 40, 40), 40) == 0
    assert to_replace(talk_of(40, 40, 40, 44), 40) == 3
    assert to_replace(talk_of(40, 40, 40, 40), 39) == 3
    assert to_replace(talk_of(160, 4), 40) == 0, "one message is not worth it"
    assert to_replace(talk_of(20, 20, 200), 40) == 3
    assert to_replace(talk_of(16, 16, 200), 40) == 3
    assert to_replace(talk_of(100, 100, -100, 40), 40) == 3, "no answer of a tool is parted from its call"


def test_there_is_one_summary_before_a_turn() -> None:
    memory = talk_of(100, 100, 100)
    count = to_replace(memory, 40)
    begun(memory, count)
    assert (memory.replacing, memory.summarised) == (count, memory.turns + 1)
    assert to_replace(memory, 40) == 0
    memory.first = 1
    replaced(memory, "it was long")
    assert memory.sizes == [100] * (3 - count)
    assert (memory.replacing, memory.first) == (0, -1)
    assert memory.opening == [{"role": "user", "text": "A summary of what was said before:\n\nit was long"}]


@pytest.mark.parametrize(
    ("tokens", "sent", "known"),
    [(0, 10, False), (-1, 10, False), (1, 8, True), (1, 9, False), (10, 10, True), (11, 10, False), (5, 40, True)],
)
def test_only_a_report_that_can_be_true_is_a_measure(tokens: int, sent: int, known: bool) -> None:
    memory = talk_of(10)
    measured(memory, tokens, sent)
    assert bool(memory.measured) is known
