"""What people say of models themselves: in a file beside the project, or in the environment."""

from decimal import Decimal
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.models.beside import NAME, VARIABLE
from dsl.models.configured import Models, models_for
from dsl.models.unusable import Unusable
from dsl.source import Source
from interpreter.boundary.payloads import Price
from interpreter.client.errors import PriceUnknown, Unconfigured
from interpreter.client.submission import prepare
from interpreter.providers.limits import resolve_max_output, resolve_refused
from interpreter.providers.prices import resolve_prices
from interpreter.stores.memory import MemoryStore

FILE = """
[models.m1]
input = 0.10
output = 2
cached = 0.01
answer = 8192
refuses = ["temperature", "json_schema"]

[models."our/deployment"]
like = "gpt-4o"
"""

FINE = "ft:gpt-4o-mini-2024-07-18:acme::a1"

FLOW = """edition 1
agent a() -> { s: text } { model "m1" then "our/deployment" prompt "?" temperature 0.2 }
flow main() -> text budget 1 usd { step v = a() return v.s }
"""


@pytest.fixture
def models(tmp_path: Path) -> Models:
    (tmp_path / NAME).write_text(FILE, encoding="utf-8-sig")
    (tmp_path / "flows").mkdir()
    return models_for(tmp_path / "flows", {})


def test_the_file_of_the_nearest_folder_counts(models: Models, tmp_path: Path) -> None:
    assert models.price("m1") == (Decimal("0.10"), Decimal(2), Decimal("0.01"), None)
    (tmp_path / "flows" / NAME).write_text("[models.m2]\nanswer = 1\n")
    assert models_for(tmp_path / "flows", {}).settings.keys() == {"m2"}


def test_what_is_said_is_pinned_in_a_run(models: Models) -> None:
    names = ["m1", "our/deployment", "other"]
    prices = resolve_prices(names, models)
    assert prices["m1"] == Price("0.0000001", "0.000002", "0.00000001")
    assert prices["our/deployment"] == resolve_prices(["gpt-4o"])["gpt-4o"]
    assert "other" not in prices
    assert resolve_max_output(names, models) == {"m1": 8192, "our/deployment": 16_384}
    refused = {"m1": ["json_schema", "temperature"], "our/deployment": ["reasoning_effort"]}
    assert resolve_refused(names, models) == refused


def test_a_model_may_be_like_another_one_that_is_told_of(tmp_path: Path) -> None:
    """What is not said of it is as with that, and so on; a price is said as a whole."""
    said = """
[providers.ours]
kind = "compatible"
address = "http://localhost:8080/v1"
[models.base]
like = "gpt-4o"
input = 3
output = 4
cached = 1
[models.tuned]
like = "ours/base"
refuses = ["seed"]
[models.small]
like = "tuned"
answer = 100
input = 5
output = 6
[models.fine]
like = "ft:gpt-4o-mini-2024-07-18:acme::a1"
"""
    (tmp_path / NAME).write_text(said)
    found = models_for(tmp_path, {})
    prices = resolve_prices(["base", "tuned", "ours/tuned", "small", "fine"], found)
    assert prices["tuned"] == prices["ours/tuned"] == prices["base"] == Price("0.000003", "0.000004", "0.000001")
    assert prices["small"] == Price("0.000005", "0.000006")
    assert prices["fine"] == resolve_prices([FINE])[FINE]
    assert (found.most_output("small"), found.most_output("tuned"), found.most_output("fine")) == (100, 16_384, 16_384)
    assert (found.refused_by("small"), found.refused_by("base")) == (("seed",), ("reasoning_effort",))
    assert found.takes("small") == found.takes("fine") == ("image/*", "application/pdf")
    assert found.has_price("small")
    assert found.least_price("fine") == (Decimal("0.3"), Decimal("1.2"))


def test_a_model_may_be_like_one_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('[models.m1]\nlike = "m2"\n')
    found = models_for(tmp_path, {VARIABLE: '[models.m2]\nlike = "gpt-4o"\nanswer = 7\n'})
    assert (found.most_output("m1"), found.priced_as("m1")) == (7, "gpt-4o")
    with pytest.raises(Unusable, match='"m1" is like "m2" is like "m1"'):
        models_for(tmp_path, {VARIABLE: '[models.m2]\nlike = "m1"\n'})


def test_the_environment_counts_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(FILE)
    found = models_for(tmp_path, {VARIABLE: "models.m1.answer = 5"})
    assert found.most_output("m1") == 5
    assert found.price("m1") is None
    assert found.is_known("our/deployment")
    (tmp_path / "other.toml").write_text("[models.m3]\n")
    assert models_for(tmp_path, {VARIABLE: str(tmp_path / "other.toml")}).is_known("m3")


