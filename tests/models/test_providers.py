"""Providers by name: what is read of them, what is refused with its place, and which of them is asked for a model."""

from pathlib import Path

import pytest

from dsl.models.beside import NAME, VARIABLE
from dsl.models.configured import Models, models_for
from dsl.models.providers import Served
from dsl.models.unusable import Unusable
from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.cli.problem import Misuse
from interpreter.cli.serving import Serving, refuse_without_key, told_at_start
from interpreter.client.compiling import compile_flow
from interpreter.client.submission import prepare, read_source
from interpreter.providers.access import access_of
from interpreter.providers.limits import resolve_lanes
from interpreter.providers.prices import resolve_prices
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.registry import can_ask, provider_from_environment
from interpreter.providers.routing import Routed
from interpreter.stores.memory import MemoryStore

FILE = """
[providers.main]
kind = "openai"
api = "responses"
requests_per_second = 10
models = ["gpt-4o"]

[providers.ours]
kind = "compatible"
address = "http://127.0.0.1:9/v1"

[providers.cloud]
kind = "azure"
address = "https://ours.openai.azure.com"
key = "CLOUD_KEY"
version = "2025-04-01-preview"

[models."llama"]
input = 0.1
output = 0.2
"""


@pytest.fixture
def models(tmp_path: Path) -> Models:
    (tmp_path / NAME).write_text(FILE)
    return models_for(tmp_path, {})


def test_what_is_said_of_them(models: Models) -> None:
    main, ours, cloud = models.providers.values()
    assert main == Served("main", "openai", None, "OPENAI_API_KEY", "responses", 10.0, ("gpt-4o",))
    assert ours == Served("ours", "compatible", "http://127.0.0.1:9/v1", "")
    assert (cloud.key, cloud.version) == ("CLOUD_KEY", "2025-04-01-preview")
    access = access_of(cloud, {"CLOUD_KEY": " k \n", "OPENAI_API_KEY": "other"})
    assert (access.key, access.address, access.version) == ("k", "https://ours.openai.azure.com", "2025-04-01-preview")
    assert "the key in CLOUD_KEY" in access.names_key
    assert "(`address` in [providers.cloud] sets it)" in access.names_address


def test_which_is_asked(models: Models) -> None:
    assert models.route("gpt-4o") == ("main", "gpt-4o")
    assert models.route("main/gpt-5") == ("main", "gpt-5")
    assert models.route("ours/meta/llama") == ("ours", "meta/llama")
    for other in ("gpt-4o-mini", "openai/gpt-4o", "llama"):
        assert models.route(other) == (None, other)


