"""What an attempt has used, as it is told or at most, what comes of its end, and what a history has of a failure."""

import base64
from typing import Any

import pytest

from dsl.values.conversations import FRAMING
from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatUsage
from interpreter.boundary.talk import Talk
from interpreter.providers.openai_answers import LONGEST_REFUSAL, result
from interpreter.providers.openai_calls import Called
from interpreter.providers.openai_reading import Answer
from interpreter.providers.openai_usage import told_usage
from interpreter.providers.provider import FRAMING_TOKENS, ProviderFailure, at_most, believable, spent

MESSAGE = {"role": "user", "text": "é"}
CALLED = {"role": "assistant", "text": "", "calls": [{"id": "c", "name": "fi", "arguments": "{}"}]}


def request(**changes: Any) -> ChatRequest:
    return ChatRequest(**{"agent": "a", "model": "m", "prompt": "", "max_output_tokens": 9, **changes})


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, 0),
        ({"prompt": "abc"}, 3),
        ({"prompt": "é😀"}, 6),
        ({"instructions": "abc", "feedback": "de", "refused": "f", "schema_text": "{}"}, 8),
        ({"schema": {"é": 1}}, len('{"\\u00e9": 1}')),
        ({"talk": Talk(tools_text="[12]", notice="abc")}, 7),
        ({"talk": Talk(messages=[MESSAGE])}, 3 * FRAMING + 2),
        ({"talk": Talk(messages=[MESSAGE, CALLED]), "prompt": "ab"}, 2 + 3 * FRAMING + 2 + 6 * FRAMING + 5),
    ],
    ids=str,
)
def test_a_token_has_at_least_one_byte(changes: dict[str, Any], more: int) -> None:
    assert at_most(request(**changes)) == ChatUsage(FRAMING_TOKENS + more, 9)


def test_files_count_where_they_stand_and_by_their_size() -> None:
    def file(size: int) -> dict[str, Any]:
        data = base64.b64encode(b"x" * size).decode()
        return {"name": "ab", "media_type": "text/plain", "sha256": "h", "data": data}

    def used(**changes: Any) -> int:
        return at_most(request(**changes)).input_tokens

    small, large = used(files=[file(300)]), used(files=[file(600)])
    assert large - small == 300, "a text has no more tokens than bytes"
    assert used(files=[file(300), file(600)]) == small + large - FRAMING_TOKENS
    said = {**MESSAGE, "files": [file(300)]}
    assert used(talk=Talk(messages=[said])) == small + 3 * FRAMING + 2
    assert used(files=[{**file(300), "sha256": ""}]) == small


@pytest.mark.parametrize(
    ("usage", "believed"),
    [
        (None, None),
        (ChatUsage(10, 5, 6, 4, 5), ChatUsage(10, 5, 6, 4, 5)),
        (ChatUsage(10, 5, 6, 5, 5), ChatUsage(10, 5, 0, 0, 5)),
        (ChatUsage(10, 5, 11), ChatUsage(10, 5)),
        (ChatUsage(10, 5, 6, -1), ChatUsage(10, 5, 6)),
        (ChatUsage(10, 5, -1, 6), ChatUsage(10, 5, 0, 6)),
        (ChatUsage(10, 5, 10), ChatUsage(10, 5, 10)),
        (ChatUsage(10, 5, 0, 0, 6), ChatUsage(10, 5, 0, 0, 5)),
        (ChatUsage(0, 0), ChatUsage(0, 0)),
        (ChatUsage(-1, 5), None),
        (ChatUsage(5, -1), None),
    ],
)
def test_what_can_be_true(usage: ChatUsage | None, believed: ChatUsage | None) -> None:
    assert believable(usage) == believed


