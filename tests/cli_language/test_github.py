"""What GitHub reads: the problem matcher against what `dsl check` prints, and the action's own scripts."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dsl.cli.check import check
from interpreter.cli.lazy_group import ENTRIES
from tests.house.checkout import ROOT
from tests.yaml_files import read

MATCHER = ROOT / ".github" / "steadflow-matcher.json"
ACTION: dict[str, Any] = read(ROOT / "action.yml")
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
LIBRARY = "edition 1\n\ntool fetch(id: txet) -> { name: text } read\n"
BAD = """edition 1

use "lib.flow"

flow main(id: text) -> text {
  step found = fetch(id: idd)
  return "𝒳 {{ found.nmae }}"
}
"""
WARNED = "edition 1\n\ntool idle() -> text read\n\nflow warned() { step unused = idle() }\n"
FINE = "edition 1\n\nflow fine(name: text) -> text { return name }\n"


def matched(output: str) -> list[dict[str, str]]:
    """As the runner does it: patterns that follow each other match lines that follow each other."""
    (matcher,) = json.loads(MATCHER.read_text(encoding="utf-8"))["problemMatcher"]
    patterns = [(re.compile(each.pop("regexp")), each) for each in matcher["pattern"]]
    found, at, so_far = [], 0, {}
    for line in output.splitlines():
        expression, groups = patterns[at]
        match = expression.search(line)
        so_far = {**so_far, **{name: match[number] for name, number in groups.items()}} if match else {}
        at = at + 1 if match else 0
        if at == len(patterns):
            found.append(so_far)
            at, so_far = 0, {}
    return found


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my flows"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"lib": LIBRARY, "bad": BAD, "fine": FINE, "warned": WARNED}.items():
        (folder / f"{name}.flow").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("files")
def test_the_matcher_finds_what_there_is() -> None:
    told = json.loads(CliRunner().invoke(check, [".", "--format", "json"]).stdout)["diagnostics"]
    expected = [
        {
            "severity": each["severity"],
            "code": each["code"],
            "message": each["message"],
            "file": each["file"],
            "line": str(each["primary"]["span"]["start"]["line"]),
            "column": str(each["primary"]["span"]["start"]["column"]),
        }
        for each in told
    ]
    assert {each["severity"] for each in expected} == {"error", "warning"}
    assert {each["file"] for each in expected} == {f"my flows/{name}.flow" for name in ("bad", "lib", "warned")}
    assert matched(CliRunner().invoke(check, ["."]).stdout) == expected


def test_no_text_of_others_is_taken_for_a_problem() -> None:
    """A line of a frame that looks like one has the bar before it."""
    text = "edition 1\n# error[SF101]: no\n#  --> x.flow:1:1\nflow f() -> text { return nmae }\n"
    output = CliRunner().invoke(check, ["-"], input=text).stdout
    assert [each["message"] for each in matched(output)] == ["there is no name `nmae`"]


def step(name: str, files: Path, **given: str) -> "subprocess.CompletedProcess[str]":
    """The script of a step as the runner starts it, with `dsl` on the PATH."""
    inputs = {**{key: each["default"] for key, each in ACTION["inputs"].items()}, **given}
    known = {f"inputs.{key}": value for key, value in inputs.items()}
    known |= {"github.action_path": str(ROOT), "runner.temp": str(files / "temp")}
    own = {key: _filled(value, known) for key, value in STEPS[name]["env"].items()}
    binaries = files / "bin"
    binaries.mkdir(exist_ok=True)
    (binaries / "dsl").write_text(f'#!/bin/sh\nexec {sys.executable} -m interpreter.cli "$@"\n')
    (binaries / "dsl").chmod(0o755)
    environment = {**os.environ, **own, "PATH": f"{binaries}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(command, cwd=files, env=environment, capture_output=True, text=True, check=False)


def _filled(value: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], value)


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@pytest.mark.slow
@needs_bash
def test_the_steps_of_the_action(files: Path) -> None:
    checked = step("dsl check", files, paths="my flows\n")
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[0] == f"::add-matcher::{MATCHER}"
    assert checked.stdout.splitlines()[-1] == "::remove-matcher owner=steadflow::"
    assert len(matched(checked.stdout)) > 2
    fine = step("dsl check", files, paths="my flows/fine.flow\n\n", strict="true")
    assert (fine.returncode, fine.stderr) == (0, "no problems in 1 file\n")
    assert step("dsl fmt", files, paths="my flows/fine.flow").returncode == 0
    (files / "ugly.flow").write_text(FINE.replace("(name: text)", "( name:text )"))
    ugly = step("dsl fmt", files, paths="my flows/fine.flow\nugly.flow\n")
    assert (ugly.returncode, ugly.stdout.splitlines()[0]) == (1, "--- ugly.flow")


@pytest.mark.slow
@needs_bash
def test_the_limits_of_the_action(files: Path) -> None:
    (files / "waits.flow").write_text("edition 1\n\nflow waits() { sleep 2d }\n")
    plan = "my flows/fine.flow\nwaits.flow\n"
    assert step("dsl plan", files, plan=plan, limits="--max-days 3").returncode == 0
    refused = step("dsl plan", files, plan=plan, limits="--max-usd 5 --max-days 1")
    assert refused.returncode == 1
    assert "most of it comes from line 3: sleep 2d" in refused.stderr
    assert step("dsl plan", files, plan=plan).returncode == 0


def test_what_others_write_is_no_script() -> None:
    """Inputs reach a script as variables: one that is put into its text could be anything."""
    assert [name for name, each in STEPS.items() if "${{" in each["run"]] == []
    assert {each["shell"] for each in STEPS.values()} == {"bash"}


def test_the_action_calls_commands_that_there_are() -> None:
    called = set(re.findall(r"\bdsl ([a-z]+) ", "".join(each["run"] for each in STEPS.values())))
    assert called == {"check", "fmt", "plan"} <= set(ENTRIES)
    conditions = " ".join(str(each.get("if", "")) for each in STEPS.values())
    named = set(re.findall(r"inputs\.(\w+)", conditions + str([each["env"] for each in STEPS.values()])))
    assert named == set(ACTION["inputs"])
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\|", page.split("| input |")[1].split("\n\n")[0], re.MULTILINE)
    assert rows == [(name, each["default"]) for name, each in ACTION["inputs"].items()]
