"""Caps over runs, as `steadflow.toml` says them: what is read, what is refused with its place, and whom they bind."""

import logging
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.models.beside import NAME, VARIABLE
from dsl.models.caps import Capped
from dsl.models.configured import Models, models_for
from dsl.models.unusable import Unusable
from interpreter.boundary.payloads import ChatRequest
from interpreter.client.errors import PriceUnknown
from interpreter.client.submission import prepare
from interpreter.providers.caps import resolve_caps
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.providers.routing import Routed
from interpreter.stores.memory import MemoryStore

FILE = """
[providers.ours]
kind = "compatible"
address = "http://127.0.0.1:9/v1"

[caps.everything]
usd = 50.5
tokens = 20_000_000
per = "month"

[caps.per-person]
requester = "*"
usd = 5

[caps.support]
flow = "support"
tokens = 1000
when_reached = "wait"

[caps.ours]
provider = "ours"
tokens = 7
"""


@pytest.fixture
def models(tmp_path: Path) -> Models:
    (tmp_path / NAME).write_text(FILE)
    return models_for(tmp_path, {})


def test_what_is_said_of_them(models: Models) -> None:
    everything, person, support, ours = models.caps.values()
    assert everything == Capped("everything", Decimal("50.5"), 20_000_000, "month")
    assert (person.requester, person.per, person.when_reached) == ("*", "day", "fail")
    assert (support.flow, support.usd, support.when_reached) == ("support", None, "wait")
    assert ours.provider == "ours"


def test_whom_they_bind(models: Models) -> None:
    bound = {cap.name: cap for cap in resolve_caps("other", "ann", ["ours/m", "gpt-4o"], models)}
    assert list(bound) == ["everything", "per-person", "ours"]
    assert (bound["everything"].book, bound["everything"].usd) == ("steadflow-cap/everything", "50.5")
    assert bound["everything"].models is None
    assert bound["ours"].models == ["ours/m"]
    (support,) = [cap for cap in resolve_caps("support", None, ["gpt-4o"], models) if cap.name == "support"]
    assert support.waits
    assert [cap.name for cap in resolve_caps("other", None, ["gpt-4o"], models)] == ["everything", "per-person"]


def test_each_has_a_book_that_does_not_name_anybody(models: Models) -> None:
    ann, bob, again = (resolve_caps("f", who, ["gpt-4o"], models)[1].book for who in ("ann", "bob", "ann"))
    assert ann == again != bob
    assert ann.startswith("steadflow-cap/per-person/")
    assert "ann" not in ann


@pytest.mark.parametrize("who", ["ann", "Ann", " ann ", "ANN", "\uff21nn", "a\u200bnn"])
@pytest.mark.parametrize("named", ["*", "ann", "Ann", "a nn"])
def test_a_person_has_one_cap_however_the_name_is_spelt(who: str, named: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(f'[caps.some]\nrequester = "{named}"\nusd = 5\n')
    models = models_for(tmp_path, {})
    assert resolve_caps("f", who, ["gpt-4o"], models) == resolve_caps("f", "ann", ["gpt-4o"], models)
    assert bool(resolve_caps("f", who, ["gpt-4o"], models)) is (named != "a nn")


@pytest.mark.parametrize("who", [None, "", " ", "\u200b"])
def test_who_has_no_name_is_nobody(who: str | None, models: Models) -> None:
    found = resolve_caps("f", who, ["gpt-4o"], models)
    assert found == resolve_caps("f", None, ["gpt-4o"], models)


def test_a_model_without_a_price_is_refused_where_money_is_capped(tmp_path: Path) -> None:
    flow = tmp_path / "a.flow"
    flow.write_text('edition 1\nagent a() -> text { model "ours/m" prompt "x" }\nflow main() { step a() }\n')
    (tmp_path / NAME).write_text(FILE)
    with pytest.raises(PriceUnknown, match="the cap everything is one in usd, but the price of ours/m is not known"):
        prepare(MemoryStore(), flow, None, None)
    (tmp_path / NAME).write_text(FILE + '\n[models."ours/m"]\ninput = 1\noutput = 1\n')
    caps = prepare(MemoryStore(), flow, None, None, requester="ann").input.caps
    assert [cap.name for cap in caps] == ["everything", "per-person", "ours"]
    (tmp_path / NAME).write_text("")
    assert prepare(MemoryStore(), flow, None, None).input.caps == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("caps = 7", "expected tables such as `[caps.everything]`"),
        ("[caps.All]\nusd = 1", "[caps.All]: a cap's name has small letters"),
        ("caps.a = 7", "[caps.a]: expected a table of settings"),
        ("[caps.a]\nper = 'day'", "a cap says how much: `usd = 50`, or `tokens = 1_000_000`"),
        ("[caps.a]\nusd = -1", "`usd`: expected US dollars, as a number"),
        ("[caps.a]\nusd = nan", "`usd`: expected US dollars, as a number"),
        ("[caps.a]\ntokens = 1.5", "`tokens`: expected a number of tokens"),
        ("[caps.a]\ntokens = true", "`tokens`: expected a number of tokens"),
        ("[caps.a]\nusd = 1\nper = 'week'", '`per`: expected one of "day", "month"'),
        ("[caps.a]\nusd = 1\nflow = ' '", '`flow`: expected a name, or "*" for each by itself'),
        ("[caps.a]\nusd = 1\nmodel = 'x'", "`model`: there is no such setting; there are usd, tokens, per, flow"),
        ("[caps.a]\nusd = 1\nprovider = 'b'", "`provider`: there is no provider b; there are environment"),
        ("[caps.a]\nusd = 1\nwhen_reached = 'ask'", '`when_reached`: expected one of "fail", "wait"'),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Unusable) as caught:
        models_for(tmp_path, {})
    assert problem in str(caught.value)


def test_the_environment_counts_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(FILE)
    caps = models_for(tmp_path, {VARIABLE: "caps.everything = {usd = 1}"}).caps
    assert caps["everything"] == Capped("everything", Decimal(1))
    assert "ours" in caps


async def test_a_worker_says_that_a_run_does_not_know_its_cap(models: Models, caplog: pytest.LogCaptureFixture) -> None:
    routed = Routed(models, {None: RehearsalProvider(), "ours": RehearsalProvider()})
    request = ChatRequest("a", "ours/m", "x", schema_text='{"type": "string"}', caps=["everything", "ours"])
    with caplog.at_level(logging.WARNING):
        await routed.chat(request)
        assert caplog.messages == []
        for _ in range(2):
            await routed.chat(replace(request, caps=["everything"]))
    assert caplog.messages == [
        "ours/m is asked for a run that the cap ours does not bind: where it was submitted, nobody knew of it"
    ]
