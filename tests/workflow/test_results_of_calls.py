"""What an activity answered, as the event that the machine gets."""

import json
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import DataConverter

from dsl.expressions.values import Reference
from interpreter.boundary.failures import INVALID_OUTPUT, NOT_CALLED
from interpreter.boundary.names import REFERENCES, UNSEEN
from interpreter.boundary.payloads import (
    Answer,
    AnswerVerdict,
    ChatRequest,
    ChatResult,
    ChatUsage,
    EvaluateResult,
    InlineResult,
)
from interpreter.core.commands import AttemptModel, Evaluate, Pause, VerifyAnswer
from interpreter.core.events import AnswerVerified, CallFailed, Evaluated, ModelAnswered, Resumed, ToolReturned
from interpreter.workflow.outcomes import call_event
from tests.workflow.ends import a_call
from tests.workflow.played import Played

HASH = "a" * 64


def answered_payload(answer: Any, beside: list[Any] | None = None) -> Payload:
    payload = DataConverter.default.payload_converter.to_payload(answer)
    if beside is not None:
        payload.metadata[REFERENCES] = json.dumps(beside).encode()
    return payload


def answered(answer: Any, beside: list[Any] | None = None) -> Any:
    return call_event(a_call(), 7.0, RawValue(answered_payload(answer, beside)), None)


@pytest.mark.parametrize("answer", [None, 0, False, "", [], {"id": "1"}, [1.5, {"a": None}]], ids=str)
def test_a_tool_answers_json(played: Played, answer: Any) -> None:
    event = answered(answer)
    assert event == ToolReturned(7.0, "main/charge", answer)
    assert type(event.result) is type(answer)


@pytest.mark.parametrize("unseen", [True, False])
def test_what_our_worker_wrote_beside_the_answer_is_a_reference(played: Played, unseen: bool) -> None:
    """It is looked into where the answer says that nobody has; in older histories none does."""
    payload = answered_payload({"a": {"$ref": HASH, "$size": 9}}, [[["a"], HASH, 9]])
    payload.metadata.update({UNSEEN: b"1"} if unseen else {})
    event = call_event(a_call(), 7.0, RawValue(payload), None)
    assert event == ToolReturned(7.0, "main/charge", {"a": Reference(HASH, 9)}, unseen)


def test_data_that_looks_like_a_reference_is_data(played: Played) -> None:
    looks = {"$ref": HASH, "$size": 9}
    event = answered(looks)
    assert event.result == looks
    assert type(event.result) is dict


@pytest.mark.parametrize(
    "payload",
    [
        Payload(metadata={"encoding": b"json/plain"}, data=b"{no json"),
        Payload(metadata={"encoding": b"binary/plain"}, data=b"\x00\x01"),
        Payload(metadata={"encoding": b"binary/unknown"}, data=b"\x00\x01"),
        Payload(data=b"5"),
        Payload(metadata={"encoding": b"json/plain", REFERENCES: b"no list"}, data=b"5"),
    ],
    ids=["broken", "bytes", "foreign", "nothing said", "broken references"],
)
def test_an_answer_that_cannot_be_read_did_happen(played: Played, payload: Payload) -> None:
    event = call_event(a_call(), 7.0, RawValue(payload), None)
    assert type(event) is CallFailed
    assert (event.kind, event.certainty, event.retryable) == (INVALID_OUTPUT, "unknown", False)
    assert event.message.startswith("its answer is not JSON: ")


def test_arguments_too_large_for_a_foreign_worker_were_not_sent(played: Played) -> None:
    event = call_event(a_call(), 7.0, InlineResult(2_345_678, None), None)
    assert type(event) is CallFailed
    assert (event.kind, event.certainty, event.retryable) == (NOT_CALLED, "not_started", False)
    assert "2,345,678" in event.message


def test_a_model_answers() -> None:
    result = ChatResult("hello", ChatUsage(3, 4), "m-1")
    command = AttemptModel("main/ask", ChatRequest("ask", "m", "hello"), 60_000, "ask")
    assert call_event(command, 7.0, result, None) == ModelAnswered(7.0, "main/ask", result)


def test_who_answered_is_known() -> None:
    verdict = AnswerVerdict("verified", "ann", ["leads"], "key")
    command = VerifyAnswer("main/ok", Answer("1", "main/ok", "approve", "ann"), 5.0)
    assert call_event(command, 7.0, verdict, None) == AnswerVerified(7.0, "main/ok", verdict)


def test_an_expression_has_a_value_or_the_authors_mistake() -> None:
    command = Evaluate("main/let", {}, {})
    assert call_event(command, 7.0, EvaluateResult(5), None) == Evaluated(7.0, "main/let", 5)
    mistake = EvaluateResult(None, "division_by_zero", "divided by zero")
    event = call_event(command, 7.0, mistake, None)
    assert event == Evaluated(7.0, "main/let", None, "division_by_zero", "divided by zero")


def test_a_pause_is_over_whatever_it_answers() -> None:
    assert call_event(Pause("main/pause"), 7.0, None, None) == Resumed(7.0, "main/pause")
