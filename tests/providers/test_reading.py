"""What is read of an answer does not hang on how its bytes were cut, and what has an edge is read up to that."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from interpreter.providers import openai_reading
from interpreter.providers.openai_reading import (
    Answer,
    Damaged,
    ToldError,
    TooLong,
    in_a_list,
    lines,
    read,
    whole_characters,
)

HI = '{"choices": [{"delta": {"content": "hi"}}]}'
HO = '{"choices": [{"delta": {"content": "ho"}}]}'
STOP = '{"choices": [{"delta": {}, "finish_reason": "stop"}]}'


async def pieces(*cut: bytes) -> AsyncIterator[bytes]:
    for piece in cut:
        yield piece


async def lines_of(*cut: bytes) -> list[str]:
    return [line async for line in lines(pieces(*cut))]


async def answer_of(*told: str, **changes: Any) -> Answer:
    return await read(pieces("\n".join(told).encode()), Answer(**changes))


def taken(*parts: Any) -> Answer:
    answer = Answer()
    for part in parts:
        answer.take(part)
    return answer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\nb", ["a", "b"]),
        ("a\rb", ["a", "b"]),
        ("a\r\nb", ["a", "b"]),
        ("\r\n\r\na\n\rb\r\r", ["", "", "a", "", "b", "", ""]),
        ("a\n\n\nb\n", ["a", "", "", "b", ""]),
        ("\ufeffa\n\ufeffb", ["a", "\ufeffb"]),
        ("é\u2028\x0b\x85😀\n", ["é\u2028\x0b\x85😀", ""]),
        ("", [""]),
    ],
    ids=repr,
)
async def test_lines_are_the_same_however_their_bytes_are_cut(text: str, found: list[str]) -> None:
    raw = text.encode()
    assert await lines_of(raw) == found
    for at in range(1, len(raw)):
        assert await lines_of(raw[:at], raw[at:]) == found, at
    assert await lines_of(*(raw[at : at + 1] for at in range(len(raw)))) == found


async def test_a_line_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_reading, "LONGEST_ANSWER", 5)
    assert await lines_of(b"x" * 20) == ["x" * 20]
    assert await lines_of(b"x" * 15, b"\n", b"y" * 20) == ["x" * 15, "y" * 20]
    for cut in ([b"x" * 21], [b"x" * 20, b"x"], [b"\n", b"x", b"x" * 20]):
        with pytest.raises(TooLong):
            await lines_of(*cut)


async def test_so_does_an_event_of_many_lines_and_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_reading, "LONGEST_ANSWER", 25)
    assert (await answer_of(f"data: {HI}", "", f"data: {HI}", "", f"data: {STOP}", "", "data: [DONE]")).text == "hihi"
    body = '{"choices": [{"message": {"content": "hi"}}]}'
    fits = ["{", *[" " * 9] * 6, body[1:]]
    assert sum(map(len, fits)) == 99
    assert (await answer_of(*fits)).text == "hi"
    fits[1] += " "
    assert (await answer_of(*fits)).text == "hi"
    fits[1] += " "
    with pytest.raises(TooLong):
        await answer_of(*fits)
    told = [f"data: [11,{'1,' * 23}", f"data: {'1,' * 24}1]"]
    with pytest.raises(TooLong):
        await answer_of(*told, "data: 1")
    assert (await answer_of(*told)).text == "", "a list of numbers is no piece of an answer"


@pytest.mark.parametrize(
    "say",
    [
        lambda said: {"content": said},
        lambda said: {"content": [{"type": "text", "text": said[:3]}, said[3:]]},
        lambda said: {"refusal": said},
        lambda said: {"content": said[:2], "refusal": said[2:]},
        lambda said: {"tool_calls": [{"function": {"name": said[:3], "arguments": said[4:]}}]},
        lambda said: {"tool_calls": [{"function": {"arguments": said[1:]}}]},
        lambda said: {"function_call": {"name": said[1:]}},
    ],
)
def test_an_answer_has_so_many_characters_at_most(
    monkeypatch: pytest.MonkeyPatch, say: Callable[[str], dict[str, Any]]
) -> None:
    """Each call counts for one more than is in it, so that none comes for nothing."""
    monkeypatch.setattr(openai_reading, "LONGEST_ANSWER", 10)
    assert taken({"choices": [{"delta": say("x" * 10)}]}).length == 10
    assert taken(*[{"choices": [{"delta": say("x" * 5)}]}] * 2).length == 10
    with pytest.raises(TooLong, match="more than 10 characters"):
        taken({"choices": [{"delta": say("x" * 11)}]})


def test_what_was_thought_is_no_part_of_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_reading, "LONGEST_ANSWER", 1)
    for said in ({"reasoning": "hm"}, {"reasoning_content": "hm"}, {"content": [{"type": "thinking", "x": "hm"}]}):
        answer = taken({"choices": [{"delta": said}]})
        assert (answer.length, answer.reasoned, answer.thought > 3, answer.text) == (0, True, True, "")
    assert taken({"choices": [{"delta": {"reasoning": "é"}}]}).thought == len('"\\u00e9"')
    silent = taken({"choices": [{"delta": {"reasoning": "", "reasoning_content": None}}]})
    assert (silent.reasoned, silent.thought) == (False, 0)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ([f"data: {HI}", "data: [DONE]"], "hi"),
        ([f"data: {HI}", f"data: {HO}", ""], "hiho"),
        ([f"data: {HI}", "data:", f"data: {HO}", ""], "hiho"),
        ([f"data: {HI[:11]}", f"data: {HI[11:]}", ""], "hi"),
        (["data: {", f"data: {HI[1:-1]}", "data: }", ""], "hi"),
        ([f"data:{HI}", "", "id: 7", "retry: 1", ": alive", f"data: {HO}", ""], "hiho"),
        (["event: message", f"data: {HI}", ""], "hi"),
        (["data: [DONE]", "", f"data: {HO}", ""], ""),
        ([f"data: {HI}", "data: [DONE]", f"data: {HO}"], "hi"),
        (["", "", "  ", f"data: {HI}", ""], "hi"),
        ([f"data: [{HI}]", ""], "hi"),
        ([f"data: [{HI}, {HI}]", "", 'data: "ping"', "", f"data: {HO}", ""], "ho"),
    ],
    ids=lambda told: " | ".join(told)[:60],
)
async def test_events(told: list[str], text: str) -> None:
    assert (await answer_of(*told)).text == text
    assert (await answer_of(*told, "")).text == text


async def test_it_is_complete_when_it_says_so_and_nothing_is_read_after_that() -> None:
    whole = await answer_of(f"data: {HI}", "", "data: [DONE]", "", "data: {damaged", "")
    assert (whole.complete, whole.text) == (True, "hi")
    assert not (await answer_of(f"data: {HI}", "", f"data: {STOP}", "")).complete
    assert (await answer_of('{"choices": []}')).complete


async def test_the_name_of_an_event_is_of_that_one_alone() -> None:
    with pytest.raises(ToldError) as caught:
        await answer_of("event: error", 'data: {"error": {"message": "no"}}', "")
    assert (caught.value.error, caught.value.begun) == ({"message": "no"}, False)
    with pytest.raises(ToldError) as caught:
        await answer_of(f"data: {HI}", "", "event: error", "id: 1", "data: in words", "")
    assert (caught.value.error, caught.value.begun) == ({"message": "in words"}, True)
    assert (await answer_of("event: error", "", f"data: {HI}", "")).text == "hi", "nothing is told under that name"
    assert (await answer_of("id: error", f"data: {HI}", "")).text == "hi"


async def test_what_comes_after_its_end_may_be_damaged_and_before_that_may_not() -> None:
    assert (await answer_of(f"data: {HI}", "", f"data: {STOP}", "", "data: {", "")).text == "hi"
    with pytest.raises(Damaged) as caught:
        await answer_of(f"data: {HI}", "", "data: {", "")
    assert not caught.value.page
    with pytest.raises(Damaged):
        await read(pieces(b"data: \xff\n\n"))


@pytest.mark.parametrize("text", ["<html>", "", "Not found", "7", '"x"'])
async def test_a_page_is_told_from_a_body(text: str) -> None:
    if not text:
        assert (await answer_of(text)).text == ""
        return
    with pytest.raises(Damaged) as caught:
        await answer_of(text)
    assert caught.value.page


async def test_what_is_told_of_a_page_is_short_and_on_one_line() -> None:
    with pytest.raises(Damaged) as caught:
        await answer_of("a\n" + "x" * 78)
    assert str(caught.value).endswith("answer: a " + "x" * 78)
    with pytest.raises(Damaged) as caught:
        await answer_of("a\n" + "x" * 79)
    assert str(caught.value).endswith("answer: a " + "x" * 77 + "…")


@pytest.mark.parametrize("key", ["choices", "error", "output", "object"])
async def test_a_body_with_none_of_an_answers_fields_tells_what_is_wrong(key: str) -> None:
    with pytest.raises(ToldError) as caught:
        await answer_of('{"detail": "no"}')
    assert (caught.value.error, caught.value.begun) == ({"detail": "no"}, False)
    assert (await answer_of(json.dumps({key: None, "detail": "no"}))).text == ""


@pytest.mark.parametrize(
    "part",
    [
        {"error": {"code": 1}},
        [{"error": {"code": 1}}],
        {"object": "error", "code": 1},
        {"object": "Error", "code": 1, "error": None},
        {"choices": [{"error": {"code": 1}}]},
    ],
    ids=repr,
)
def test_an_error_in_its_place_knows_whether_an_answer_had_begun(part: Any) -> None:
    for before, begun in ([], False), ([json.loads(HI)], True):
        with pytest.raises(ToldError) as caught:
            taken(*before, part)
        assert caught.value.begun is begun
        assert caught.value.error["code"] == 1


@pytest.mark.parametrize("part", [None, 7, "x", [], [{}, {}], [7]], ids=repr)
def test_a_piece_is_an_object(part: Any) -> None:
    with pytest.raises(Damaged, match="no object"):
        taken(part)


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"choices": None},
        {"choices": {"delta": {"content": "x"}}},
        {"choices": [None, "x"]},
        {"choices": [{"delta": "x"}]},
        {"choices": [{"delta": {"content": 7, "refusal": {}}}]},
        {"choices": [{"delta": {"content": [{"type": "image", "text": "x"}, {}, 7]}}]},
        {"choices": [{"index": 1, "delta": {"content": "x"}, "finish_reason": "stop"}]},
        {"choices": [{"index": "1", "delta": {"content": "x"}}]},
        {"model": 7, "usage": 7, "x_groq": {"usage": "x"}},
        {"model": "", "choices": [{"finish_reason": ""}]},
    ],
    ids=repr,
)
def test_what_is_of_no_type_that_is_known_says_nothing(part: Any) -> None:
    assert taken(part) == Answer()


def test_what_was_told_once_stays_when_less_is_told() -> None:
    first = {
        "model": "m-1",
        "usage": {"prompt_tokens": 2, "completion_tokens": 1},
        "choices": [{"finish_reason": "stop"}],
    }
    answer = taken(first, {"model": "", "usage": None, "choices": [{"finish_reason": ""}, {"finish_reason": None}]})
    assert (answer.model, answer.finish) == ("m-1", "stop")
    assert answer.usage is not None
    assert answer.usage.input_tokens == 2
    answer.take({"model": "m-2", "choices": [{"finish_reason": "length"}]})
    assert (answer.model, answer.finish) == ("m-2", "length")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("hi", "hi"),
        (["h", "i"], "hi"),
        ([{"type": "text", "text": "h"}, {"type": "output_text", "text": "i"}], "hi"),
        ({"text": "hi", "x": 1}, "hi"),
        ({"type": "text", "x": 1}, ""),
        ({"s": "é"}, '{"s": "é"}'),
        ([{"type": "thinking", "text": "hm"}, "hi"], "hi"),
        ({}, ""),
    ],
    ids=repr,
)
def test_a_content_is_a_text_or_has_some(content: Any, text: str) -> None:
    heard: list[str] = []
    answer = Answer(heard=heard.append)
    answer.take({"choices": [{"delta": {"content": content}}]})
    assert (answer.text, answer.length) == (text, len(text))
    assert "".join(heard) == text


def test_what_came_in_pieces_is_not_taken_again_as_a_whole() -> None:
    whole = {"choices": [{"message": {"content": "hi"}}]}
    empty: dict[str, Any] = {"choices": [{"delta": {"role": "assistant"}}]}
    assert taken(json.loads(HI), whole).text == "hi"
    assert taken(empty, whole).text == "hi"
    assert taken(whole, whole).text == "hihi", "some call pieces so"


@pytest.mark.parametrize(
    ("text", "whole"),
    [("a", "a"), ("\ud83d\ude00", "😀"), ("a\ud83d", "a\ufffd"), ("\ude00a", "\ufffda"), ("é😀", "é😀")],
    ids=ascii,
)
def test_no_half_of_a_character_is_passed_on(text: str, whole: str) -> None:
    assert whole_characters(text) == whole


def test_a_list_of_one_is_what_is_in_it() -> None:
    told: list[Any] = [[7], [], [7, 8], {}, 7]
    assert [in_a_list(each) for each in told] == [7, *told[1:]]
