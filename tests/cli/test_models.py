"""`dsl run` with a model that is really asked, over sockets; a limit, a broken stream and a wrong answer on the way."""

from collections.abc import Callable, Iterator

import pytest
from llmock.pytest_plugin import LLMock

from tests.cli.conftest import CASES, Dsl, Ended
from tests.live.played_model import Plan, PlayedModel, Refuses, Says, played_model

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

    def run(plans: dict[str, list[Plan]], agent: str, budget: str = "200k tokens", steps: int = 1) -> Ended:
        model.plans = plans
        model.asked.clear()
        dsl.environment |= model.environment
        names = [f"v{number}" for number in range(steps)]
        body = " ".join(f'step {name} = a(q: "hello")' for name in names)
        (dsl.folder / "case.flow").write_text(
            f'edition 1 type V {{ s: text }} agent a(q: text) -> V {{ {agent} prompt "{{{{ q }}}}" }}\n'
            f"flow main() -> V budget 10m, {budget} {{ {body} return v0 }}"
        )
        return dsl("run", "case.flow", "--json")

    return run


ANSWER = Says('{"s": "hi"}')


def test_one_500_leaves_room_for_the_next_attempt(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """44-one-500-spends-an-agents-budget"""
    ended = asking({"m1": [Refuses(500, "oops"), ANSWER]}, 'model "m1" budget 20k tokens')
    assert ended.code == 0, ended.err
    assert len(model.asked["m1"]) == 2


def test_a_model_is_not_asked_for_more_than_it_has(asking: Callable[..., Ended], model: PlayedModel) -> None:
    """45-agents-budget-is-sent-as-the-answers-maximum"""
    for budget in ("", "budget 20k tokens", "budget 60k tokens", "answer at most 60k tokens"):
        ended = asking({"gpt-4o": [ANSWER]}, f'model "gpt-4o" {budget}')
        assert ended.code == 0, ended.err
        assert 0 < model.asked["gpt-4o"][0]["max_completion_tokens"] <= 16_384
    asking({"gpt-4o": [ANSWER]}, 'model "gpt-4o" answer at most 100 tokens')
    assert model.asked["gpt-4o"][0]["max_completion_tokens"] == 100


def test_a_report_above_the_reservation_is_told_and_stops_what_follows(
    asking: Callable[..., Ended], model: PlayedModel, dsl: Dsl
) -> None:
    """46-overspent-without-a-word"""
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
    """49-retry-after-of-hours"""
    limited = Refuses(429, "Rate limit reached", {"Retry-After": wait})
    ended = asking({"m1": [limited], "m2": [Says('{"s": "from the second"}')]}, 'model "m1" then "m2"')
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == {"s": "from the second"}
    assert (len(model.asked["m1"]), len(model.asked["m2"])) == (1, 1)


def test_a_key_that_none_can_be_is_refused_without_being_told(dsl: Dsl) -> None:
    dsl.environment |= {"OPENAI_API_KEY": "sk-secret\nsecret"}
    for ended in (dsl("run", CASES / "triage.flow", "--set", "text=broken"), dsl("worker")):
        assert ended.code == 2
        assert "OPENAI_API_KEY has a blank or a line end at place 10 of 16" in ended.err
        assert "secret" not in ended.err
