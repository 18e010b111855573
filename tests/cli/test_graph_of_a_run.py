"""`dsl graph --run`: a picture says how a run stands, under way, over and failed."""

from pathlib import Path

import pytest

from tests.cli.conftest import CASES, Dsl
from tests.conftest import Golden
from tests.drawing.pictured import FOLDER
from tests.house.checkout import ROOT

SHOP = CASES / "shop.flow"


@pytest.mark.slow
def test_a_run_under_way_over_and_failed(dsl: Dsl, tmp_path: Path, golden: Golden) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("keep: { decision: approve, by: ada, answer: { count: 3 } }")
    assert dsl("run", SHOP, "--set", "item=book", "--answers", answers, "--id", "well").code == 0
    assert dsl("run", SHOP, "--set", "item=moon", "--id", "badly").code == 1
    for name in ("well", "badly"):
        shown = dsl("graph", "--run", name)
        assert shown.code == 0, shown.err
        golden(FOLDER / "runs" / f"{name}.txt", shown.out)
    with_file = dsl("graph", SHOP, "--run", "well", "--format", "json")
    assert with_file.json["run"] == "well"
    other = dsl("graph", ROOT / "examples" / "chain.flow", "--run", "well")
    assert "was started with another definition" in other.err
    assert other.out == dsl("graph", "--run", "well").out
    unknown = dsl("graph", "--run", "nosuch")
    assert (unknown.code, "there is no run nosuch" in unknown.err) == (2, True)


FAMILY = """edition 1
flow leaf(x: text) -> text {
  if x == "2" { await approval ok "Go on?" { from "leads" timeout 1h then reject } }
  if x == "4" { let never = x }
  return x
}
flow down(n: int) -> int depth 3 {
  if n > 0 { step d = down(n: n - 1) }
  return n
}
flow never(x: text) -> text { return x }
flow main(x: text) {
  parallel for i in ["1", "2", "3"] { step one = leaf(x: i) }
  step deep = down(n: 2)
  if x == "never" { step no = never(x: x) }
}
"""


@pytest.mark.slow
def test_the_flows_that_a_run_has_started_are_coloured(dsl: Dsl, tmp_path: Path) -> None:
    text, answers = tmp_path / "family.flow", tmp_path / "answers.yaml"
    text.write_text(FAMILY)
    answers.write_text("ok: { decision: approve, by: ada }")
    ran = dsl("run", text, "--set", "x=1", "--answers", answers, "--id", "forebear")
    assert ran.code == 0, ran.err
    shown = dsl("graph", "--run", "forebear", "--format", "json")
    assert shown.err == ""
    found = {node["id"]: node.get("state") for node in shown.json["nodes"]}
    done = ("main/parallel#1[]/one", "leaf~start", "leaf/if#1/then/ok", "down/if#1/then/d", "down/return#2")
    assert {each: found[each] for each in done} == dict.fromkeys(done, "done")
    assert found["never~start"] == "not reached"
    assert dsl("graph", "--run", "forebear", "--alone").out.count("flow leaf(") == 0
    first = dsl("show", "forebear", "--json").json["calls"].split("/")[1]
    child = dsl("graph", "--run", f"forebear/{first[-8:]}/main/deep")
    assert (child.code, child.out.split("(")[0]) == (0, "✓ flow down"), child.err
    assert "✓ d · flow down" in child.out
    assert "flow leaf" not in child.out
