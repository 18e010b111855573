"""A full disk, a closed standard output and a file of tools that ends itself are told, and are no bug of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

from interpreter.worker.loading import ToolsUnreadable, load_tools
from tests.cli.conftest import ROOT

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")
FLOW = "edition 1\nflow small(n: int) -> int { return n }\n"


def _hash(path: Path, redirection: str) -> subprocess.CompletedProcess[str]:
    command = f'"{sys.executable}" -m interpreter.cli hash "{path}" {redirection}'
    return subprocess.run(["bash", "-c", command], check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.flow"
    path.write_text(FLOW)
    return path


@pytest.mark.skipif(not FULL.exists(), reason="a device that is always full is one of Linux")
def test_a_full_disk_is_said(small: Path) -> None:
    ended = _hash(small, f"> {FULL}")
    said = "error: what was to be said cannot be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, said)


@pytest.mark.parametrize(("redirection", "lines"), [(">&-", 0), ("2>&-", 1), ("<&-", 1)])
def test_a_closed_stream_changes_nothing_else(small: Path, redirection: str, lines: int) -> None:
    ended = _hash(small, redirection)
    assert (ended.returncode, len(ended.stdout.splitlines()), ended.stderr) == (0, lines, "")


@pytest.mark.skipif(not FULL.exists(), reason="a device that is always full is one of Linux")
@pytest.mark.parametrize("redirection", [f"2> {FULL}", "2> >(true)"])
def test_words_that_cannot_be_written_take_no_result_away(small: Path, redirection: str, tmp_path: Path) -> None:
    dsl = f'"{sys.executable}" -m interpreter.cli run "{small}" --set n=5 --state "{tmp_path}/state"'
    ended = subprocess.run(
        ["bash", "-c", f"{dsl} {redirection}"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (0, "5\n")


def test_tools_that_end_the_process_cannot_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text("raise SystemExit(3)\n")
    with pytest.raises(ToolsUnreadable, match=r"script\.py cannot be loaded: SystemExit: 3"):
        load_tools(str(path))
