"""`dsl run` with a model that is really asked, over sockets; a limit, a broken stream and a wrong answer on the way."""

from llmock.pytest_plugin import LLMock

from tests.cli.conftest import CASES, Dsl


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