@pytest.mark.parametrize(
    ("report", "usage"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 12}, ChatUsage(9, 3)),
        ({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 10}, ChatUsage(9, 2)),
        ({"prompt_tokens": 9, "completion_tokens": 2, "reasoning_tokens": 2}, ChatUsage(9, 2, 0, 0, 2)),
        ({"prompt_tokens": 9, "completion_tokens": 2, "reasoning_tokens": 3}, ChatUsage(9, 5, 0, 0, 3)),
        ({"prompt_tokens": 9, "output_tokens": 2}, ChatUsage(9, 2)),
        ({"prompt_tokens": None, "input_tokens": 9, "completion_tokens": 0}, ChatUsage(9, 0)),
        ({"prompt_tokens": 0, "input_tokens": 9, "completion_tokens": 2}, None),
        ({"prompt_tokens": 0, "completion_tokens": 2}, None),
        ({"completion_tokens": 2, "total_tokens": 9}, None),
        ({"prompt_tokens": 9, "total_tokens": 12}, None),
        (
            {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 4, "cached_tokens": 5},
            ChatUsage(9, 2, 4),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 2,
                "prompt_tokens_details": 7,
                "input_tokens_details": {"cached_tokens": 4},
            },
            ChatUsage(9, 2, 4),
        ),
        ({}, None),
    ],
    ids=str,
)
def test_what_a_server_tells(report: dict[str, Any], usage: ChatUsage | None) -> None:
    assert told_usage(report) == usage


FIELDS: dict[str, Any] = {"cut": True, "refuses": ("a",), "most": 0, "most_here": 0, "unreached": True}


def test_of_a_failure_what_says_something_stands_in_a_history() -> None:
    bare = {"retry_after": None, "usage": None, "charge": "none"}
    assert ProviderFailure("k", "m", charge="none").detail == bare
    for name, value in FIELDS.items():
        told = ProviderFailure("k", "m", charge="none", **{name: value}).detail
        assert told == bare | {name: list(value) if type(value) is tuple else value}
    used = spent("k", "m", ChatUsage(3, 2))
    assert (used.charge, used.detail["usage"], used.cut) == ("usage", {"input_tokens": 3, "output_tokens": 2}, False)
    assert spent("k", "m", None, cut=True).detail == bare | {"charge": "reservation", "cut": True}
    assert ProviderFailure("k", "m", charge="usage", usage=ChatUsage(-1, 2)).detail["usage"] is None


def answer(text: str = "hi", **changes: Any) -> Answer:
    return Answer(**{"texts": [text], "finish": "stop", "length": len(text), **changes})


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (answer(), ChatUsage(FRAMING_TOKENS, 2)),
        (answer("éé"), ChatUsage(FRAMING_TOKENS, 4)),
        (answer("x" * 20), ChatUsage(FRAMING_TOKENS, 9)),
        (answer(thought=3), ChatUsage(FRAMING_TOKENS, 5)),
        (answer(calls={0: Called("c", "é", "{}")}), ChatUsage(FRAMING_TOKENS, 6)),
        (answer(usage=ChatUsage(7, 1)), ChatUsage(7, 1)),
        (answer(usage=ChatUsage(7, 0)), ChatUsage(7, 2)),
        (answer(usage=ChatUsage(7, 0), length=0), ChatUsage(7, 0)),
    ],
    ids=str,
)
def test_what_was_used_where_a_server_tells_it_not_or_less(told: Answer, usage: ChatUsage) -> None:
    assert result(request(), told).usage == usage


def failed(told: Answer, **changes: Any) -> ProviderFailure:
    with pytest.raises(ProviderFailure) as caught:
        result(request(**changes), told)
    return caught.value


