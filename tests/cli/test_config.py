"""Values of the deployment, as they are given for all runs of a project and for one."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, Dsl

pytestmark = pytest.mark.slow


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A file in a project of its own."""
    shutil.copy(CASES / "placed.flow", tmp_path)
    return tmp_path / "placed.flow"


def test_a_run_keeps_what_it_was_given(dsl: Dsl, flow: Path) -> None:
    (flow.parent / "steadflow.toml").write_text('[config]\nregion = "eu"\nzones = [3, 4]\nnobody = 1\n')
    assert dsl("run", flow, "--id", "placed-1").json == "eu: [3,4]"
    assert dsl("run", flow, "--config", "region=07", "--id", "placed-2").json == "07: [3,4]"
    (flow.parent / "steadflow.toml").write_text('[config]\nregion = "us"\n')
    assert dsl("run", flow, "--id", "placed-3").json == "us: [1]"
    assert '\nconfig:\n  region = "07"\n  zones = [3, 4]\n' in dsl("show", "placed-2").out
    assert dsl("show", "placed-1", "--json").json["state"]["config"] == {"region": "eu", "zones": [3, 4]}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), "region: is missing"),
        (("--config", "region=eu", "--config", "zones=x"), "zones: expected a list"),
        (("--config", "regoin=eu"), "no flow reads `regoin`; did you mean `region`?"),
        (("--config", "region"), "expected name=value, not region"),
    ],
)
def test_what_does_not_fit_starts_nothing(dsl: Dsl, flow: Path, typed: tuple[str, ...], said: str) -> None:
    refused = dsl("run", flow, *typed, "--id", "never")
    assert refused.code == 2
    assert said in refused.err
    assert "Traceback" not in refused.err
    assert dsl("show", "never").code == 2
