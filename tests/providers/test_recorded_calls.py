"""A recorded call as a line and back, the order of lines, and how what is asked differs from what was recorded."""

import json
from typing import Any

import pytest

from interpreter.boundary.batches import BatchAnswer
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.recorded_calls import (
    Asked,
    RecordedCall,
    UnreadableCall,
    asked_of,
    call_of,
    failure_told,
    in_order,
    key_of,
    line_of,
)
from interpreter.providers.replaying import NOTHING, ReplayingProvider, differences

ANSWER = ChatResult(None, ChatUsage(3, 2), "m-1", rehearsal=True, text="hi")
NONE = ProviderFailure("Overloaded", "no luck", charge="none")


def asked(*said: str, **more: Any) -> Asked:
    return {"model": "m", "messages": [{"role": "user", "content": each} for each in said], **more}


def call(told: Asked, came: ChatResult | ProviderFailure = ANSWER, step: str = "", agent: str = "a") -> RecordedCall:
    return RecordedCall(key_of(told), agent, step, told, came)


RESULTS = [
    ANSWER,
    ChatResult(0, ChatUsage(3, 2, 1, 1, 1), "m-1", rehearsal=True),
    ChatResult({"é": [None]}, ChatUsage(0, 0), "m-1", rehearsal=True, text=""),
    ChatResult(None, ChatUsage(3, 2), "m-1", rehearsal=True, calls=[AskedCall("c", "f", "{}")]),
]


@pytest.mark.parametrize("came", RESULTS, ids=str)
def test_an_answer_is_the_same_again(came: ChatResult) -> None:
    told = asked("x", seed=0)
    line = line_of(call(told, came, "s#2/t", "é"), {})
    assert call_of(line, {}) == call(told, came, "s#2/t", "é")
    assert list(json.loads(line)) == ["step", "agent", "key", "asked", "said"]
    absent = {"text": came.text, "output": came.output, "calls": came.calls or None}
    assert {name for name, part in absent.items() if part is None}.isdisjoint(json.loads(line)["said"])


@pytest.mark.parametrize(
    "came",
    [
        NONE,
        ProviderFailure("k", "m", charge="usage", usage=ChatUsage(3, 2), cut=True),
        ProviderFailure("k", "m", charge="reservation", refuses=("a", "b"), retry_after=1.5),
        ProviderFailure("k", "m", charge="none", most=7, most_here=8, unreached=True),
    ],
    ids=str,
)
def test_a_failure_is_the_same_again(came: ProviderFailure) -> None:
    found = call_of(line_of(call(asked("x"), came), {}), {}).came
    assert isinstance(found, ProviderFailure)
    assert vars(found) == vars(came)
    of_a_batch = failure_told(BatchAnswer(0, None, came.kind, came.message, came.detail))
    assert vars(of_a_batch) == vars(came)


def test_a_question_of_a_batch_that_tells_nothing_cost_nothing() -> None:
    assert vars(failure_told(BatchAnswer(0, None, "k", "m"))) == vars(ProviderFailure("k", "m", charge="none"))


@pytest.mark.parametrize(
    ("came", "passing"),
    [
        (NONE, True),
        (ANSWER, False),
        (ProviderFailure("k", "m", charge="reservation"), False),
        (ProviderFailure("k", "m", charge="none", refuses=("a",)), False),
    ],
    ids=str,
)
def test_what_cost_nothing_and_taught_nothing_is_passing(came: ChatResult | ProviderFailure, passing: bool) -> None:
    assert call(asked("x"), came).is_passing_trouble is passing


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{}", '{"key": "k", "asked": 7}', '{"key": "k", "asked": {"after": "unknown", "messages": []}}']
    + [
        json.dumps({"key": "k", "asked": {"messages": []}, "agent": "a", "step": "", **more})
        for more in (
            {},
            {"said": {}},
            {"said": {"model": "m", "usage": {"x": 1}}},
            {"failed": {"kind": "k"}},
        )
    ],
)
def test_what_is_no_call_is_told(line: str) -> None:
    with pytest.raises(UnreadableCall):
        call_of(line, {})


