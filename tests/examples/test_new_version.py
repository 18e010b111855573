"""A run keeps the text that it began with, beside a run of the new one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.example import FOLDER


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_each_goes_on_as_it_began(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "new_version.py"), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == ["old: Ada pays within 30 days", "new: Bob pays within 14 days"]
    assert "14 days" in (tmp_path / "terms.flow").read_text(encoding="utf-8")
