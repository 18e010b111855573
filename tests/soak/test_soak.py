"""Two rounds of `make soak`: nothing is lost, doubled, unbalanced or hung."""

import re
from pathlib import Path

import pytest

from tests.soak.__main__ import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_two_rounds_find_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "2", "--runs", "6", "--folder", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    assert "| 2 | 12 | 0 | 0 | 0 | 0 |" in table
    effects = re.search(r"(\d+) effects", table)
    assert effects is not None
    assert int(effects[1]) > 0, "nothing was done, so nothing could be lost"
    assert list(tmp_path.iterdir()) == [], "a round that finds nothing leaves nothing behind"
