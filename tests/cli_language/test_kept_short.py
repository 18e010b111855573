"""The short way of `dsl check`: where all is known and well, it says so before anything of the language is loaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsl.cli.kept.quick import answered
from tests.cli_language.test_kept import project, run, said
from tests.house.checkout import ROOT

__all__ = ["project"]
"""A fixture of all tests here."""


def test_only_what_the_check_prints_is_taken_from_what_is_kept() -> None:
    """What is sealed, planned or run is found out anew: nothing else knows of it."""
    files = [file for room in ("dsl", "interpreter") for file in (ROOT / room).rglob("*.py")]
    using = {
        str(file.relative_to(ROOT).with_suffix(""))
        for file in files
        if "dsl.cli.kept" in file.read_text(encoding="utf-8") and file.parent.name != "kept"
    }
    check = {f"dsl/cli/{name}" for name in ("check", "checking", "fixing", "watching")}
    assert using == {*check, "interpreter/cli/main"}


QUICK = [["main.flow"], [".", "--strict"], ["--format", "concise", "lib.flow"], ["--format=github", "main.flow"]]


@pytest.mark.parametrize("arguments", QUICK)
def test_the_short_way_says_the_same(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert not answered(["check", *arguments])
    assert capsys.readouterr() == ("", "")
    expected = said(*arguments)
    assert answered(["check", *arguments])
    out, err = capsys.readouterr()
    assert (0, out, err) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["plan", "main.flow"],
        ["check", "main.flow", "--no-cache"],
        ["check", "main.flow", "--format", "json"],
        ["check", "main.flow", "--format"],
        ["check", "main.flow", "--help"],
        ["check", "main.flow", "none.flow"],
        ["check", "main.flow", "warned.flow"],
        ["check", "-"],
        ["check", "pipe.flow"],
    ],
)
def test_what_the_short_way_leaves_to_the_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("warned.flow").write_text("edition 1\n\ntool a() -> text read\n\nflow f() { step b = a() }\n")
    os.mkfifo("pipe.flow")
    run("main.flow", "warned.flow")
    assert not answered(arguments)
    assert capsys.readouterr() == ("", "")


def test_the_short_way_is_short() -> None:
    """It loads neither the command line's library nor anything of the language."""
    program = (
        "import sys, interpreter.cli.main as main\n"
        "assert main._ended(['check', 'main.flow']) == 0\n"
        "print(*{'click', 'lark', 'dataclasses', 'pathlib', 'dsl.source', 'dsl.linking.files'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    said = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert "dsl.linking.files" in said[0].stdout
    assert (said[1].stdout, said[1].stderr) == ("\n", "no problems in 1 file\n")
