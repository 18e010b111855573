"""`dsl diff` as it is typed: its sides, what it ends with, and its page in the documentation."""

import json
import os
import re
import subprocess
from pathlib import Path

import click
import jsonschema
import pytest

from dsl.definition.definition import Definition
from dsl.definition.unseal import unseal
from dsl.differences.differences import differences
from dsl.differences.schema import differences_schema
from dsl.models.configured import TABLE
from dsl.source import Source
from interpreter.cli import compared
from interpreter.cli.commands.diff import diff
from interpreter.cli.compared import Asked, asked, sides
from interpreter.cli.group import run_command
from interpreter.cli.problem import Misuse
from interpreter.client.compiling import compile_flow
from tests.house.checkout import ROOT

CASES = ROOT / "tests" / "cases" / "differences"
LIB = """edition 1
tool crm.find(id: text) -> { name: text } read
"""
MAIN = """edition 1
use "lib/crm.flow"
flow main(id: text) -> text {
  step person = crm.find(id: id)
  return person.name
}
"""


def run(*arguments: str) -> int:
    return run_command(["diff", *arguments])


@pytest.mark.parametrize(
    ("case", "code"),
    [("nothing-but-layout", 0), ("argument-changed", 7), ("gate-weakened", 8), ("parameter-required", 9)],
)
def test_what_it_ends_with(case: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(CASES / case / "old.flow"), str(CASES / case / "new.flow")) == code
    assert capsys.readouterr().out


def test_the_page_shows_a_case_and_the_codes() -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    assert f"```\n{(CASES / 'all-at-once' / 'told.txt').read_text(encoding='utf-8').rstrip()}\n```" in page
    told = {int(code) for code in re.findall(r"^\| (\d) \| ", page, re.MULTILINE)}
    assert told == {0, 7, 8, 9}
    assert told <= {int(code) for code in re.findall(r"\b\d\b", diff.help or "")}


def test_programs_are_told_in_the_form_of_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES / "all-at-once"
    assert run(str(case / "old.flow"), str(case / "new.flow"), "--format", "json") == 8
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(differences_schema()).validate(found)
    assert found["verdict"] == "weaker"
    assert found["runs"] is None
    assert {each["label"] for each in found["files"][0]["changes"]} >= {"step made", "await approval refund"}


