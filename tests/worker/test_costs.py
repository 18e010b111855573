"""What runs have spent, on a real server: completed, failed, cancelled, under way, left alone and broken off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.boundary.costs import Cost
from interpreter.boundary.payloads import Price
from interpreter.cli.commands.costs import _csv, _Teller, _what_is_not_known
from interpreter.cli.target import Target
from interpreter.client.client import Client as Steadflow
from interpreter.client.costs import CostRow, Group, Spending, grouped, spendings
from interpreter.client.errors import UnknownRun
from interpreter.worker.plugin import FlowPlugin
from tests.live.played_model import PlayedModel, Says, Silent, played_model
from tests.live.runs import LiveRun, Runs, eventually

FLOW = """edition 1
agent ask(x: text) -> text { model MODEL prompt "{{ x }}" answer at most 100 tokens }
tool paid(x: text) -> text read { costs 0.05 usd }
flow below(x: text) -> text {
  step a = ask(x: x)
  BELOW
  return a
}
flow main() -> text {
  step first = ask(x: "x")
  step p = paid(x: "x")
  parallel { step b = below(x: "1") step c = below(x: "2") }
  BODY
  return first
}
"""
PRICES = {"known": Price("0.001", "0.001")}
WAITS = 'await approval ok "Go on?" { from "leads" timeout 1d then fail }'
ANSWER = Says('{"value": "yes"}', 10, 20)


async def paid(x: str) -> str:
    return x


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Any:
    with played_model() as model:
        for name, value in model.environment.items():
            monkeypatch.setenv(name, value)
        model.plans = {"known": [ANSWER], "unknown": [ANSWER], "silent": [Silent()]}
        yield model


@asynccontextmanager
async def worker(runs: Runs) -> AsyncIterator[None]:
    from interpreter.api import tool

    client = await Client.connect(runs.client.service_client.config.target_host)
    plugin = FlowPlugin([tool("paid")(paid)], store=runs.store)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
        yield


def flow(name: str, *, body: str = "", below: str = "", model: str = "known") -> str:
    text = FLOW.replace("BODY", body).replace("BELOW", below).replace("MODEL", f'"{model}"')
    return text.replace("flow main", f"flow {name}")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_name_becomes_a_formula_of_a_spreadsheet(begin: str) -> None:
    name = f'{begin}HYPERLINK("https://example.com")'
    _, row = _csv(("requester",), [Group((name,))]).splitlines()
    assert row.startswith("\"'" + begin)
    assert _csv(("requester",), [Group(("a=b",))]).splitlines()[1].startswith("a=b,")


async def spent(runs: Runs, run: LiveRun) -> tuple[Spending, list[str]]:
    client = Steadflow(runs.client, runs.store)
    target = Target(None, runs.client.service_client.config.target_host, None)
    (found,) = await spendings(client, _Teller(target).tell, id=run.id)
    return found, list(_what_is_not_known([found], grouped([found], ["run"])))


def by(found: Spending, *ways: Any) -> dict[tuple[str, ...], tuple[float, int]]:
    return {group.key: (float(group.usd), group.tokens) for group in grouped([found], ways)}


def test_who_asks_is_one_however_the_name_is_spelt() -> None:
    spent = [
        Spending(who, "f", "h", "completed", who, costs=[Cost("f", usd="1")]) for who in ("Ann", " ann", "bob", "")
    ]
    found = {group.key: (group.usd, group.runs) for group in grouped(spent, ["requester"])}
    assert found == {("Ann",): (2, {"Ann", " ann"}), ("bob",): (1, {"bob"}), ("(nobody)",): (1, {""})}


@pytest.fixture
async def runs(temporal_address: str) -> Runs:
    return Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")


def unique() -> str:
    return f"f{uuid4().hex[:8]}"


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_a_run_that_has_completed(runs: Runs, model: PlayedModel, eagerly: bool) -> None:
    name = unique()
    async with worker(runs):
        run = await runs.start(flow(name), eagerly=eagerly, prices=PRICES, requester="ann")
        await run.value()
    found, unknown = await spent(runs, run)
    assert by(found, "step", "agent") == {
        (f"{name}/first", "ask"): (0.03, 30),
        (f"{name}/p", "paid"): (0.05, 0),
        ("below/a", "ask"): (0.06, 60),
    }
    assert by(found, "flow") == {(name,): (0.08, 30), ("below",): (0.06, 60)}
    assert by(found, "requester", "model") == {("ann", "known"): (0.09, 90), ("ann", "(tool)"): (0.05, 0)}
    assert list(by(found, "run")) == [(run.id,)]
    assert unknown == []
    (day,) = by(found, "day")
    assert grouped([found], ["day"], since=day[0]) == grouped([found], ["day"])
    assert grouped([found], ["day"], since="2999-01-01") == []


@pytest.mark.slow
async def test_the_client_tells_the_same_in_python(runs: Runs, model: PlayedModel) -> None:
    name, client = unique(), Steadflow(runs.client, runs.store)
    async with worker(runs):
        done = await runs.start(flow(name), prices=PRICES, requester="ann")
        await done.value()
        waits = await started(runs, name, body=WAITS)
        told = await client.costs(run=waits.id)
        assert (told.runs, told.total.usd, told.not_known) == ([waits.id], Decimal("0.14"), [])
        assert (await client.costs(flow="another", run=waits.id)).runs == []
    told = await client.costs("agent", "model", run=done.id)
    assert told.rows == [
        CostRow(Decimal("0.09"), 90, 0, 3, 1, agent="ask", model="known"),
        CostRow(Decimal("0.05"), 0, 0, 1, 1, agent="paid", model="(tool)"),
    ]
    assert told.total == CostRow(Decimal("0.14"), 90, 0, 4, 1)
    assert (await client.costs(since=date(2999, 1, 1), run=waits.id)).rows == []
    alone = await client.costs(run=waits.id)
    assert (alone.rows, len(alone.not_known)) == ([], 1), "nobody carries it out, and it has left nothing"
    with pytest.raises(UnknownRun):
        await client.costs(run="no such run")


@pytest.mark.parametrize(
    ("body", "below"),
    [('if first == "yes" { fail "no" }', ""), ("", 'if a == "yes" { fail "no" }')],
    ids=["itself", "below"],
)
async def test_a_run_that_has_failed(runs: Runs, model: PlayedModel, body: str, below: str) -> None:
    name = unique()
    async with worker(runs):
        run = await runs.start(flow(name, body=body, below=below), prices=PRICES)
        await run.failure()
        total = Decimal((await run.view()).spent.usd)
    found, unknown = await spent(runs, run)
    assert sum((Decimal(cost.usd) for cost in found.costs), Decimal(0)) == total
    assert by(found, "flow")[(name,)] == (0.08, 30)
    assert unknown == []


async def started(runs: Runs, name: str, **more: Any) -> LiveRun:
    run = await runs.start(flow(name, **more), prices=PRICES)
    place = run if "body" in more else run.child(f"{name}/parallel#3/b")
    await place.question()
    return run


@pytest.mark.slow
async def test_a_run_under_way_is_told_with_what_runs_below_it(runs: Runs, model: PlayedModel) -> None:
    name = unique()
    async with worker(runs):
        run = await started(runs, name, below=WAITS)
        await run.child(f"{name}/parallel#3/c").question()
        found, unknown = await spent(runs, run)
        assert by(found, "flow") == {(name,): (0.08, 30), ("below",): (0.06, 60)}
    left_alone, _ = await spent(runs, run)
    assert by(left_alone, "flow") == by(found, "flow")
    assert unknown == []
    await run.handle.terminate()
    broken_off, _ = await spent(runs, run)
    assert by(broken_off, "flow") == by(found, "flow")


async def test_what_a_call_that_was_under_way_may_have_cost_is_said(runs: Runs, model: PlayedModel) -> None:
    name = unique()
    model.plans["known"] = [ANSWER, Silent()]
    body = 'step again = ask(x: "again")'
    async with worker(runs):
        text = flow(name, body=body).replace('  parallel { step b = below(x: "1") step c = below(x: "2") }\n', "")
        run = await runs.start(text, main=name, prices=PRICES)
        await eventually(lambda: _seen(len(model.asked["known"]) == 2))
        await run.handle.terminate()
    found, unknown = await spent(runs, run)
    assert by(found, "flow") == {(name,): (0.08, 30)}
    assert found.under_way > Decimal("0.1")
    assert f"{run.id} was broken off with calls under way, which may have cost up to" in unknown[0]


async def test_a_model_without_a_price_is_not_for_nothing(runs: Runs, model: PlayedModel) -> None:
    name = unique()
    async with worker(runs):
        run = await runs.start(flow(name, model="unknown"))
        await run.value()
    found, unknown = await spent(runs, run)
    (group,) = [each for each in grouped([found], ["agent"]) if each.key == ("ask",)]
    assert (group.usd, group.tokens, group.unpriced) == (0, 90, 90)
    assert "the price of some models" in unknown[0]


async def test_what_is_made_up_costs_nothing_and_is_said(runs: Runs, tmp_path: Path) -> None:
    name, script = unique(), tmp_path / "script.yaml"
    script.write_text("ask: [{answer: fine}]\n")
    client = await Client.connect(runs.client.service_client.config.target_host)
    plugin = FlowPlugin(store=runs.store, scripted=script)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
        run = await runs.start(SCRIPTED.replace("main", name), prices=PRICES)
        await run.value()
    found, unknown = await spent(runs, run)
    assert (found.rehearsal, by(found, "flow")) == (True, {})
    assert unknown == ["made up: answers of models in 1 of 1 runs; budgets count them, and they cost nothing"]


SCRIPTED = """edition 1
agent ask(x: text) -> text { model "known" prompt "{{ x }}" }
flow main() -> text budget 9k tokens { step a = ask(x: "x") return a }
"""


async def test_a_record_of_an_earlier_version_says_how_much_and_not_for_what(runs: Runs, model: PlayedModel) -> None:
    name = unique()
    async with worker(runs):
        run = await runs.start(flow(name), prices=PRICES)
        await run.value()
    teller = _Teller(Target(None, runs.client.service_client.config.target_host, None))
    client = Steadflow(runs.client, runs.store)

    async def without_costs(one: Any) -> Any:
        view = await teller.tell(one)
        assert view is not None
        view.costs = []
        return view

    from interpreter.client.costs import spending_of

    (summary,) = [each async for each in client.runs() if each.id == run.id]
    found = await spending_of(client.run(run.id), summary, without_costs)
    assert by(found, "flow", "step") == {(name, "(not recorded)"): (0.14, 90)}
    lost = await spending_of(client.run(run.id), summary, _nobody)
    assert lost.costs == []
    assert "it left no record" in lost.untold[0]


async def _nobody(_: Any) -> None:
    return None


async def _seen(what: bool) -> bool | None:
    return what or None
