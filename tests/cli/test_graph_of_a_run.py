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
