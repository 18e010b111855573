"""A reader that goes, a terminal that knows few characters, an argument in another encoding: none is a fault."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interpreter.cli.problem import Misuse
from interpreter.cli.reading import read_answer, read_assignments, read_input, typed
from tests.cli.conftest import ROOT

FLOW = 'edition 1\n\nflow waits(name: text) -> text {\n  sleep 1d\n  return "{{ name }} …"\n}\n'
BAD = "edition 1\n\nflow waits(name: text) -> text { return nmae }\n"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("waits.flow").write_text(FLOW, encoding="utf-8")
    Path("ugly.flow").write_text(FLOW.replace("(name", "( name"), encoding="utf-8")
    Path("bad.flow").write_text(BAD.replace("}", "} # …"), encoding="utf-8")
    return tmp_path


def unread(*arguments: str) -> tuple[int, str]:
    """What it ends with, and says, when nobody reads what it prints."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "interpreter.cli", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, stdout=write, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment, check=False, text=True
    )
    os.close(write)
    return ended.returncode, ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "waits.flow"], 0),
        (["plan", "waits.flow", "--max-days", "0"], 1),
        (["report", "waits.flow"], 0),
        (["graph", "waits.flow"], 0),
        (["hash", "waits.flow"], 0),
        (["explain"], 0),
        (["--help"], 0),
        (["check", "waits.flow"], 0),
        (["check", "bad.flow", "waits.flow", "--format", "json"], 1),
        (["fmt", "--diff", "ugly.flow"], 1),
    ],
)
def test_a_command_ends_as_it_would_have_ended(arguments: list[str], code: int) -> None:
    ended, said = unread(*arguments)
    assert ended == code
    assert "Traceback" not in said
    assert "bug" not in said


@pytest.mark.slow
def test_what_has_no_end_ends_when_nobody_reads() -> None:
    read, write = os.pipe()
    command = [sys.executable, "-m", "interpreter.cli", "check", "--watch", "bad.flow"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, env=environment, text=True) as ran:
        os.close(write)
        assert ran.stderr is not None
        assert ran.stderr.readline() == "1 error in 1 file\n"
        assert "Ctrl-C ends it" in ran.stderr.readline()
        os.close(read)
        Path("bad.flow").write_text(BAD)
        assert ran.wait() == 0
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("arguments", [["check", "bad.flow"], ["graph", "waits.flow"], ["report", "waits.flow"]])
def test_a_character_that_the_terminal_lacks(encoding: str, arguments: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "interpreter.cli", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert ended.returncode == (1 if "bad.flow" in arguments else 0)
    assert b"bug" not in ended.stderr
    assert ended.stdout.decode("utf-8" if encoding == "ascii" else encoding)  # click takes ASCII for a mistake


def test_an_argument_where_the_locale_knows_no_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python hands it over there: single bytes of what are several for a character."""
    assert typed("name=Zo\udcc3\udcab") == "name=Zoë"
    assert read_input(None, ["name=Zo\udcc3\udcab"]) == read_input('{"name": "Zo\udcc3\udcab"}', []) == {"name": "Zoë"}
    assert read_answer(['"\udce2\udc82\udcac"']) == "€"
    assert typed("plain") == "plain"
    assert typed("half \ud800") == "half \ud800"


@pytest.mark.parametrize("argument", ["name=Zo\udceb", "name=\udcff\udcfe"])
def test_an_argument_that_is_no_text(argument: str) -> None:
    with pytest.raises(Misuse, match=r"is not UTF-8 text: byte [57] is 0x(eb|ff); give it in a file"):
        read_assignments([argument], {})


@pytest.mark.slow
def test_a_process_where_the_locale_knows_no_utf_8() -> None:
    environment = {**os.environ, **ASCII, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "interpreter.cli", "plan", "waits.flow", "--input"]
    for given, code in ((b'{"name": "Zo\xc3\xab"}', 0), (b'{"name": "Zo\xeb"}', 2)):
        ended = subprocess.run([*command, given], env=environment, capture_output=True, check=False)
        assert ended.returncode == code, ended.stderr
        assert (b"is not UTF-8 text" in ended.stderr) == (code == 2)
