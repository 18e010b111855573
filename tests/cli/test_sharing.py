"""Commands that run at once on a state folder of their own, and what happens to the server meanwhile."""

import os
import re
import signal
from pathlib import Path

import pytest

from interpreter.server.folder import state_folder
from interpreter.server.record import read_record
from tests.cli.conftest import CASES, Dsl

SHOP = CASES / "shop.flow"

pytestmark = pytest.mark.slow


@pytest.fixture
def alone(tmp_path: Path) -> Dsl:
    """`dsl` with a state folder that nobody else uses."""
    return Dsl(tmp_path / "state", tmp_path)


def test_two_that_start_at_once_share_a_server_that_may_die_under_them(alone: Dsl) -> None:
    first = alone.start("run", SHOP, "--set", "item=book", "--id", "first")
    second = alone.start("run", SHOP, "--set", "item=lamp", "--id", "second")
    links = [
        next(line for line in run.until("keep  asks").splitlines() if "/workflows/" in line) for run in (first, second)
    ]
    assert links[0].partition("/workflows")[0] == links[1].partition("/workflows")[0]
    record = read_record(state_folder(alone.state).server)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    for run, id in ((first, "first"), (second, "second")):
        answered = alone.here("approve", id, "--group", "team", "--answer", "count=1")
        assert answered.code == 0, answered.err
        ended = run.end()
        assert (ended.code, ended.json["count"]) == (0, 3), ended.err


def test_an_address_in_the_environment_is_used(dsl: Dsl, tmp_path: Path) -> None:
    record = read_record(state_folder(dsl.state).server)
    assert record is not None
    other = Dsl(tmp_path / "other", tmp_path, {"TEMPORAL_ADDRESS": record.address})
    other.environment["STEADFLOW_STATE"] = str(tmp_path / "other")
    ended = other("run", SHOP, "--set", "item=moon", "--id", "by-address")
    assert ended.code == 1
    assert "only one moon" in ended.err
    assert "/workflows/" not in ended.err, "where its web pages are is not known"
    assert not (tmp_path / "other" / "temporal.db").exists()
    assert "status  failed" in dsl.here("show", "by-address").out


def test_children_are_followed_under_their_step(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "family.flow"
    flow.write_text(
        "edition 1\n"
        "tool shop.price(item: text) -> { amount: decimal } read { errors OutOfStock }\n"
        "flow one(item: text) -> decimal { step price = shop.price(item) return price.amount }\n"
        "flow all(items: [text] at most 3) -> [decimal] budget 1h {\n"
        "  parallel for item in items as prices { step cost = one(item) yield cost }\n"
        "  return prices\n"
        "}\n"
    )
    ended = dsl("run", flow, "--input", '{"items": ["a", "b"]}', "--tools", CASES / "shop_tools.py")
    assert ended.code == 0, ended.err
    assert ended.json == ["12.50", "12.50"]
    for line in ("prices[0]/cost/price  completed", "prices[1]/cost/price  completed", "prices[1]/cost  completed"):
        assert line in ended.err


def test_tools_that_do_not_fit_are_refused_with_both_sides(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "misfit.flow"
    flow.write_text(
        "edition 1\ntool shop.price(item: int) -> text read\nflow f() -> text { step p = shop.price(1) return p }"
    )
    ended = dsl("run", flow, "--tools", CASES / "shop_tools.py")
    assert ended.code == 4
    assert "the tools do not fit the flows" in ended.err
    assert "declared in `f`" in ended.err
    (offered,) = [line for line in ended.err.splitlines() if "this worker offers" in line]
    assert re.search(r"\(shop_tools\.py:\d+\)$", offered)
    assert "Traceback" not in ended.err


def test_a_state_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = Dsl(tmp_path / "file" / "state", tmp_path).here("runs")
    assert ended.code == 2
    assert ended.err == f"error: {tmp_path}/file/state cannot be a state folder: not a directory\n"
