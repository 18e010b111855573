"""`dsl check --watch`: it checks again when anything changes that was read, and ends with Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.cli import watching
from interpreter.cli.group import run_command
from tests.house.checkout import ROOT

LIBRARY = "edition 1\n\ntool fetch(id: text) -> { name: text } read\n"
MAIN = """edition 1

use "lib.flow"

flow main(id: text) -> text {
  step found = fetch(id: id)
  return found.name
}
"""
FINE, BAD = "no problems in", "1 error in"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project" / "flows"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("lib.flow").write_text(LIBRARY)
    Path("main.flow").write_text(MAIN)
    return folder


class Waiting:
    """Each time the command sleeps, the next change is made; after the last one comes Ctrl-C."""

    def __init__(self, changes: list[Callable[[], object]]) -> None:
        self.changes = changes
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self.changes:
            raise KeyboardInterrupt
        self.changes.pop(0)()


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    def watch(paths: list[str], *changes: Callable[[], object]) -> list[str]:
        """What the rounds came to."""
        waiting = Waiting(list(changes))
        monkeypatch.setattr(watching.time, "sleep", waiting.sleep)
        monkeypatch.setattr(watching, "changed_meanwhile", lambda *_: False)  # the files have just been written
        assert run_command(["check", "--watch", *paths]) == 130
        assert min(waiting.slept) >= watching.OFTEN
        out, err = capsys.readouterr()
        assert "\x1b" not in out
        return [line for line in err.splitlines() if " in " in line or "Error" in line]

    return watch


def write(name: str, text: str) -> Callable[[], object]:
    """As editors do: another file takes its place."""

    def change() -> None:
        Path("aside").write_text(text)
        Path("aside").replace(name)

    return change


def test_each_change_is_checked(rounds: Callable[..., list[str]]) -> None:
    said = rounds(
        ["main.flow"],
        write("main.flow", MAIN.replace("found.name", "found.nmae")),
        lambda: None,
        write("main.flow", MAIN),
        write("lib.flow", LIBRARY.replace("name", "other")),
        write("lib.flow", LIBRARY),
    )
    assert said == [f"{each} 1 file" for each in (FINE, BAD, FINE, BAD, FINE)]


def test_files_that_come_and_go(rounds: Callable[..., list[str]]) -> None:
    said = rounds(
        ["."],
        write("new.flow", MAIN.replace("found.name", "found.nmae")),
        lambda: Path("new.flow").unlink(),
        lambda: Path("main.flow").unlink(),
        lambda: Path("lib.flow").unlink(),
    )
    assert [each.removesuffix("s") for each in said] == [
        f"{FINE} 2 file",
        f"{BAD} 3 file",
        f"{FINE} 2 file",
        f"{FINE} 1 file",
        f"{FINE} 0 file",
    ]


def test_a_file_that_is_gone_for_a_while(rounds: Callable[..., list[str]]) -> None:
    said = rounds(["main.flow"], lambda: Path("main.flow").unlink(), write("main.flow", MAIN))
    assert said == [f"{each} 1 file" for each in (FINE, BAD, FINE)]


def test_a_file_that_was_looked_for_in_vain(rounds: Callable[..., list[str]]) -> None:
    Path("lib.flow").rename("elsewhere.flow")
    assert rounds(["main.flow"], write("lib.flow", LIBRARY)) == [f"{BAD} 1 file", f"{FINE} 1 file"]


def test_what_is_said_of_models(rounds: Callable[..., list[str]]) -> None:
    said = rounds(["main.flow"], write("../steadflow.toml", "[models"), write("../steadflow.toml", ""))
    assert said[0] == said[2] == f"{FINE} 1 file"
    assert said[1].startswith("Error: ")
    assert "steadflow.toml" in said[1]


def test_what_is_written_while_it_is_checked_is_checked_again() -> None:
    now = time.time_ns()
    old, new = (now - 10**9, 5, 1), (now - 10**6, 5, 1)
    assert watching.changed_meanwhile({"a": old}, {"a": new}, now - 10**8)
    assert watching.changed_meanwhile({}, {"b": new}, now - 10**8)
    assert not watching.changed_meanwhile({"a": old}, {"a": old, "b": old, "c": None}, now - 10**8)
    assert not watching.changed_meanwhile({}, {"b": (now + 10**12, 5, 1)}, now - 10**8), "a time that is not yet"


def test_what_is_not_there_at_the_beginning_is_a_mistake() -> None:
    assert run_command(["check", "--watch", "none.flow"]) == 2
    assert run_command(["check", "--watch", "-"]) == 2
    assert run_command(["check", "--watch", "--fix", "main.flow"]) == 2


@pytest.mark.slow
def test_a_process_that_is_left() -> None:
    command = [sys.executable, "-m", "interpreter.cli", "check", "--watch", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stderr is not None
        assert ran.stderr.readline() == "no problems in 2 files\n"
        assert "Ctrl-C ends it" in ran.stderr.readline()
        write("main.flow", MAIN.replace("found.name", "found.nmae"))()
        assert ran.stderr.readline() == "1 error in 2 files\n"
        ran.send_signal(signal.SIGINT)
        assert ran.wait() == 130