# -- revisions


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One commit, with a file that uses another in a folder below."""
    for name in [each for each in os.environ if each.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    top = tmp_path / "project"
    (top / "flows" / "lib").mkdir(parents=True)
    (top / "flows" / "main.flow").write_text(MAIN, encoding="utf-8")
    (top / "flows" / "lib" / "crm.flow").write_text(LIB, encoding="utf-8")
    git(top, "init", "--quiet", "--initial-branch", "main")
    commit(top)
    monkeypatch.chdir(top)
    return top


def git(top: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    return subprocess.run(["git", *who, *arguments], cwd=top, check=True, capture_output=True, text=True).stdout


def commit(top: Path) -> None:
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")


def write(place: Path, before: str, after: str) -> None:
    text = place.read_text(encoding="utf-8")
    assert before in text
    place.write_text(text.replace(before, after), encoding="utf-8")


def test_one_side_alone_is_compared_with_the_last_commit(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("flows/main.flow") == 0
    write(repository / "flows" / "main.flow", "step person", "step who")
    write(repository / "flows" / "main.flow", "person.name", "who.name")
    before = git(repository, "status", "--porcelain")
    capsys.readouterr()
    assert run("flows/main.flow") == 7
    told = capsys.readouterr().out
    assert told.startswith("git:HEAD:flows/main.flow → flows/main.flow\n")
    assert "step who: renamed: person → who" in told
    assert git(repository, "status", "--porcelain") == before


def test_used_files_are_those_of_the_revision(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository / "flows" / "lib" / "crm.flow", "read", "write keyed final")
    assert run("git:main", "flows/main.flow") == 8
    assert "effect: read → write" in capsys.readouterr().out
    commit(repository)
    assert run("git:HEAD", "flows/main.flow") == 0
    assert run("git:HEAD~1", "git:HEAD:flows/main.flow") == 8
    write(repository / "flows" / "main.flow", 'use "lib/crm.flow"', 'use "lib/none.flow"')
    assert run("git:HEAD~1:flows/main.flow", "flows/main.flow") == 4


def test_a_definition_as_data_is_a_side_too(repository: Path) -> None:
    assert run_command(["compile", "flows/main.flow", "-o", "flows/main.json"]) == 0
    commit(repository)
    assert run("flows/main.json", "flows/main.flow") == 0
    assert run("git:HEAD:flows/main.json", "flows/main.flow") == 0
    (repository / "flows" / "main.json").write_text("{}", encoding="utf-8")
    commit(repository)
    assert run("git:HEAD:flows/main.json", "flows/main.flow") == 4


def test_from_a_folder_below(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "flows")
    assert run("main.flow") == 0
    assert run("git:HEAD:./main.flow", "main.flow") == 0
    assert run("git:HEAD:flows/main.flow", "main.flow") == 0
    assert run("git:HEAD:main.flow", "main.flow") == 2


def test_a_folder_is_compared_file_by_file(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("flows") == 0
    assert "every flow of 2 files means what it meant" in capsys.readouterr().out
    (repository / "flows" / "main.flow").rename(repository / "flows" / "moved.flow")
    assert run(".") == 0
    write(repository / "flows" / "lib" / "crm.flow", "read", "write keyed final")
    (repository / "flows" / "more.flow").write_text("edition 1\nflow more() {\n}\n", encoding="utf-8")
    assert run("git:main", "flows", "--format", "json") == 8
    found = json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""]))
    changed = {
        each["new"]["name"]: [one["what"] for one in each["changes"] if not one["follows"]] for each in found["files"]
    }
    assert changed["flows/lib/crm.flow"] == ["effect", "keyed", "final"]
    assert changed["flows/moved.flow"] == [], "what another file of the folder tells is told there"
    assert "flows/more.flow" in changed


def test_a_file_that_is_new_or_gone(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "flows" / "more.flow").write_text("edition 1\nflow more() {\n}\n", encoding="utf-8")
    assert run("flows/more.flow") == 7
    assert "flow more is new" in capsys.readouterr().out
    (repository / "flows" / "main.flow").unlink()
    assert run("flows") == 9
    assert "flow main is gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["git:nowhere", "flows/main.flow"], "git knows no revision nowhere"),
        (["git:--help", "flows/main.flow"], "git knows no revision --help"),
        (["git:HEAD:flows/none.flow", "flows/main.flow"], "there is no file git:HEAD:flows/none.flow"),
        (["git:HEAD:link.flow", "flows/main.flow"], "git:HEAD:link.flow is a link"),
        (["git:HEAD:../out.flow", "flows/main.flow"], "is not in the repository"),
        (["git:", "flows/main.flow"], "names no revision"),
        (["git:HEAD"], "say what git:HEAD is compared with"),
        (["git:HEAD", "git:HEAD"], "say which file of git:HEAD"),
        (["git:HEAD", "-"], "say which file of git:HEAD"),
        (["none.flow"], "there is no file or folder none.flow"),
        (["flows", "flows/main.flow"], "a folder is compared with a folder"),
        (["flows/main.flow", "git:HEAD:flows"], "a folder is compared with a folder"),
    ],
)
def test_a_mistake_is_told_with_a_way_out(
    repository: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "link.flow").symlink_to("flows/main.flow")
    commit(repository)
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err


def test_without_git_and_without_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.flow").write_text("edition 1\nflow main() {\n}\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert run("main.flow") == 2
    assert "is in no git repository" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    assert run("main.flow") == 2
    assert "git is not installed" in capsys.readouterr().err


def test_a_side_that_does_not_pass_the_check(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(repository / "flows" / "main.flow", "person.name", "person.nam")
    assert run("flows/main.flow") == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "SF" in told.err
    assert "flows/main.flow does not pass the check" in told.err


# -- definitions


def test_the_hash_of_a_definition() -> None:
    old = CASES / "all-at-once" / "old.flow"
    sealed = compile_flow(Source(old.name, old.read_text(encoding="utf-8")), None)
    found: dict[str, Definition] = {sealed.hash[:12]: unseal(sealed.json)}
    one, other = asked(sealed.hash[:12], str(old))
    assert one == Asked(sealed.hash[:12], hash=sealed.hash[:12])
    ((before, after),) = sides(one, other, TABLE, found.__getitem__)
    assert before.analysis is not None, "it has a text that says the same"
    assert differences(before, after).verdict == "layout"
    with pytest.raises(Misuse, match="say what"):
        asked(sealed.hash, None)


def test_a_file_with_the_name_of_a_hash_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deadbeef").write_text("edition 1\nflow main() {\n}\n", encoding="utf-8")
    assert asked("deadbeef", "deadbeef")[0].hash is None
    assert isinstance(diff, click.Command)
    assert compared.HASH.fullmatch("deadbeef") is not None