def test_a_model_is_known_priced_and_limited_under_the_name_of_its_provider(models: Models) -> None:
    prices = resolve_prices(["main/gpt-4o", "gpt-4o", "ours/llama"], models)
    assert prices["main/gpt-4o"] == prices["gpt-4o"]
    assert prices["ours/llama"].output == "0.0000002"
    assert models.most_output("main/gpt-4o") == 16_384
    assert models.is_known("ours/llama")
    lanes = resolve_lanes(["main/gpt-5", "gpt-4o", "ours/llama", "o3"], models)
    assert lanes == {"main/gpt-5": "steadflow-lane-main", "gpt-4o": "steadflow-lane-main"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[providers.Ours]\nkind = 'openai'", "[providers.Ours]: a provider's name has small letters"),
        ("[providers.a]", "[providers.a]: it has no `kind`; expected one of openai, azure, compatible"),
        ("[providers.a]\nkind = 'claude'", "`kind`: expected one of openai, azure, compatible"),
        ("[providers.a]\nkind = 'azure'", "a provider of the kind azure has an `address`"),
        (
            "[providers.a]\nkind = 'azure'\naddress = 'https://a.openai.azure.com/openai/deployments/d'",
            (
                "`address`: it has more than the endpoint in it: write it as https://NAME.openai.azure.com; "
                "the deployment is the model's name, and its version stands in `version`"
            ),
        ),
        (
            "[providers.a]\nkind = 'azure'\naddress = 'https://a.openai.azure.com/openai/v1'",
            'is asked as OpenAI\'s are: use `kind = "compatible"`',
        ),
        ("[providers.a]\nkind = 'openai'\nurl = 'x'", "`url`: there is no such setting; there are kind, address"),
        ("[providers.a]\nkind = 'openai'\naddress = 'x'", "`address`: it is no address: write it as https://host/v1"),
        ("[providers.a]\nkind = 'openai'\naddress = 'https://u:p@h/v1'", "has no place here"),
        ("[providers.a]\nkind = 'openai'\nkey = 'sk-CANARY'", "never the key itself"),
        ("[providers.a]\nkind = 'openai'\napi = 'completions'", "`api`: expected one of chat, responses"),
        ("[providers.a]\nkind = 'openai'\nrequests_per_second = 0", "expected a number of requests a second"),
        ("[providers.a]\nkind = 'openai'\nmodels = 'm'", "expected a list of names of models"),
        ("[providers.a]\nkind = 'openai'\nversion = '1'", "only one of the kind azure has a version"),
        (
            "[providers.a]\nkind = 'openai'\nid_header = 'Authorization'",
            "`id_header`: expected the name of a request header",
        ),
        ("providers = 7", "expected tables such as `[providers.ours]`"),
        (
            "[providers.a]\nkind = 'openai'\nmodels = ['m']\n[providers.b]\nkind = 'openai'\nmodels = ['m']",
            'both a and b list the model "m"; leave it out of one, where it is "b/m" then',
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Unusable) as caught:
        models_for(tmp_path, {})
    assert problem in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_the_environment_counts_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(FILE)
    more = "providers.ours = {kind = 'openai', models = ['llama']}"
    assert models_for(tmp_path, {VARIABLE: more}).route("llama") == ("ours", "llama")
    twice = "providers.more = {kind = 'openai', models = ['gpt-4o']}"
    with pytest.raises(Unusable, match="both main and more list"):
        models_for(tmp_path, {VARIABLE: twice})


class Echo:
    def __init__(self, name: str) -> None:
        self.name = name

    async def chat(self, request: ChatRequest) -> ChatResult:
        raise ProviderFailure(failures.OVERLOADED, f"{self.name} was asked for {request.model}", charge="none")

    async def close(self) -> None:
        pass


async def test_each_is_asked_by_its_own_name_and_left_alone_after_failures(models: Models) -> None:
    routed = Routed(models, {None: Echo("own"), "main": Echo("main"), "ours": Echo("ours"), "cloud": Echo("cloud")})
    for model, said in (("main/gpt-5", "main was asked for gpt-5"), ("o3", "own was asked for o3")):
        for _ in range(5):
            with pytest.raises(ProviderFailure, match=said):
                await routed.chat(ChatRequest("a", model, "?"))
        with pytest.raises(ProviderFailure, match="failed 5 times in a row") as caught:
            await routed.chat(ChatRequest("a", model, "?"))
        assert caught.value.kind == failures.CIRCUIT_OPEN
    with pytest.raises(ProviderFailure, match="main was asked for gpt-4o"):
        await routed.chat(ChatRequest("a", "gpt-4o", "?"))


async def test_without_its_key_one_asks_nobody_and_says_so(models: Models) -> None:
    provider = provider_from_environment(environment={"OPENAI_API_KEY": "k"}, models=models)
    with pytest.raises(ProviderFailure, match="has no CLOUD_KEY for the provider cloud, and was not told to"):
        await provider.chat(ChatRequest("a", "cloud/gpt-4o", "?"))
    with pytest.raises(ProviderFailure) as caught:
        await provider.chat(ChatRequest("a", "ours/llama", "?"))
    assert (caught.value.kind, caught.value.unreached) == (failures.CONNECTION_FAILED, True)
    await provider.close()


FLOW = """edition 1
agent clerk() -> text {{ model {model} prompt "?" }}
flow main() -> text {{ step said = clerk() return said }}
"""


def test_a_run_that_nobody_could_answer_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "CLOUD_KEY", VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / NAME).write_text(FILE)
    serving = Serving(place=tmp_path)

    def start(model: str) -> None:
        (tmp_path / "a.flow").write_text(FLOW.format(model=model))
        refuse_without_key(compile_flow(read_source(tmp_path / "a.flow"), None), serving)

    with pytest.raises(Misuse, match=r"\(clerk\), and there is no CLOUD_KEY for the provider cloud: set CLOUD_KEY"):
        start('"cloud/gpt-4o"')
    with pytest.raises(Misuse, match="there is no OPENAI_API_KEY: set OPENAI_API_KEY"):
        start('"o3"')
    start('"cloud/gpt-4o" then "ours/llama"')
    assert can_ask({}, serving.models), "one of them wants no key"


def test_a_rehearsal_takes_no_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / NAME).write_text(FILE)
    (tmp_path / "a.flow").write_text(FLOW.format(model='"gpt-4o"'))
    store = MemoryStore()
    assert prepare(store, tmp_path / "a.flow", None, None).input.lanes == {"gpt-4o": "steadflow-lane-main"}
    rehearsing = Serving(place=tmp_path, rehearse=True)
    assert prepare(store, tmp_path / "a.flow", None, None, rehearsing.models).input.lanes == {}


def test_a_worker_says_at_its_start_what_it_can_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("CLOUD_KEY", VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (tmp_path / NAME).write_text(FILE)
    said = told_at_start(Serving(place=tmp_path))
    assert "asking main at most 10 times a second, all workers together" in said
    assert "no CLOUD_KEY, so the models of the provider cloud wait for a worker that has it" in said
    assert not [line for line in told_at_start(Serving(place=tmp_path, rehearse=True)) if "main" in line]
