"""Runs that are ended by hand: with what that leaves behind, said first."""

import json
from pathlib import Path

import pytest

from interpreter.server.folder import state_folder
from interpreter.server.record import read_record
from tests.cli.conftest import CASES, Dsl

SHOP = CASES / "shop.flow"

ABOVE = """
edition 1
flow below() -> text {
  await approval go "Go?" { from "team" timeout 1h then reject }
  return go.outcome
}
flow above() -> text {
  step done = below()
  return done
}
"""


@pytest.fixture
def left(dsl: Dsl) -> str:
    """A run that has reserved something and asks, and that nobody works on."""
    id_ = f"left-{dsl.folder.name}"
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", id_)
    running.until(f"dsl approve {id_}")
    running.interrupt()
    running.end()
    return id_


@pytest.mark.slow
def test_what_a_run_leaves_behind_is_told_before_it_is_terminated(dsl: Dsl, left: str) -> None:
    refused = dsl("terminate", left)
    assert (refused.code, f"dsl terminate {left} --yes" in refused.err) == (2, True), refused.err
    assert "status  running" in dsl.here("show", left).out
    ended = dsl("terminate", left, "--yes", "--reason", "a test")
    assert ended.code == 0, ended.err
    assert "not undone: shop.reserve at shop/parallel#1/hold" in ended.err
    assert f"{left} is terminated" in ended.err
    again = dsl.here("terminate", left, "--yes")
    assert (again.code, "was terminated already" in again.err) == (1, True), again.err
    result = dsl.here("result", left)
    assert (result.code, "was terminated: a test" in result.err) == (1, True), result.err


@pytest.mark.slow
def test_what_was_captured_is_not_left_behind(dsl: Dsl) -> None:
    id_ = f"staged-{dsl.folder.name}"
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", id_, "--staged")
    running.until(f"dsl approve {id_}")
    running.interrupt()
    running.end()
    assert "shop.reserve at shop/parallel#1/hold: not carried out" in dsl("show", id_).out
    ended = dsl("terminate", id_, "--yes")
    assert (ended.code, f"{id_} has done nothing that can be undone" in ended.err) == (0, True), ended.err
    assert "dsl repair" not in dsl("show", id_).out
    repaired = dsl("repair", id_)
    assert (repaired.code, f"nothing is left of the run {id_}" in repaired.err) == (1, True), repaired.err


@pytest.mark.slow
def test_it_is_asked_at_a_terminal_and_told_as_json(dsl: Dsl, left: str) -> None:
    asking = dsl.at_terminal("terminate", left)
    asking.until("terminate it? [y]es  [n]o: ")
    asking.type("n")
    assert asking.end() == 1
    ended = dsl("terminate", left, "--yes", "--json")
    (entry,) = json.loads(ended.out)["left"]
    assert (entry["tool"], entry["path"], entry["state"]) == ("shop.reserve", "shop/parallel#1/hold", "done")


@pytest.mark.slow
def test_cancel_of_a_run_nobody_works_on(dsl: Dsl, left: str) -> None:
    """Nothing is undone until somebody works on it, and that is said, with what to do."""
    attach = f"nothing works on this run; carry it on with: dsl attach {left}"
    assert attach in dsl.here("show", left).out
    cancelled = dsl.here("cancel", left)
    assert cancelled.code == 0
    assert "nothing is undone yet" in cancelled.err
    assert attach in cancelled.err
    assert "status  running, and asked to cancel, which nothing has acted on yet" in dsl.here("show", left).out
    attached = dsl("attach", left)
    assert attached.code == 1
    assert f"the run {left} was cancelled" in attached.err
    ended = dsl.here("cancel", left)
    assert (ended.code, "was cancelled already" in ended.err) == (1, True), ended.err


@pytest.mark.slow
def test_a_run_nobody_works_on_is_listed_as_such_and_who_waits_for_it_is_told(dsl: Dsl, left: str) -> None:
    listed = dsl.here("runs", "--flow", "shop")
    (row,) = [line for line in listed.out.splitlines() if left in line]
    assert "running, nobody works on it" in row
    assert "what nobody works on is carried on with dsl attach RUN" in listed.err
    (record,) = [each for each in json.loads(dsl.here("runs", "--json").out) if each["id"] == left]
    assert record["worked_on"] is False
    waiting = dsl.start("result", left)
    waiting.until(f"nothing works on this run; carry it on with: dsl attach {left}")
    waiting.interrupt()
    waiting.end()


