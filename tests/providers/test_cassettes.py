"""What models were asked and answered is written down, and answers again; what was not is told, with what differs."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from interpreter.boundary.failures import MODEL_FAILURES
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.providers.access import Access
from interpreter.providers.cassette import Cassette, UnusableCassette
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import Provider, ProviderFailure, asked
from tests.live.played_model import Acts, PlayedModel, Refuses, Says, played_model

USER: dict[str, Any] = {"role": "user", "text": "Where is it?"}
CALL = {"id": "c-1", "name": "orders-find", "arguments": '{"id": "o-1"}'}
TURN: list[dict[str, Any]] = [
    {"role": "assistant", "text": None, "calls": [CALL]},
    {"role": "tool", "call": "c-1", "text": '{"state": "on its way"}'},
]
TOOLS = json.dumps([{"name": "orders-find", "description": "Look.", "parameters": {"type": "object"}}])


class Speaker:
    """A provider that says one thing after the other."""

    def __init__(self, *said: ChatResult | ProviderFailure) -> None:
        self.said = list(said)
        self.closed = False

    async def chat(self, request: ChatRequest) -> ChatResult:
        said = self.said.pop(0)
        if isinstance(said, ProviderFailure):
            raise said
        return said

    async def close(self) -> None:
        self.closed = True


def says(text: str, **rest: Any) -> ChatResult:
    return ChatResult(None, ChatUsage(100, 20, cached_tokens=64), "m1-2026", text=text, **rest)


def request(prompt: str = "Where is it?", **rest: Any) -> ChatRequest:
    return ChatRequest("helper", "m1", prompt, schema_text='{"type": "object"}', **rest)


def turn(*messages: dict[str, Any]) -> ChatRequest:
    return request(talk=Talk(messages=[USER, *messages], tools_text=TOOLS))


async def recorded(file: Path, *pairs: tuple[ChatRequest, ChatResult | ProviderFailure]) -> Cassette:
    cassette = Cassette(file)
    provider = cassette.recording(Speaker(*(said for _, said in pairs)))
    for each, said in pairs:
        try:
            assert await provider.chat(each) == said
        except ProviderFailure as failure:
            assert failure is said  # noqa: PT017 - of a call that may answer or fail
    await provider.close()
    return cassette


async def told(provider: Provider, each: ChatRequest) -> str:
    with pytest.raises(ProviderFailure) as failed:
        await provider.chat(each)
    assert (failed.value.kind, failed.value.charge) == ("NotRecorded", "none")
    assert failed.value.kind in MODEL_FAILURES
    return failed.value.message


async def test_an_answer_is_given_again_with_its_tokens_and_says_that_nobody_was_asked(tmp_path: Path) -> None:
    acts = replace(says(""), text=None, calls=[AskedCall("c-1", "orders-find", '{"id": "ö"}')])
    cassette = await recorded(tmp_path / "a", (turn(), acts), (turn(*TURN), says("on its way")))
    replay, pieces = cassette.replaying(), list[str]()
    assert await replay.chat(turn()) == replace(acts, rehearsal=True)
    assert await asked(replay, turn(*TURN), pieces.append) == replace(says("on its way"), rehearsal=True)
    assert pieces == ["on its way"]


async def test_the_same_question_gets_its_answers_in_order_and_no_more_than_there_are(tmp_path: Path) -> None:
    cassette = await recorded(tmp_path / "a", (request(), says("one")), (request(), says("two")))
    replay = cassette.replaying()
    assert [(await replay.chat(request())).text for _ in range(2)] == ["one", "two"]
    assert "asked for once more than recorded, 2 times" in await told(replay, request())


async def test_how_long_an_answer_may_be_and_how_it_travels_is_no_part_of_the_question(tmp_path: Path) -> None:
    cassette = await recorded(tmp_path / "a", (request(max_output_tokens=4000), says("one")))
    again = request(max_output_tokens=3999, attempt=7, without=["stream", "stream_options", "max_completion_tokens"])
    assert (await cassette.replaying().chat(again)).text == "one"


@pytest.mark.parametrize(
    ("asked_now", "words"),
    [
        (request("Where is it now?"), 'messages[0].content (recorded "Where is it?", now "Where is it now?")'),
        (request(temperature=0.5), "temperature (recorded nothing, now 0.5)"),
        (replace(request(), model="m2"), 'model (recorded "m1", now "m2")'),
        (replace(request(), agent="critic"), "nothing of `critic` was recorded"),
        (
            replace(request(), schema_text='{"type": "array"}'),
            'response_format.json_schema.schema.type (recorded "object", now "array")',
        ),
        (turn(), "tools (recorded nothing, now [{"),
        (request(f"{'x' * 90}, where?"), 'messages[0].content (recorded "Where is it?", now "xxx'),
    ],
)
async def test_a_miss_names_the_agent_and_what_differs_and_asks_nobody(
    tmp_path: Path, asked_now: ChatRequest, words: str
) -> None:
    cassette = await recorded(tmp_path / "shop.cassette.jsonl", (request(), says("one")))
    message = await told(cassette.replaying(), asked_now)
    assert message.startswith(f"shop.cassette.jsonl has no answer for turn 1 of `{asked_now.agent}`: ")
    assert words in message
    assert message.endswith("if that is meant, record it anew: --record instead of --replay")


async def test_the_nearest_is_the_turn_that_begins_alike(tmp_path: Path) -> None:
    cassette = await recorded(tmp_path / "a", (turn(), says("x")), (turn(*TURN), says("y")))
    late = {**TURN[1], "text": '{"state": "lost"}'}
    message = await told(cassette.replaying(), turn(TURN[0], late))
    assert "turn 2 of `helper`" in message
    assert "the nearest differs in messages[2].content (recorded" in message
    assert "on its way" in message
    assert "lost" in message


async def test_a_step_gets_what_was_answered_there(tmp_path: Path) -> None:
    def at(step: str) -> ActivityEnvironment:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, workflow_id="run-1", activity_id=step)
        return environment

    cassette = Cassette(tmp_path / "a")
    provider = cassette.recording(Speaker(says("of ten"), says("of two")))
    await at("notes#10/note").run(provider.chat, request())
    await at("notes#2/note~2").run(provider.chat, request())
    await provider.close()
    assert [call.step for call in cassette.calls] == ["notes#2/note", "notes#10/note"]
    replay = cassette.replaying()
    assert (await at("notes#10/note").run(replay.chat, request())).text == "of ten"
    assert (await at("notes#10/note").run(replay.chat, request())).text == "of ten", "an attempt that comes again"
    message = "(notes#3/note)"
    with pytest.raises(ProviderFailure) as failed:
        await at("notes#3/note").run(replay.chat, request("What?"))
    assert message in failed.value.message
    assert "recorded at notes#2/note, the nearest differs" in failed.value.message


@pytest.mark.parametrize("answered", [True, False])
async def test_trouble_that_passed_is_passed_over_and_that_which_ended_it_is_not(
    tmp_path: Path, answered: bool
) -> None:
    trouble = ProviderFailure("RateLimited", "slow down", charge="none", retry_after=60.0)
    last = [(request(), says("one"))] if answered else []
    cassette = await recorded(tmp_path / "a", (request(), trouble), (request(), trouble), *last)
    replay = cassette.replaying()
    if answered:
        assert (await replay.chat(request())).text == "one"
        return
    for _ in range(2):
        with pytest.raises(ProviderFailure) as failed:
            await replay.chat(request())
        assert failed.value.detail == trouble.detail


async def test_what_a_failure_cost_and_taught_comes_again(tmp_path: Path) -> None:
    usage = ChatUsage(50, 8)
    cut = ProviderFailure("MalformedOutput", "cut off", charge="usage", usage=usage, cut=True)
    refuses = ProviderFailure("InvalidRequest", "no tools here", charge="none", refuses=("tools",))
    cassette = await recorded(
        tmp_path / "a", (request(), cut), (request(), says("one")), (turn(), refuses), (turn(), says("two"))
    )
    replay = cassette.replaying()
    for each, failure in ((request(), cut), (turn(), refuses)):
        with pytest.raises(ProviderFailure) as failed:
            await replay.chat(each)
        assert (failed.value.kind, failed.value.detail) == (failure.kind, failure.detail)


async def test_an_answer_that_came_too_late_is_charged_again(tmp_path: Path) -> None:
    class Slow(Speaker):
        async def chat(self, request: ChatRequest) -> ChatResult:
            await asyncio.Event().wait()
            raise AssertionError

    cassette = Cassette(tmp_path / "a")
    provider = cassette.recording(Slow())

    async def attempt() -> None:
        async with asyncio.timeout(0.01):
            await provider.chat(request())

    with pytest.raises(TimeoutError):
        await ActivityEnvironment().run(attempt)
    with pytest.raises(ProviderFailure) as failed:
        await cassette.replaying().chat(request())
    assert (failed.value.kind, failed.value.charge) == ("ModelTimeout", "reservation")


async def test_who_lacks_a_key_is_no_part_of_it(tmp_path: Path) -> None:
    lacking = ProviderFailure("NoProvider", "no key", charge="none")
    assert (await recorded(tmp_path / "a", (request(), lacking))).calls == []


# -- the file


async def test_the_file_reads_the_same_whoever_was_faster(tmp_path: Path) -> None:
    pairs = [(request(f"What of {number}?"), says(f"{number}")) for number in range(5)]
    pairs += [(turn(), says("x")), (turn(*TURN), says("y"))]
    await recorded(tmp_path / "a", *pairs)
    await recorded(tmp_path / "b", *reversed(pairs))
    text = (tmp_path / "a").read_text()
    assert text == (tmp_path / "b").read_text()
    assert text.splitlines()[0] == '{"cassette": 1}'
    assert '"asked": {"model": "m1", "messages": [{"role": "user", "content": "What of 3?"}]' in text


async def test_a_conversation_grows_with_what_is_said_and_not_with_its_square(tmp_path: Path) -> None:
    pairs, messages = [], list[dict[str, Any]]()
    for number in range(100):
        pairs.append((turn(*messages), says(f"{number}")))
        messages += [TURN[0], {**TURN[1], "text": f"{number} " + "x" * 400}]
    cassette = await recorded(tmp_path / "a", *pairs)
    assert (tmp_path / "a").stat().st_size < 100 * 1200
    replay = cassette.replaying()
    assert [(await replay.chat(each)).text for each, _ in pairs] == [str(number) for number in range(100)]


async def test_what_was_answered_is_in_the_file_before_anybody_hears_of_it(tmp_path: Path) -> None:
    """So a worker that is killed leaves all that its runs have got, and goes on where it was."""
    file = tmp_path / "a"
    cassette = Cassette(file)
    provider = cassette.recording(Speaker(says("one"), says("two")))
    await provider.chat(request())
    with file.open("a") as torn:
        torn.write('{"step": "x", "agent": "helper", "ke')
    assert [call.came for call in Cassette(file).calls] == [replace(says("one"), rehearsal=True)]
    later = Cassette(file).recording(Speaker(says("two")))
    await later.chat(request("And now?"))
    await later.close()
    assert len(Cassette(file).calls) == 2


async def test_no_secret_gets_into_it(tmp_path: Path) -> None:
    key = 'sk-very"secret-1'
    failure = ProviderFailure("Authentication", f"{key} is no key", charge="none")
    provider = Cassette(tmp_path / "a").recording(Speaker(says(f"it is {key}"), failure), secrets=[key, "a"])
    await provider.chat(request(f"Is {key} a good key?"))
    with pytest.raises(ProviderFailure):
        await provider.chat(request())
    await provider.close()
    text = (tmp_path / "a").read_text()
    assert "very" not in text
    assert "Is … a good key?" in text
    assert len(Cassette(tmp_path / "a").calls) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("edition 1\nflow x() { }\n", "is no cassette: its first line is not"),
        ('{"cassette": 2}\n', "is of the form 2, and only 1 is known here"),
        ('{"cassette": 1}\n{"step": ""}\n', ":2: this is no recorded call (KeyError: 'key')"),
        (None, "cannot be read: No such file"),
    ],
)
async def test_what_is_no_cassette_is_told_and_left_as_it_is(tmp_path: Path, content: str | None, words: str) -> None:
    file = tmp_path / "a"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UnusableCassette) as unusable:
        Cassette(file).replaying()
    assert words in str(unusable.value)
    if content is not None and "step" not in content:
        with pytest.raises(UnusableCassette):
            Cassette(file).begin()
        assert file.read_text() == content


async def test_a_new_recording_replaces_the_one_before(tmp_path: Path) -> None:
    cassette = await recorded(tmp_path / "in" / "a", (request(), says("one")))
    cassette.begin()
    assert cassette.calls == []


# -- over a real socket


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_both_apis_give_the_same_recording(tmp_path: Path, api: Any) -> None:
    with played_model() as model:
        provider = Cassette(tmp_path / "a").recording(_provider(model, api))
        model.plans = {"m1": [Acts("orders-find", ('{"id": "o-1"}',), Says("{}")), Refuses(429), Says('{"a": 1}')]}
        if api == "chat":
            assert (await provider.chat(turn())).calls[0].name == "orders-find"
            with pytest.raises(ProviderFailure):
                await provider.chat(request())
        else:
            model.plans = {"m1": [Says('{"a": 1}')]}
        assert (await provider.chat(request())).text == '{"a": 1}'
        await provider.close()
        asked_before = len(model.asked["m1"])
        replay = Cassette(tmp_path / "a").replaying()
        answer = await replay.chat(request())
        assert (answer.text, answer.usage, answer.response_model) == ('{"a": 1}', ChatUsage(10, 5), "m1")
        assert len(model.asked["m1"]) == asked_before
    assert "127.0.0.1" not in (tmp_path / "a").read_text()


def _provider(model: PlayedModel, api: Any) -> OpenAIProvider:
    return OpenAIProvider(Access("a-key-of-mine", model.environment["OPENAI_BASE_URL"], api=api))
