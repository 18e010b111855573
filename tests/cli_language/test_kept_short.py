"""The short way of `dsl check`: where all is well it says so before click is loaded, and where that is known, before
anything of the language is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dsl.analysis
from dsl.cli.kept.quick import MOST_UNKNOWN, answered
from tests.cli_language.test_kept import found_out, project, rewrite, run, said
from tests.house.checkout import ROOT

__all__ = ["found_out", "project"]
"""Fixtures."""


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
    expected = said(*arguments, "--no-cache")
    for _ in ("found out", "known"):
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
        ["check", "unknown.flow"],
        ["check", "copies"],
        ["check", "main.json"],
        ["check", "unset/main.flow"],
    ],
)
def test_what_the_short_way_leaves_to_the_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("warned.flow").write_text("edition 1\n\ntool a() -> text read\n\nflow f() { step b = a() }\n")
    os.mkfifo("pipe.flow")
    run("main.flow", "warned.flow")
    Path("unknown.flow").write_text("edition 1\n\nflow f() { step b = a() }\n")
    Path("copies").mkdir()
    for number in range(MOST_UNKNOWN + 1):
        Path(f"copies/{number}.flow").write_text(Path("lib.flow").read_text())
    Path("main.json").write_text("{}")
    Path("unset").mkdir()
    Path("unset/steadflow.toml").write_text("[models]\nwrong = 1\n")
    Path("unset/main.flow").write_text(Path("lib.flow").read_text())
    assert not answered(arguments)
    assert capsys.readouterr() == ("", "")


def test_what_it_finds_wrong_is_kept_for_the_command(found_out: list[str]) -> None:
    rewrite("main.flow", "edition 1", "edition 2")
    assert not answered(["check", "main.flow"])
    assert found_out == ["main.flow"]
    assert run("main.flow").exit_code == 1
    assert found_out == ["main.flow"]


def test_a_mistake_of_ours_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(dsl.analysis, "analyse", fails)
    assert not answered(["check", "main.flow"])
    assert "a bug in dsl" in run("main.flow").stderr


def test_the_short_way_is_short() -> None:
    """It loads neither the command line's library, nor checks that have nothing to look at, nor, where all is known,
    anything of the language."""
    program = (
        "import sys, interpreter.cli.main as main\n"
        "assert main._ended(['check', 'main.flow']) == 0\n"
        "unwanted = {'click', 'lark', 'dataclasses', 'inspect', 'pathlib', 'dsl.source', 'dsl.linking.files'}\n"
        "unwanted |= {'dsl.checks.http', 'dsl.checks.losers', 'dsl.checks.unknown_name', 'dsl.semantics.provenance'}\n"
        "unwanted |= {'hashlib', 'copy', 'difflib', 'dsl.expressions.functions', 'dsl.values.spoken'}\n"
        "unwanted |= {'dsl.syntax.signs', 'dsl.syntax.build_events', 'dsl.semantics.walk_fan'}\n"
        "print(*sorted(unwanted & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    told = []
    for _ in ("the grammar is read", "found out", "known"):
        told.append(
            subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        )
        if len(told) == 1:
            rewrite("main.flow", "edition 1", "edition 1  # changed")
    assert {each.stderr for each in told} == {"no problems in 1 file\n"}
    assert "lark" in told[0].stdout
    assert told[1].stdout == "dsl.linking.files dsl.source\n"
    assert told[2].stdout == "\n"
