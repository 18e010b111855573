"""`dsl run` with a model that is really asked, over sockets; a limit, a broken stream and a wrong answer on the way."""

import json
from collections.abc import Callable, Iterator

import pytest
from llmock.pytest_plugin import LLMock

from tests.cli.conftest import CASES, Dsl, Ended
from tests.live.played_model import Gives, Plan, PlayedModel, Refuses, Says, Sends, Wants, played_model

pytestmark = pytest.mark.slow


def test_a_run_survives_its_model(dsl: Dsl, llmock: LLMock) -> None:
    dsl.environment |= {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": llmock.base_url()}
    llmock.rate_limit(times=1, retry_after=0.3)
    llmock.truncate(after_chunks=1)
    llmock.reply('{"kind": "refund", "amount": -1}', times=2).reply('{"kind": "refund", "amount": 12.5}', times=None)

    ended = dsl("run", CASES / "triage.flow", "--set", "text=broken", "--json")
    assert ended.code == 0, ended.err
    last = ended.events[-1]
    assert (last["value"], last["rehearsal"]) == ("refund 12.5", False)
    reasons = [event["detail"].split(":")[0] for event in ended.events if event.get("kind") == "retrying"]
    assert reasons[0] == "RateLimited"
    assert "MalformedOutput" in reasons
    llmock.assert_resilient()


@pytest.fixture(scope="module")
def model() -> Iterator[PlayedModel]:
    with played_model() as server:
        yield server


@pytest.fixture
def asking(dsl: Dsl, model: PlayedModel) -> Callable[..., Ended]:
    """Runs a flow with one agent, whose models answer as planned."""

    def run(
        plans: dict[str, list[Plan]],
        agent: str,
        budget: str = "200k tokens",
        steps: int = 1,
        returns: str = "{ s: text }",
    ) -> Ended:
        model.plans = plans
        model.asked.clear()
        dsl.environment |= model.environment
        names = [f"v{number}" for number in range(steps)]
        body = " ".join(f'step {name} = a(q: "hello")' for name in names)
        (dsl.folder / "case.flow").write_text(
            f'edition 1 agent a(q: text) -> {returns} {{ {agent} prompt "{{{{ q }}}}" }}\n'
            f"flow main() -> {returns} budget 10m, {budget} {{ {body} return v0 }}"
        )
        return dsl("run", "case.flow", "--json")

    return run


ANSWER = Says('{"s": "hi"}')


def test_one_500_leaves_room_for_the_next_attempt(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """one-500-spends-an-agents-budget"""
    ended = asking({"m1": [Refuses(500, "oops"), ANSWER]}, 'model "m1" budget 20k tokens')
    assert ended.code == 0, ended.err
    assert len(model.asked["m1"]) == 2


def test_a_model_is_not_asked_for_more_than_it_has(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """agents-budget-is-sent-as-the-answers-maximum"""
    for budget in ("budget 60k tokens", "answer at most 60k tokens"):
        ended = asking({"gpt-4o": [ANSWER]}, f'model "gpt-4o" {budget}')
        assert ended.code == 0, ended.err
        assert 0 < model.asked["gpt-4o"][0]["max_completion_tokens"] <= 16_384
    asking({"gpt-4o": [ANSWER]}, 'model "gpt-4o" answer at most 100 tokens')
    assert model.asked["gpt-4o"][0]["max_completion_tokens"] == 100


def test_a_report_above_the_reservation_is_told_and_stops_what_follows(
    asking: Callable[..., Ended], model: PlayedModel, dsl: Dsl
) -> None:
    """overspent-without-a-word"""
    ended = asking({"m1": [Says('{"s": "hi"}', 50, 60_000)]}, 'model "m1"', "6k tokens", steps=2)
    assert ended.code != 0
    assert len(model.asked["m1"]) == 1
    told = [event["detail"] for event in ended.events if event.get("kind") == "overspent"]
    assert len(told) == 1
    assert told[0].startswith("60050 tokens were spent, but ")
    assert told[0].endswith("the budget of `main` is 6000 tokens")
    assert ended.events[-1]["kind"] == "BudgetExceeded"


def test_a_report_above_the_reservation_stands_in_the_tree_and_in_what_is_shown(
    asking: Callable[..., Ended], dsl: Dsl
) -> None:
    ended = asking({"m1": [Says('{"s": "hi"}', 50, 60_000)]}, 'model "m1"', "6k tokens")
    assert ended.code == 0, ended.err
    shown = dsl("show", ended.events[-1]["run"])
    assert "60050 tokens were spent" in " ".join(shown.out.split())
    lines = dsl("run", "case.flow")
    assert "overspent  60050 tokens were spent" in lines.err


@pytest.mark.parametrize("wait", ["7200", "-5", "nan", "1e308", "1795251600"])
def test_a_wait_of_hours_goes_to_the_next_model(asking: Callable[..., Ended], model: PlayedModel, wait: str) -> None:
    """retry-after-of-hours"""
    limited = Refuses(429, "Rate limit reached", {"Retry-After": wait})
    ended = asking({"m1": [limited], "m2": [Says('{"s": "from the second"}')]}, 'model "m1" then "m2"')
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == {"s": "from the second"}
    assert (len(model.asked["m1"]), len(model.asked["m2"])) == (1, 1)


WHOLE_BODY = '{"model": "m1", "choices": [{"index": 0, "message": {"content": "{\\"s\\": \\"hi\\"}"}}]}'

TAKEN_AT_ONCE: dict[str, Plan] = {
    "whole-answer-without-a-finish-reason": Says('{"s": "hi"}', finish=None),
    "an empty reason": Says('{"s": "hi"}', finish=""),
    "an odd reason": Says('{"s": "hi"}', finish="eos_token"),
    "a whole body though a stream was asked for": Sends(WHOLE_BODY),
    "answer-in-a-code-fence": Says('```json\n{"s": "hi"}\n```'),
    "after thoughts": Says('<think>hm</think>\n{"s": "hi"}'),
}


@pytest.mark.parametrize("plan", TAKEN_AT_ONCE.values(), ids=TAKEN_AT_ONCE)
def test_a_whole_answer_is_asked_for_once(asking: Callable[..., Ended], model: PlayedModel, plan: Plan) -> None:
    ended = asking({"m1": [plan]}, 'model "m1"')
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == {"s": "hi"}
    assert len(model.asked["m1"]) == 1


ASKED_AGAIN: dict[str, tuple[Plan, str]] = {
    "re-ask-without-the-refused-answer": (Says("oops", alternating=True), "is not the JSON"),
    "no content": (Says("", alternating=True), "the answer is empty"),
    "same-key-twice": (Says('{"s": "a", "s": "b"}', alternating=True), 'the key "s" stands twice'),
    "a fence within": (Says('Here: ```{"s": "a"}```'), "there is text around a code fence"),
}


@pytest.mark.parametrize(("plan", "reason"), ASKED_AGAIN.values(), ids=ASKED_AGAIN)
def test_what_is_no_answer_is_asked_for_again(
    asking: Callable[..., Ended], model: PlayedModel, plan: Says, reason: str
) -> None:
    """With the answer that was refused, as its own, and the reason."""
    ended = asking({"m1": [plan, Says('{"s": "hi"}', alternating=True)]}, 'model "m1"')
    assert ended.code == 0, ended.err
    _, second = model.asked["m1"]
    assert len(second["messages"]) == (3 if plan.text else 1)
    assert not plan.text or second["messages"][1] == {"role": "assistant", "content": plan.text}
    assert reason in second["messages"][-1]["content"]


def test_a_server_that_takes_no_notice_of_the_schema(asking: Callable[..., Ended], model: PlayedModel) -> None:
    ended = asking({"m1": [Says("All is well.")]}, 'model "m1"', returns="text")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == "All is well."
    assert len(model.asked["m1"]) == 1


def test_json_agent_that_breaks_off(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """json-agent-that-breaks-off"""
    answers = [Says(json.dumps({"value": text})) for text in ('{"a": [1', '{"a": [1]}')]
    ended = asking({"m1": answers}, 'model "m1"', returns="json")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == {"a": [1]}
    assert len(model.asked["m1"]) == 2


def test_decimal_of_a_model_keeps_its_digits(asking: Callable[..., Ended]) -> None:
    """decimal-of-a-model-loses-digits"""
    answer = Says('{"n": 0.123456789012345678, "m": 12345678901234567.89}')
    ended = asking({"m1": [answer]}, 'model "m1"', returns="{ n: decimal, m: decimal }")
    assert ended.events[-1]["value"] == {"n": "0.123456789012345678", "m": "12345678901234567.89"}


def test_fields_go_to_the_model_as_they_are_declared(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """fields-go-to-the-model-by-the-alphabet"""
    fields = "{ reasoning: text, approve: bool, inner: { z: int, a: int } }"
    answer = Says('{"reasoning": "r", "approve": true, "inner": {"z": 1, "a": 2}}')
    ended = asking({"m1": [answer]}, 'model "m1"', returns=fields)
    assert ended.code == 0, ended.err
    schema = model.asked["m1"][0]["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["reasoning", "approve", "inner"]
    assert list(schema["properties"]["inner"]["properties"]) == ["z", "a"]


@pytest.mark.parametrize("part", ["temperature", "max_completion_tokens", "stream_options", "response_format"])
def test_temperature_that_a_model_refuses(asking: Callable[..., Ended], model: PlayedModel, part: str) -> None:
    """temperature-that-a-model-refuses: heard once in a run, and told."""
    ended = asking({"m1": [Wants(part, ANSWER)]}, 'model "m1" temperature 0.3', steps=2)
    requests = model.asked["m1"]
    if part == "response_format":  # a schema, any JSON, then words alone
        assert [request.get("response_format", {}).get("type") for request in requests] == [
            "json_schema",
            "json_object",
            None,
            None,
        ]
    else:
        assert [part in request for request in requests] == [True, False, False]
    assert ended.code == 0, ended.err
    told = [event["detail"] for event in ended.events if event.get("kind") == "adapted"]
    assert len(told) == len(requests) - 2
    assert told[0].startswith("m1 does not take `")


def test_a_ceiling_that_its_server_says_is_obeyed_and_told(asking: Callable[..., Ended], model: PlayedModel) -> None:
    ended = asking({"m1": [Gives(900, ANSWER)]}, 'model "m1"', steps=2)
    assert ended.code == 0, ended.err
    assert [request["max_completion_tokens"] for request in model.asked["m1"]] == [4096, 900, 900]
    told = [event["detail"] for event in ended.events if event.get("kind") == "adapted"]
    assert [words.split(":")[0] for words in told] == ["m1 answers with at most 900 tokens"]


def test_a_called_flow_does_not_hear_what_was_heard(dsl: Dsl, model: PlayedModel) -> None:
    """The first is told by the server, and tells its caller; the others are told by that."""
    model.plans = {"m1": [Wants("temperature", ANSWER)]}
    model.asked.clear()
    dsl.environment |= model.environment
    (dsl.folder / "calls.flow").write_text(
        'edition 1 agent a() -> { s: text } { model "m1" temperature 0.3 prompt "hi" }\n'
        "flow below() -> text budget 10m { step v = a() return v.s }\n"
        "flow main() -> text budget 30m { step one = below() step two = below() step v = a()\n"
        "  return one + two + v.s }"
    )
    ended = dsl("run", "calls.flow", "--flow", "main", "--json")
    assert ended.code == 0, ended.err
    assert ["temperature" in request for request in model.asked["m1"]] == [True, False, False, False]


def test_what_a_model_is_known_to_refuse_is_never_sent(asking: Callable[..., Ended], model: PlayedModel) -> None:
    ended = asking({"o3-mini": [Wants("temperature", ANSWER)]}, 'model "o3-mini" temperature 0.3')
    assert ended.code == 0, ended.err
    assert len(model.asked["o3-mini"]) == 1


def test_a_cut_off_answer_may_be_longer_the_next_time(asking: Callable[..., Ended], model: PlayedModel) -> None:
    plans: list[Plan] = [Says('{"s": "h', answered=4096, finish="length"), ANSWER]
    ended = asking({"m1": plans}, 'model "m1"')
    assert ended.code == 0, ended.err
    assert [request["max_completion_tokens"] for request in model.asked["m1"]] == [4096, 16_384]
    assert len({json.dumps(request["messages"]) for request in model.asked["m1"]}) == 1


def test_a_cut_off_answer_is_not_asked_for_again_at_the_same_ceiling(
    asking: Callable[..., Ended], model: PlayedModel
) -> None:
    ended = asking({"m1": [Says('{"s": "h', answered=50, finish="length")]}, 'model "m1" answer at most 50 tokens')
    assert ended.code != 0
    assert len(model.asked["m1"]) == 1
    assert "raise `answer at most` of `a`" in ended.events[-1]["message"]


def test_errors_of_models_keep_their_cause(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """errors-of-models-lose-their-cause"""
    refused = Refuses(401, "Incorrect API key provided: test-key")
    ended = asking({"m1": [refused], "m2": [refused]}, 'model "m1" then "m2"')
    assert (len(model.asked["m1"]), len(model.asked["m2"])) == (1, 1)
    message = ended.events[-1]["message"]
    for part in ("Incorrect API key provided: …", "OPENAI_API_KEY", model.environment["OPENAI_BASE_URL"]):
        assert part in message


def test_an_address_where_nothing_answers_is_named_soon(
    asking: Callable[..., Ended], model: PlayedModel, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}/v1"
    environment = {**model.environment, "OPENAI_BASE_URL": address}
    monkeypatch.setattr(PlayedModel, "environment", environment)
    ended = asking({}, 'model "m1" then "m2"')
    assert f"asked at {address} (OPENAI_BASE_URL sets it)" in ended.events[-1]["message"]
    told = [event["detail"].split(":")[0] for event in ended.events if event.get("kind") == "retrying"]
    assert told == ["ConnectionFailed"] * 5 + ["CircuitOpen"], "five in a row, then it is left alone for a while"
    assert ended.events[-1].get("spent", {}).get("tokens", 0) == 0


def test_a_key_that_none_can_be_is_refused_without_being_told(dsl: Dsl) -> None:
    dsl.environment |= {"OPENAI_API_KEY": "sk-secret\nsecret"}
    for ended in (dsl("run", CASES / "triage.flow", "--set", "text=broken"), dsl("worker")):
        assert ended.code == 2
        assert "OPENAI_API_KEY has a blank or a line end at place 10 of 16" in ended.err
        assert "secret" not in ended.err


def test_a_provider_by_name_with_a_lane_beside_the_flow(dsl: Dsl, model: PlayedModel) -> None:
    """The file counts that lies beside the flow, not that of the current folder; the model has its own name there."""
    model.plans, folder = {"tiny": [Says('{"s": "hi"}')]}, dsl.folder / "flows"
    model.asked.clear()
    folder.mkdir()
    address = model.environment["OPENAI_BASE_URL"]
    provider = f'kind = "compatible"\naddress = "{address}"\nkey = "OUR_KEY"\nrequests_per_second = 20\n'
    (folder / "steadflow.toml").write_text(f"[providers.ours]\n{provider}")
    (dsl.folder / "steadflow.toml").write_text("[providers.ours]\nkind = 'openai'\n")
    (folder / "case.flow").write_text(
        'edition 1 agent a() -> { s: text } { model "ours/tiny" prompt "?" }\n'
        "flow main() -> text budget 10m, 1000 tokens { step v = a() return v.s }"
    )
    refused = dsl("run", "flows/case.flow", "--json")
    assert refused.code == 2
    assert "there is no OUR_KEY for the provider ours: set OUR_KEY, or rehearse" in refused.err
    dsl.environment |= {"OUR_KEY": "test-key"}
    ended = dsl("run", "flows/case.flow", "--json")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == "hi"
    assert len(model.asked["tiny"]) == 1
    rehearsed = dsl("run", "flows/case.flow", "--json", "--rehearse")
    assert rehearsed.code == 0, rehearsed.err
    assert len(model.asked["tiny"]) == 1
