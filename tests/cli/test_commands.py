"""The commands that look at runs and answer them, and how mistakes are told."""

import asyncio
import json
from pathlib import Path

import pytest

from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.payloads import RunInput
from interpreter.client.client import connect
from interpreter.client.starting import Start, start_run
from tests.cli.conftest import CASES, Dsl

SHOP = CASES / "shop.flow"


def submitted(dsl: Dsl, id: str) -> str:
    ended = dsl.here("submit", SHOP, "--set", "item=book", "--id", id, "--task-queue", f"queue-{id}")
    assert (ended.code, ended.out) == (0, f"{id}\n"), ended.err
    return id


def test_submit_returns_at_once_and_says_what_is_missing(dsl: Dsl) -> None:
    ended = dsl.here("submit", SHOP, "--set", "item=book", "--task-queue", "empty", "--json")
    assert ended.code == 0
    assert ended.json["run"].startswith("shop-")
    assert "dsl worker --task-queue empty" in ended.err


@pytest.mark.slow
def test_a_worker_carries_out_what_was_submitted(dsl: Dsl) -> None:
    run = submitted(dsl, "by-worker")
    worker = dsl.start("worker", "--task-queue", f"queue-{run}", "--tools", CASES / "shop_tools.py", "--flow", SHOP)
    worker.until("working on the task queue queue-by-worker with shop.price, shop.release, shop.reserve")
    assert "is under way" in dsl.here("result", run, "--no-wait").err
    worker.while_waiting_for(lambda: dsl.here("approvals", run, "--json").json)
    assert dsl.here("approve", run, "keep", "--group", "team", "--answer", '{"count": 7}').code == 0
    result = dsl("result", run)
    assert (result.code, result.json["count"]) == (0, 9)
    worker.interrupt()
    assert worker.end().code == 0


@pytest.mark.slow
def test_show_tells_how_a_run_stands_and_approvals_what_it_asks(dsl: Dsl) -> None:
    running = dsl.start("run", SHOP, "--set", "item=lamp", "--id", "shown", "--requester", "carol")
    running.until("keep  asks")
    shown = dsl.here("show", "shown").out
    for line in (
        "flow    shop",
        "status  running",
        "for     carol",
        "hold: completed, shop.reserve",
        "keep: Keep lamp for 12.50?",
        "shop.reserve at shop/parallel#1/hold: done; its undo is shop.release",
    ):
        assert line in shown
    state = dsl.here("show", "shown", "--json").json
    assert state["state"]["questions"][0]["id"] == "shop/keep"
    assert state["hash"] in shown
    assert "dsl approve shown --answer count=…" in dsl.here("approvals").out
    asked = dsl.here("approvals", "shown", "--group", "team", "--json").json
    assert [(one["run"], one["name"], one["whom"]) for one in asked] == [("shown", "keep", ["team"])]
    assert dsl.here("approvals", "shown", "--group", "others", "--json").json == []
    listed = dsl.here("runs", "--flow", "shop", "--status", "running", "--json").json
    assert "shown" in [run["id"] for run in listed]
    assert dsl.here("cancel", "shown").code == 0
    assert running.end().code == 1
    assert "status  cancelled" in dsl.here("show", "shown").out


@pytest.mark.slow
def test_a_run_that_nobody_carries_takes_an_answer_and_goes_on_later(dsl: Dsl, shop_log: Path) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "killed")
    running.until("keep  asks")
    running.process.kill()
    running.end()
    answered = dsl.here("approve", "killed", "--answer", "count=1", "--by", "ada")
    assert (answered.code, answered.out) == (0, "keep: approved (unverified, by ada for team)\n"), answered.err
    attached = dsl("attach", "killed", "--json")
    assert attached.events[-1]["value"]["count"] == 3
    assert shop_log.read_text() == "reserve book\n"


def test_mistakes_about_questions_are_told_with_what_there_is(dsl: Dsl) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "mistaken")
    running.until("keep  asks")
    unknown = dsl.here("approve", "mistaken", "kept", "--answer", "count=1")
    assert (unknown.code, unknown.err) == (2, "error: the run does not ask `kept` now; did you mean keep?\n")
    misfit = dsl.here("approve", "mistaken", "--group", "team", "--answer", "coutn=1")
    assert misfit.code == 1
    assert "coutn: unknown field; did you mean `count`?" in misfit.err
    assert dsl.here("reject", "mistaken").code == 0
    assert running.end().code == 1