def test_the_check_knows_what_is_said(models: Models) -> None:
    found = [(each.code, each.message) for each in analyse(Source("a.flow", FLOW), models).diagnostics]
    assert [code for code, _ in found] == ["SF405", "SF405"]
    assert {each.code for each in analyse(Source("a.flow", FLOW)).diagnostics} == {"SF406"}


def test_a_model_that_was_probably_meant(models: Models) -> None:
    text = 'edition 1\nagent a() -> text { model "our/deploymnt" prompt "?" }\n'
    (found,) = [each for each in analyse(Source("a.flow", text), models).diagnostics if each.code == "SF406"]
    assert found.help == 'did you mean "our/deployment"?'
    assert found.severity == "warning"


def test_a_price_that_nobody_knows_is_refused_and_the_refusal_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    flow = tmp_path / "a.flow"
    flow.write_text(FLOW)
    with pytest.raises(PriceUnknown, match=r'steadflow.toml beside the flow.*\[models."m1"\]'):
        prepare(MemoryStore(), flow, None, None)
    (tmp_path / NAME).write_text(FILE)
    prepared = prepare(MemoryStore(), flow, None, None).input
    assert prepared.prices["m1"] == Price("0.0000001", "0.000002", "0.00000001")
    assert prepared.max_output["m1"] == 8192
    assert prepared.refuses["m1"] == ["json_schema", "temperature"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[models.m1]\ninput = 1\n", r'\[models."m1"\]: a price has both `input` and `output`'),
        ("[models.m1]\ninput = -1\noutput = 1\n", "`input`: expected US dollars for a million tokens"),
        ('[models.m1]\ninput = "x"\noutput = 1\n', "`input`: expected US dollars"),
        ("[models.m1]\ninput = nan\noutput = 1\n", "`input`: expected US dollars"),
        ("[models.m1]\nanswer = 0\n", "`answer`: expected a number of tokens"),
        ("[models.m1]\nanswer = true\n", "`answer`: expected a number of tokens"),
        ('[models.m1]\nrefuses = "temperature"\n', "`refuses`: expected a list of some of temperature"),
        ('[models.m1]\nrefuses = ["colour"]\n', "`refuses`: expected a list"),
        ('[models.m1]\nlike = "gpt-4o-mimi"\n', "`like`: expected the name of a model that is known"),
        ('[models.m1]\nlike = "m2"\n[models.m2]\nlike = "m3"\n', r'"m2"\], `like`: .*`\[models\]`, not "m3"'),
        ('[models.m1]\nlike = "m1"\n', '"m1" is like "m1"; name another model'),
        ('[models."gpt-4o"]\nlike = "gpt-4o"\n', '"gpt-4o" is like "gpt-4o"; name another model, or leave'),
        ('[models.m1]\nlike = "m2"\n[models.m2]\nlike = "m1"\n', r'"m1"\], `like`: "m1" is like "m2" is like "m1"'),
        ("[models.m1]\nprice = 1\n", "`price`: there is no such setting; there are input, output, cached"),
        ("[models]\nm1 = 1\n", "expected a table of settings"),
        ("[model.m1]\n", "not `model`"),
        ("config = 1\n", r"`\[config\]` is a table of names and values"),
        ("oops", "is not TOML"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Unusable, match=problem):
        models_for(tmp_path, {})
    (tmp_path / "a.flow").write_text(FLOW)
    with pytest.raises(Unconfigured, match=problem):
        prepare(MemoryStore(), tmp_path / "a.flow", None, None)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"nowhere\.toml cannot be read"):
        models_for(tmp_path, {VARIABLE: str(tmp_path / "nowhere.toml")})


def test_values_of_the_deployment_are_plain_json_and_the_environment_counts_more(tmp_path: Path) -> None:
    said = '[config]\nregion = "eu"\nshare = 0.50\nsince = 2026-01-01T00:00:00Z\nnames = ["a"]\nhome = { zone = 1 }\n'
    (tmp_path / NAME).write_text(said)
    config = {"region": "eu", "share": Decimal("0.50"), "since": "2026-01-01T00:00:00+00:00", "names": ["a"]}
    assert models_for(tmp_path, {}).config == config | {"home": {"zone": 1}}
    more = models_for(tmp_path, {VARIABLE: '[config]\nregion = "us"\n'}).config
    assert (more["region"], more["names"]) == ("us", ["a"])