def test_a_request_goes_on_with_the_longest_that_it_begins_with() -> None:
    one, two, three, four = (asked(*"wxyz"[:count]) for count in (1, 2, 3, 4))
    known = {key_of(each): each for each in (two, one)}

    def written(told: Asked, *, among: dict[str, Asked]) -> Any:
        line = line_of(call(told), among)
        assert call_of(line, dict(among)).asked == told
        return json.loads(line)["asked"]

    assert written(three, among=known) == {"after": key_of(two), "messages": three["messages"][2:]}
    assert written(four, among=known) == {"after": key_of(two), "messages": four["messages"][2:]}
    assert written(two, among=known) == {"after": key_of(one), "messages": two["messages"][1:]}
    assert written(one, among=known) == one
    assert written(three, among={}) == three
    for other in (asked("w", "q"), asked("w", seed=7), {"messages": one["messages"], "model": "m"}):
        assert written(three, among={"k": other}) == three, "it begins otherwise, or has other options"


def test_what_was_read_is_known_by_its_key_and_the_first_stays() -> None:
    known: dict[str, Asked] = {"k": asked("x")}
    call_of(
        json.dumps(
            {
                "key": "k",
                "agent": "a",
                "step": "",
                "asked": asked("y"),
                "failed": {"kind": "k", "message": "m", "charge": "none"},
            }
        ),
        known,
    )
    assert known == {"k": asked("x")}
    call_of(line_of(call(asked("z")), {}), known)
    assert known[key_of(asked("z"))] == asked("z")


def test_lines_are_in_the_order_of_steps_agents_and_what_was_said() -> None:
    ordered = [
        call(asked("x"), step=""),
        call(asked("x"), step="a#2/b"),
        call(asked("x", "y"), step="a#2/b"),
        call(asked("x"), step="a#2/b", agent="b"),
        call(asked("x"), step="a#10/b"),
        call(asked("x"), step="b"),
    ]
    assert in_order(reversed(ordered)) == ordered
    same = [call(asked("x"), came) for came in (ANSWER, NONE)]
    assert in_order(same) == same
    assert in_order(reversed(same)) == [*reversed(same)]


def test_how_a_request_travels_and_how_long_its_answer_may_be_is_none_of_it() -> None:
    told = asked_of(ChatRequest("a", "m", "x", temperature=0.5, max_output_tokens=7))
    assert told == asked("x", temperature=0.5)
    assert told == asked_of(ChatRequest("a", "m", "x", temperature=0.5, without=["stream", "max_completion_tokens"]))
    assert key_of({"a": 1, "b": 2}) != key_of({"b": 2, "a": 1})
    assert len(key_of(told)) == 16


@pytest.mark.parametrize(
    ("recorded", "told", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [("a.b[1]", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [("a[1]", NOTHING, 2)]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", 2, NOTHING)]),
        ({"a": 1}, {"b": 1}, [("a", 1, NOTHING), ("b", NOTHING, 1)]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [("the order of fields", ["a", "b"], ["b", "a"])]),
        ({"x": {"a": 1, "b": 2}}, {"x": {"b": 2, "a": 1}}, [("the order of x", ["a", "b"], ["b", "a"])]),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)]),
        ({"a": {}}, {"a": []}, [("a", {}, [])]),
        ({"a": []}, {"a": {}}, [("a", [], {})]),
        ({"a": "x"}, {"a": {"b": 1}}, [("a", "x", {"b": 1})]),
        ({"a": {"b": 1}}, {"a": "x"}, [("a", {"b": 1}, "x")]),
        ({"a": ["x"]}, {"a": "x"}, [("a", ["x"], "x")]),
        ({"a": "x"}, {"a": ["x"]}, [("a", "x", ["x"])]),
    ],
)
def test_where_two_differ(recorded: Any, told: Any, found: list[Any]) -> None:
    assert [*differences(recorded, told, "")] == found