def test_the_same_id_while_a_run_is_under_way_is_refused(dsl: Dsl) -> None:
    submitted(dsl, "twice")
    ended = dsl.here("submit", SHOP, "--set", "item=book", "--id", "twice")
    assert ended.code == 2
    assert "a run twice is under way already; choose another id, or leave it out" in ended.err


@pytest.mark.slow
def test_a_stuck_run_is_found_with_the_reason_in_plain_words(dsl: Dsl) -> None:
    asyncio.run(start_without_definition(dsl.state, "lost"))
    worker = dsl.start("worker", "--task-queue", "queue-lost")
    worker.until("working on")
    worker.while_waiting_for(lambda: "lost: its workflow task has failed" in dsl.here("runs", "--stuck").out)
    assert "the worker's store does not hold an object that the run needs" in dsl.here("runs", "--stuck").out
    shown = dsl.here("show", "lost")
    assert "stuck   its workflow task has failed" in shown.out
    worker.interrupt()
    worker.end()


async def start_without_definition(state: Path, id: str) -> None:
    async with await connect(state_dir=state) as client:
        lost = RunInput(DefinitionEnvelope("0" * 64), "f", {})
        await start_run(client.temporal, Start(id, f"queue-{id}", lost))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("run", "nowhere.flow"), 2, "error: there is no file nowhere.flow"),
        (("run", "broken.flow"), 4, "error[SF"),
        (("run", SHOP, "--flow", "shpo"), 2, "there is no flow `shpo`"),
        (("run", SHOP, "--input", "{'item': 1}"), 2, "the input is not JSON: line 1, column 2"),
        (("run", SHOP, "--input", "nowhere.json"), 2, "there is no file nowhere.json"),
        (("run", SHOP, "--set", "item"), 2, "expected name=value, not item"),
        (("run", SHOP, "--set", "item.id=5"), 2, "give the whole value as JSON, as in item='{\"id\": …}'"),
        (("run", SHOP), 2, "item: is missing"),
        (("run", SHOP, "--set", "itme=book"), 2, "itme: unknown field; did you mean `item`?"),
        (("run", SHOP, "--set", "item=book", "--set", "count=0"), 2, "count: at least 1 is required, not 0"),
        (("run", SHOP, "--set", "item=book", "--tools", "nowhere.py"), 2, "there is no file nowhere.py"),
        (("run", SHOP, "--set", "item=book", "--tools", "nowhere.tools"), 2, "nowhere.tools cannot be loaded"),
        (("run", SHOP, "--set", "item=book", "--tools", "json"), 2, "json has no function marked @tool"),
        (("run", SHOP, "--set", "item=book", "--answers", "typo.yaml"), 2, "no approval `kepe`; did you mean keep?"),
        (("run", SHOP, "--set", "item=book", "--answers", "bad.yaml"), 2, "bad.yaml is not YAML: line 1"),
        (("run", SHOP, "--set", "item=book", "--answers", "word.yaml"), 2, "an answer needs `decision: approve`"),
        (("show", "nothing"), 2, "there is no run nothing here"),
        (("result", "nothing"), 2, "there is no run nothing here"),
        (("attach", "nothing"), 2, "there is no run nothing here"),
        (("cancel", "nothing"), 2, "there is no run nothing here"),
        (("approve", "nothing"), 2, "there is no run nothing here"),
        (("runs", "--address", "127.0.0.1:1"), 5, "no Temporal server answers at 127.0.0.1:1"),
        (
            ("runs", "--address", "127.0.0.1"),
            2,
            "'127.0.0.1' is no address of a Temporal server: write it as HOST:PORT",
        ),
        (("runs", "--address", "http://127.0.0.1:1"), 2, "is no address of a Temporal server: write it as HOST:PORT"),
        (("runs", "--status", "runing"), 2, "'runing' is not one of"),
        (("rnu",), 2, "There is no command `rnu`. Did you mean `run`?"),
        (("run", SHOP, "--imput", "x"), 2, "No such option"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(dsl: Dsl, arguments: tuple[str | Path, ...], code: int, told: str) -> None:
    (dsl.folder / "broken.flow").write_text("edition 1\nflow f() -> text { return nothing }")
    (dsl.folder / "typo.yaml").write_text("kepe: { decision: approve }")
    (dsl.folder / "bad.yaml").write_text("keep: { decision: approve")
    (dsl.folder / "word.yaml").write_text("keep: { decision: aprove }")
    ended = dsl.here(*arguments)
    assert told in ended.err
    assert ended.code == code
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_setup_registers_and_does_no_harm_twice(dsl: Dsl) -> None:
    again = dsl.here("setup")
    assert again.code == 0
    assert again.out.count("known") == 6


def test_what_is_piped_in_is_the_input(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "echo.flow"
    flow.write_text("edition 1\nflow echo(x: decimal) -> decimal { return x }")
    ended = dsl("run", flow, "--input", "-", input='{"x": 12.50}')
    assert (ended.code, json.loads(ended.out)) == (0, "12.50"), ended.err


def test_digits_for_a_text_are_read_by_the_type(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "echo.flow"
    flow.write_text("edition 1\nflow echo(zip: text, n: int) -> text { return zip }")
    ended = dsl("run", flow, "--set", "zip=12345", "--set", "n=5")
    assert (ended.code, json.loads(ended.out)) == (0, "12345"), ended.err


def test_a_missing_input_says_how_it_is_given(dsl: Dsl) -> None:
    ended = dsl.here("run", SHOP)
    assert ended.code == 2
    assert "--input FILE or --set NAME=VALUE" in ended.err


STAGED = """edition 1
tool shop.pay(amount: int) -> { id: text } irreversible keyed { compensate none "paid is paid" }
flow buy() -> text budget 1h {
  await approval ok "Pay 3?" { from "leads" timeout 10m then reject }
  if not ok.approved { return "no" }
  step paid = shop.pay(amount: 3)
  return paid.id
}
"""
STAGED_TOOLS = """from pathlib import Path
from interpreter.api import tool

@tool("shop.pay")
def pay(amount: int) -> dict[str, str]:
    Path("paid").write_text(str(amount))
    return {"id": "p1"}
"""


@pytest.mark.slow
@pytest.mark.parametrize("staged", [True, False])
def test_what_is_submitted_staged_writes_nothing_and_says_so(dsl: Dsl, tmp_path: Path, staged: bool) -> None:
    (tmp_path / "buy.flow").write_text(STAGED)
    (tmp_path / "buy_tools.py").write_text(STAGED_TOOLS)
    id, queue = f"staged-{staged}", f"queue-staged-{staged}"
    option = ["--staged"] if staged else []
    assert dsl.here("submit", tmp_path / "buy.flow", "--id", id, "--task-queue", queue, *option).code == 0
    worker = dsl.start("worker", "--task-queue", queue, "--tools", tmp_path / "buy_tools.py")
    worker.until("working on")
    asked = dsl.here("approvals", id)
    assert ("[staged: nothing is written]" in asked.out) == staged, asked.out
    assert dsl.here("approve", id, "--by", "ann", "--group", "leads").code == 0
    ended = dsl.here("result", id, "--json")
    assert (ended.code, ended.json["staged"]) == (0, staged), ended.err
    assert (tmp_path / "paid").exists() != staged
    assert ("not carried out" in dsl.here("show", id).out) == staged
    worker.interrupt()
    worker.end()


def test_what_a_run_is_pinned_to_comes_back_as_a_file(dsl: Dsl, tmp_path: Path) -> None:
    run = submitted(dsl, "pinned")
    (listed,) = [each for each in dsl.here("runs", "--flow", "shop", "--json").json if each["id"] == run]
    back = tmp_path / "back.flow"
    for what in (["--run", run], [listed["hash"]], [listed["hash"][:8]]):
        found = dsl.here("decompile", *what, "-o", back)
        assert (found.code, found.err) == (0, ""), found.err
        assert dsl.here("hash", back, "--flow", "shop").out == f"{listed['hash']}\n"
    assert dsl.here("decompile", "--run", "nobody").err == dsl.here("show", "nobody").err
    unknown = dsl.here("decompile", "0" * 12)
    assert (unknown.code, unknown.err) == (2, "error: no run and no stored definition has the hash 000000000000\n")
    assert dsl.here("cancel", run).code == 0
