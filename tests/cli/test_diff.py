"""`dsl diff` with a server: a definition by its hash, and the runs that keep it."""

import time
from pathlib import Path

from tests.cli.conftest import PATIENCE, Dsl

FLOW = """edition 1
flow kept(who: text) -> text {
  sleep 7d
  await approval sure "Is {{ who }} right?" { from "leads" timeout 2d then reject }
  return "done"
}
"""


def test_a_run_keeps_its_definition_and_is_listed(dsl: Dsl, tmp_path: Path) -> None:
    file = tmp_path / "kept.flow"
    file.write_text(FLOW, encoding="utf-8")
    assert dsl.here("submit", file, "--set", "who=Ada", "--id", "kept-1", "--task-queue", "nobody").code == 0
    known = dsl.here("hash", file, "--flow", "kept").out.strip()
    file.write_text(FLOW.replace("2d then reject", "1d then reject"), encoding="utf-8")

    until = time.monotonic() + PATIENCE
    while (ended := dsl.here("diff", known[:12], file, "--format", "json")).code == 2:
        assert time.monotonic() < until, ended.err  # a list of the server's may not have the run yet
    assert ended.code == 7
    (changed,) = ended.json["files"]
    assert changed["old"] == {"name": f"kept {known[:12]}", "flows": {"kept": known}, "text": True}
    assert [run["run"] for run in ended.json["runs"]] == ["kept-1"]
    assert {wait["label"]: wait["could_move"] for wait in changed["flows"][0]["waits"]} == {
        "sleep": True,
        "await approval sure": False,
    }

    (tmp_path / "old.flow").write_text(FLOW, encoding="utf-8")
    told = dsl.here("diff", tmp_path / "old.flow", file, "--runs")
    assert told.code == 7
    assert "1 run keeps its old definition\n  kept-1  flow kept" in told.out
    assert dsl.here("terminate", "kept-1", "--yes").code == 0
    assert "no definition with the hash 0123456789" in dsl.here("diff", "0123456789", file).err