async def missed(recorded: list[RecordedCall], request: ChatRequest) -> str:
    with pytest.raises(ProviderFailure) as caught:
        await ReplayingProvider("f", recorded).chat(request)
    assert (caught.value.kind, caught.value.charge) == ("NotRecorded", "none")
    return caught.value.message.partition("`: ")[2].rpartition("; if that is meant")[0]


def recorded(prompt: Any, **more: Any) -> RecordedCall:
    return call(asked(prompt, **more))


LONG = "".join(chr(97 + place % 26) for place in range(300))


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("a", "b", '"a", now "b"'),
        ("a", "ab", '"a", now "ab"'),
        (LONG[:60], LONG[:59], f'"…{LONG[39:60]}", now "…{LONG[39:59]}"'),
        (LONG[:20] + "A", LONG[:20] + "B", f'"{LONG[:20]}A", now "{LONG[:20]}B"'),
        (LONG[:21] + "A", LONG[:21] + "B", f'"…{LONG[1:21]}A", now "…{LONG[1:21]}B"'),
        ("A" + LONG[:59], "B" + LONG[:60], f'"A{LONG[:59]}", now "B{LONG[:59]}…"'),
        ('"é"\n', "", '"\\"é\\"\\n", now ""'),
    ],
)
async def test_a_text_is_shown_from_a_little_before_where_it_differs(before: str, now: str, words: str) -> None:
    told = await missed([recorded(before)], ChatRequest("a", "m", now))
    assert told == f"of what was recorded, the nearest differs in messages[0].content (recorded {words})"


async def test_other_values_are_shown_as_they_are_written_and_cut() -> None:
    told = await missed([recorded("x", seed=7)], ChatRequest("a", "m", "x"))
    assert told.endswith("seed (recorded 7, now nothing)")
    for length, shown in (56, '["' + "x" * 56 + '"]'), (57, '["' + "x" * 57 + '"…'):
        told = await missed([recorded(["x" * length])], ChatRequest("a", "m", "x"))
        assert told.endswith(f'messages[0].content (recorded {shown}, now "x")')
    told = await missed([recorded("x")], ChatRequest("b", "m", "y"))
    assert told == "nothing of `b` was recorded"


async def test_the_nearest_has_the_fewest_differences_and_of_many_three_are_told() -> None:
    far, near = recorded("y", seed=1, temperature=1.0), recorded("z", seed=2)
    told = await missed([far, near], ChatRequest("a", "m", "x", seed=2))
    assert told.endswith('the nearest differs in messages[0].content (recorded "z", now "x")')
    told = await missed([far], ChatRequest("a", "m2", "x", seed=2))
    assert told.count("(recorded") == 3
    assert told.endswith("; and 1 more")
    told = await missed([far], ChatRequest("a", "m", "x", seed=2))
    assert told.count("(recorded") == 3
    assert "more" not in told


async def test_the_nearest_of_several_is_alike_for_longer() -> None:
    ours = {"role": "user", "text": "x"}, {"role": "assistant", "text": "y"}, {"role": "user", "text": "z"}

    def said(*texts: str) -> RecordedCall:
        roles = ("user", "assistant", "user")
        told = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)]
        return call({"model": "m", "messages": told})

    request = ChatRequest("a", "m", "x", talk=Talk(messages=[*ours]))
    for calls in ([said("x", "y", "Z"), said("X", "y", "z")], [said("X", "y", "z"), said("x", "y", "Z")]):
        assert "messages[2].content" in await missed(calls, request)


async def test_trouble_is_passed_over_only_where_an_answer_is_left_after_it() -> None:
    request = ChatRequest("a", "m", "x")
    calls = [call(asked_of(request), came) for came in (NONE, ANSWER, NONE)]
    replay = ReplayingProvider("f", calls)
    assert await replay.chat(request) is ANSWER
    for _ in range(2):
        with pytest.raises(ProviderFailure, match="no luck"):
            await replay.chat(request)
    with pytest.raises(ProviderFailure, match="asked for once more than recorded, 3 times"):
        await replay.chat(request)
