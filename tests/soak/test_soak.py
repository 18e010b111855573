"""A round of `make soak`: nothing is lost, doubled, unbalanced or hung."""

import re
from pathlib import Path

import pytest

from tests.soak.__main__ import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_round_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", "--runs", "8", "--folder", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    assert "| 1 | 8 | 0 | 0 | 0 | 0 |" in table
    effects = re.search(r"(\d+) effects", table)
    assert effects is not None
    assert int(effects[1]) > 0, "nothing was done, so nothing could be lost"
    assert list(tmp_path.iterdir()) == [], "a round that finds nothing leaves nothing behind"