def test_what_was_submitted_and_nobody_works_on_wants_a_worker(dsl: Dsl) -> None:
    """`dsl attach` would only follow it: nobody said which tools it has."""
    run, queue = f"sent-{dsl.folder.name}", f"queue-{dsl.folder.name}"
    assert dsl.here("submit", SHOP, "--set", "item=book", "--id", run, "--task-queue", queue).code == 0
    worker = f"dsl worker --task-queue {queue} --tools MODULE"
    assert f"nothing works on this run; start a worker: {worker}" in dsl.here("show", run).out
    assert f"what waits on the task queue {queue} is carried on by a worker: {worker}" in dsl.here("runs").err
    assert f"nothing works on this run; start a worker: {worker}" in dsl.here("cancel", run).err


@pytest.mark.slow
def test_a_run_below_another_is_carried_on_by_the_same_worker(dsl: Dsl) -> None:
    (dsl.folder / "above.flow").write_text(ABOVE)
    above = f"above-{dsl.folder.name}"
    running = dsl.start("run", "above.flow", "--id", above)
    said = running.until(" --group team")
    running.interrupt()
    running.end()
    (below,) = {word for word in said.split() if word.startswith(f"{above}/")}
    assert f"carry it on with: dsl attach {below}" in dsl.here("show", below).out
    attached = dsl.start("attach", below)
    attached.until(f"dsl approve {below}")
    assert dsl.here("approve", below, "--group", "team", "--by", "ada").code == 0
    assert (attached.end().code, json.loads(dsl.here("result", above).out)) == (0, "approved")


@pytest.mark.parametrize("id_", ["", "/", "/x", "//"])
def test_what_is_the_id_of_no_run_is_no_bug(dsl: Dsl, id_: str) -> None:
    ended = dsl.here("attach", id_)
    assert (ended.code, "no run" in ended.err) == (2, True), ended.err


@pytest.mark.slow
def test_an_answer_to_a_run_nobody_works_on_says_that_it_has_no_effect_yet(dsl: Dsl, left: str) -> None:
    answer = ("--group", "team", "--answer", "count=1", "--answer", "note=x", "--by", "ada")
    approved = dsl.here("approve", left, *answer)
    assert approved.code == 0
    assert f"what follows from it waits: nothing works on this run; carry it on with: dsl attach {left}" in approved.err


@pytest.mark.slow
def test_an_answer_at_a_shared_server_is_kept_for_a_worker_that_is_away(dsl: Dsl, left: str, state: Path) -> None:
    """Whoever looks is told where to answer, whoever answers that it will count, and how to start a worker there."""
    record = read_record(state_folder(state).server)
    assert record is not None
    there = ("--address", record.address)
    asked = dsl.here("approvals", left, *there)
    assert f"dsl reject {left} --group team --note WHY --address {record.address}" in asked.out
    kept = dsl.here("reject", left, "--group", "team", "--by", "ada", *there)
    assert kept.code == 6, kept.err
    assert "keeps the answer, and it counts when a worker takes it up" in kept.err
    assert kept.err.endswith(f"dsl worker --task-queue run-{left} --tools MODULE --address {record.address}\n")
    assert "the run does not ask `none`" in dsl.here("reject", left, "none", "--group", "team", *there).err
    attached = dsl("attach", left)
    assert "keep  rejected  by unverified ada for team" in attached.err, attached.err


def test_how_many_effects_are_in_doubt_stands_in_the_list(dsl: Dsl, tmp_path: Path) -> None:
    flow, tools = tmp_path / "doubt.flow", tmp_path / "doubt_tools.py"
    flow.write_text(
        'edition 1\ntool pay(n: int) -> int write { compensate none "x" verify none "x" }\n'
        "flow doubt() { step pay(n: 1) }\n"
    )
    tools.write_text(
        "from interpreter.api import tool\n@tool('pay')\ndef pay(n: int) -> int:\n    raise RuntimeError('lost')\n"
    )
    ended = dsl("run", flow, "--id", "doubtful")
    assert ended.code == 1
    assert "nobody knows whether it happened: pay at doubt/pay" in ended.err
    (row,) = [line for line in dsl.here("runs", "--flow", "doubt").out.splitlines() if "doubtful" in line]
    assert "failed, 1 in doubt" in row
    assert json.loads(dsl.here("runs", "--flow", "doubt", "--json").out)[0]["doubts"] == 1
    assert "nobody knows whether it happened: pay at doubt/pay" in dsl.here("result", "doubtful").err
