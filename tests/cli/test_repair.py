"""`dsl repair` and `dsl resolve`, typed; what they do is told by `tests/client/test_repairing.py`."""

import json

import pytest

from tests.cli.conftest import Dsl

FLOW = """edition 1
tool desk.open(name: text) -> { id: text } write keyed { compensate desk.close(id: result.id) }
tool desk.close(id: text) idempotent { retry 0 times }
tool bank.pay(name: text) -> { ref: text } write { compensate bank.repay(ref: result.ref) verify none "a test" }
tool bank.repay(ref: text) idempotent
flow order(name: text) { step desk = desk.open(name: name) step paid = bank.pay(name: name) }
"""
TOOLS = """
from pathlib import Path
from interpreter.api import tool
@tool("desk.open")
def open_desk(name: str) -> dict[str, str]:
    return {"id": "d"}
@tool("desk.close")
def close_desk(id: str) -> None:
    if not Path("opened").exists():
        raise RuntimeError("shut\\x1b[31m")
@tool("bank.pay")
def pay(name: str) -> dict[str, str]:
    raise RuntimeError("broke")
@tool("bank.repay")
def repay(ref: str) -> None:
    print("repaid", ref)
"""


@pytest.mark.slow
def test_what_is_left_is_told_settled_and_undone(dsl: Dsl) -> None:
    (dsl.folder / "order.flow").write_text(FLOW)
    (dsl.folder / "order_tools.py").write_text(TOOLS)
    ended = dsl("run", "order.flow", "--tools", "order_tools.py", "--set", "name=a", "--id", "left-over")
    assert (ended.code, "how it is repaired is told by: dsl show left-over" in ended.err) == (1, True)
    assert "failed, 2 in doubt" in dsl.here("runs").out
    told = dsl.here("show", "left-over").out
    assert "what can be undone is undone by: dsl repair left-over" in told
    assert "settled by: dsl resolve left-over STEP --done [--result JSON]|--not-done" in told
    assert "\x1b" not in told
    assert dsl.here("resolve", "left-over", "paid").code == 2
    assert dsl.here("resolve", "left-over", "paid", "--done", "--result", "{").code == 2
    refused = dsl.here("resolve", "left-over", "paid", "--done")
    assert (refused.code, "needs what `bank.pay` answered" in refused.err) == (1, True)
    result = json.dumps({"ref": "r"})
    assert dsl.here("resolve", "left-over", "paid", "--done", "--result", result, "--by", "eve\x1b[2J").code == 0
    failed = dsl("repair", "left-over")
    assert (failed.code, "how it is repaired is told by: dsl show left-over" in failed.err) == (1, True)
    assert "failed, 1 left" in dsl.here("runs").out
    (dsl.folder / "opened").touch()
    detached = dsl.here("repair", "left-over", "--detach")
    assert detached.out.startswith("left-over/repair-")
    again = dsl("repair", "left-over", "--json")
    assert (again.code, again.events[-1]["outcome"]) == (0, "completed")
    told = dsl.here("show", "left-over").out
    assert told.index("order/paid: it stands, said eve") < told.index("/2: failed") < told.index("/3: completed")
    assert "\x1b" not in told
    assert "failed, nothing left" in dsl.here("runs").out
    assert dsl.here("show", "left-over", "--json").json["repairs"]["left"] == []
    over = dsl.here("repair", "left-over")
    assert (over.code, over.err) == (1, "error: nothing is left of the run left-over: it is repaired\n")