CUT = ("length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "max_completion_tokens", "max_length", "model_length")
NO_ANSWERS = {
    failures.MALFORMED_OUTPUT: (*CUT, "incomplete"),
    failures.INVALID_REQUEST: ("model_context_window_exceeded", "context_length_exceeded"),
    failures.CONTENT_FILTERED: (
        *("content_filter", "content_filtered", "SAFETY", "image_safety", "guardrail_intervened", "recitation"),
        *("blocklist", "prohibited_content", "spii", "sensitive"),
    ),
    failures.REFUSED: ("refusal",),
    failures.OVERLOADED: (
        *("error", "abort", "aborted", "cancelled", "canceled", "timeout", "failed", "network_error"),
        *("internal_error", "server_error", "insufficient_system_resource"),
    ),
}


@pytest.mark.parametrize(("kind", "finish"), [(kind, each) for kind, all_ in NO_ANSWERS.items() for each in all_])
def test_an_end_that_is_none(kind: str, finish: str) -> None:
    found = failed(answer(finish=finish))
    assert (found.kind, found.charge, found.cut) == (kind, "reservation", kind == failures.MALFORMED_OUTPUT)
    assert failed(answer(finish=finish, usage=ChatUsage(3, 2))).usage == ChatUsage(3, 2)


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "end_turn", "whatever"])
def test_any_other_is_the_end_of_an_answer(finish: str) -> None:
    assert result(request(), answer(finish=finish)).output == "hi"


def test_no_end_at_all_is_one_where_the_server_says_that_this_is_all() -> None:
    assert failed(answer(finish="")).kind == failures.CONNECTION_FAILED
    assert result(request(), answer(finish="", complete=True)).output == "hi"
    assert result(request(schema_text="{}"), answer()).text == "hi"
    assert result(request(schema={}), answer(model="m-1")).response_model == "m-1"
    assert result(request(), answer()).response_model == "m"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            {"usage": ChatUsage(3, 9, 0, 0, 8), "reasoned": True},
            "its reasoning took 8 of the 9 tokens that it may have",
        ),
        ({"usage": ChatUsage(3, 9), "reasoned": True, "texts": [" "]}, "its reasoning took all of the 9 tokens"),
        ({"reasoned": True, "texts": []}, "its reasoning took all of the 9 tokens"),
        ({"reasoned": True}, "it is longer than 9 tokens"),
        ({"texts": []}, "it is longer than 9 tokens"),
    ],
    ids=str,
)
def test_why_an_answer_is_too_long(told: dict[str, Any], words: str) -> None:
    assert words in failed(answer(finish="length", **told)).message


def test_what_is_said_of_a_refusal_and_of_nothing() -> None:
    assert failed(answer(refusals=["n", "o"])).message == "the model refused: no"
    assert failed(answer("I will not", finish="refusal")).message == "the model refused: I will not"
    long = failed(answer(refusals=["x" * 9000])).message
    assert long == f"the model refused: {'x' * LONGEST_REFUSAL}"
    assert failed(answer(" \n")).message == "the answer is empty"
    assert failed(answer("", reasoned=True)).message == "the model gave its reasoning, and no answer"
    wanted = "the model wanted to call a tool, and has none, instead of an answer"
    for talk in None, Talk():
        assert failed(answer("", reasoned=True, calls={0: Called("c", "f", "{}")}), talk=talk).message == wanted


@pytest.mark.parametrize(
    ("ids", "given"),
    [
        (["c", "d"], ["c", "d"]),
        (["c", "c"], ["call-2-0", "call-2-1"]),
        (["", "d"], ["call-2-0", "call-2-1"]),
        (["\ud83d\ude00", "d"], ["😀", "d"]),
    ],
)
def test_ids_of_calls_are_told_apart(ids: list[str], given: list[str]) -> None:
    calls = {place: Called(id_, "f\ud83d\ude00", '"\ud83d\ude00"') for place, id_ in reversed([*enumerate(ids)])}
    talk = Talk(messages=[MESSAGE, MESSAGE], tools_text="[]")
    found = result(request(talk=talk, schema_text="{}"), answer("", calls=calls))
    assert [call.id for call in found.calls] == given, "in their order"
    assert {(call.name, call.arguments) for call in found.calls} == {("f😀", '"😀"')}
    assert (found.text, found.output) == (None, None)
    assert result(request(talk=talk), answer(calls=calls)).text == "hi"
