"""What tools print, and how they fail, beside the result of a run."""

from pathlib import Path

import pytest

from dsl.diagnostics.inert import is_active
from tests.cli.conftest import Dsl

pytestmark = pytest.mark.slow

FLOW = """edition 1
tool t.hi(s: text) -> text read { retry 2 times backoff 1s to 1s }
flow main(q: text) -> text budget 1m { step r = t.hi(s: q) return r }
"""
TOOLS = """
import ctypes, os, subprocess, sys
from interpreter.api import tool

print("printed on import")
kept = sys.stdout


@tool("t.hi")
def hi(s: str) -> str:
    print("debugging", s, end=" ")
    kept.write("through a stream of before ")
    os.write(1, b"through the descriptor ")
    ctypes.CDLL(None).printf(b"by the buffers of C ")
    subprocess.run(["echo", "from a subprocess"], check=True)
    if s == "boom":
        raise ValueError("404 \\x1b[2J\\nhttps://example.com")
    return s
"""
PRINTED = (
    "printed on import",
    "debugging",
    "stream of before",
    "the descriptor",
    "the buffers of C",
    "from a subprocess",
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    flow, tools = tmp_path / "case.flow", tmp_path / "talking.py"
    flow.write_text(FLOW)
    tools.write_text(TOOLS)
    return flow, tools


def test_what_a_tool_prints(dsl: Dsl, files: tuple[Path, Path]) -> None:
    """Standard output is the result and nothing else."""
    flow, tools = files
    ended = dsl("run", flow, "--tools", tools, "--set", "q=hello")
    assert ended.code == 0, ended.err
    assert ended.out == '"hello"\n'
    assert all(text in ended.err for text in PRINTED)
    as_json = dsl("run", flow, "--tools", tools, "--set", "q=hello", "--json")
    assert as_json.events[-1]["value"] == "hello"
    assert all(text in as_json.err for text in PRINTED)


def test_traceback_for_each_attempt(dsl: Dsl, files: tuple[Path, Path]) -> None:
    """One line for each attempt, once the frames of the author's file, all of it in a file that is named."""
    flow, tools = files
    ended = dsl("run", flow, "--tools", tools, "--set", "q=boom")
    assert ended.code == 1
    assert ended.out == ""
    failed = [line for line in ended.err.splitlines() if "`t.hi` failed" in line]
    assert [f"attempt {number}" in line for number, line in enumerate(failed, 1)] == [True] * 3
    assert all(r"ValueError: 404 \x1b[2J\nhttps://example.com (talking.py:17, in hi)" in line for line in failed)
    assert ended.err.count("    talking.py:17, in hi: raise ValueError") == 1
    assert "Traceback" not in ended.err
    named = ended.err.split("(all that is logged: ")[1].split(")")[0]
    kept = Path(named).read_text()
    assert kept.count("Traceback") == 3
    assert not [character for character in kept if is_active(character) and character != "\n"]
    assert all(line[:2] in ("20", "  ") for line in kept.splitlines()), kept  # entries, and what they say further


def test_a_tool_that_closes_a_stream_closes_it_for_nobody(dsl: Dsl, files: tuple[Path, Path]) -> None:
    flow, tools = files
    tools.write_text(f"{TOOLS.replace('return s', 'sys.stdout.close(); sys.stderr.close(); return s')}")
    ended = dsl("run", flow, "--tools", tools, "--set", "q=hello")
    assert (ended.code, ended.out) == (0, '"hello"\n'), ended.err
    assert "completed" in ended.err
