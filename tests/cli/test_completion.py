"""What a shell completes: asked of click, and of the shells themselves where they are installed."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem

from dsl.diagnostics.codes import CODES
from interpreter.cli import completing
from interpreter.cli.commands.completion import VARIABLE
from interpreter.cli.group import dsl, run_command
from interpreter.cli.lazy_group import ENTRIES
from interpreter.cli.shells import SHELLS
from tests.cli.conftest import CASES, PATIENCE, Dsl
from tests.house.checkout import ROOT

FLOWS = "edition 1\n\nflow first() -> int { return 1 }\n\n  flow second(x: text) -> text { return x }\n# flow third()\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("two.flow", "my flows/one.flow", "other.txt", ".hidden.flow"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(FLOWS)
    return tmp_path


def offered(line: str) -> list[CompletionItem[str]]:
    """For a command line as it stands; a space at its end begins another word."""
    words = shlex.split(line)
    begun = "" if line.endswith(" ") else words.pop()
    return SHELLS["bash"](dsl, {}, "dsl", VARIABLE).get_completions(words, begun)


def values(line: str) -> list[str]:
    return [str(each.value) for each in offered(line)]


def test_commands_are_offered_and_none_is_loaded() -> None:
    assert values("pl") == ["plan"]
    assert [(each.value, each.help) for each in offered(" ")] == [
        (each.name, each.summary) for each in ENTRIES.values()
    ]
    program = (
        "import sys\nfrom interpreter.cli.group import run_command\n"
        "assert run_command([]) == 0\nprint('temporalio' in sys.modules, 'dsl.cli.check' in sys.modules)"
    )
    environment = {**os.environ, VARIABLE: "bash_complete", "COMP_WORDS": "dsl ch", "COMP_CWORD": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "plain,check\nFalse False\n"


def test_options_and_what_they_take() -> None:
    assert values("check --f") == ["--format", "--fix"]
    assert values("check --format s") == ["sarif"]
    assert values("--v") == ["--version"]


@pytest.mark.usefixtures("files")
def test_flow_files_and_folders() -> None:
    for command in ("check", "fmt", "plan", "report", "hash", "run", "submit", "sign", "graph"):
        assert [(each.value, each.type) for each in offered(f"{command} ")] == [
            ("my flows", "flow"),
            ("two.flow", "flow"),
        ]
    assert values("check my\\ flows/") == ["my flows/one.flow"]
    assert values("check .h") == [".hidden.flow"]
    Path("my flows/other.yaml").touch()
    assert values("check my\\ flows/") == ["my flows/one.flow"]
    Path("my flows/one.flow").unlink()
    assert values("plan my\\ flows/") == ["my flows/other.yaml"]  # a flow as data
    assert values("check none/") == values("check '\\0'") == []


def test_a_home_is_kept_as_it_was_typed(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(files))
    assert values("check ~/tw") == ["~/two.flow"]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", ["plan", "report", "run", "submit", "hash", "sign"])
def test_flows_of_the_file(command: str) -> None:
    assert values(f"{command} two.flow --flow ") == ["first", "second"]
    assert values(f"{command} two.flow --flow s") == ["second"]
    assert values(f"{command} none.flow --flow ") == values(f"{command} --flow ") == []


def test_codes_to_explain() -> None:
    assert [(each.value, each.help) for each in offered("explain sf50")] == [(c, CODES[c]) for c in ("SF501", "SF502")]


def test_runs_are_those_of_the_server(dsl: Dsl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(dsl.state))
    ended = dsl.here("submit", CASES / "shop.flow", "--id", "complete-me", "--input", '{"item": "pen"}')
    assert ended.code == 0, ended.err
    eventually(lambda: [(each.value, each.help) for each in offered("show compl")], [("complete-me", "shop, running")])
    assert values("cancel compl") == values("result compl") == ["complete-me"]
    assert "shop" in values("runs --flow ")
    assert dsl.here("terminate", "complete-me", "--yes").code == 0
    eventually(lambda: values("cancel compl"), [])
    assert values("show compl") == ["complete-me"]


def eventually(look: Callable[[], object], expected: object) -> None:
    """A list of the server's may not have it yet."""
    until = time.monotonic() + PATIENCE
    while look() != expected:
        assert time.monotonic() < until, look()
        time.sleep(0.1)


def test_where_there_is_no_server_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none is started."""
    monkeypatch.setenv("STEADFLOW_STATE", str(tmp_path / "state"))
    assert values("show ") == []
    assert not (tmp_path / "state").exists()
    assert values("show --address 127.0.0.1:1 ") == []
    assert values("show --address '#' ") == []


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "LONGEST", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        assert values(f"show --address 127.0.0.1:{silent.getsockname()[1]} ") == []
        assert time.monotonic() - begun < 30


def test_every_run_and_every_flow_is_completed() -> None:
    context = click.Context(dsl)
    lacking = [
        f"{name} {parameter.name}"
        for name in ENTRIES
        for parameter in getattr(dsl.get_command(context, name), "params", [])
        if parameter.name in ("run", "flow", "path", "paths")
        and parameter._custom_shell_complete is None
        and name != "import"
    ]
    assert lacking == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["completion", shell]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"{VARIABLE}={shell}_complete" in out
    assert "%(" not in out


def script(shell: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """The script of a shell, and an environment in which `dsl` is this one."""
    binary = folder / "bin" / "dsl"
    binary.parent.mkdir()
    binary.write_text(f'#!/bin/sh\nexec {sys.executable} -m interpreter.cli "$@"\n')
    binary.chmod(0o755)
    environment = {**os.environ, "PATH": f"{binary.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    printed = subprocess.run(
        ["dsl", "completion", shell], env=environment, capture_output=True, text=True, check=True, cwd=folder
    )
    place = folder / f"dsl.{shell}"
    place.write_text(printed.stdout)
    return place, environment


def installed(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


LINES = {
    "dsl expl": ["explain"],
    "dsl explain SF50": ["SF501", "SF502"],
    "dsl check --format js": ["json"],
    "dsl check tw": ["two.flow"],
    "dsl plan two.flow --flow ": ["first", "second"],
    "dsl show --address 127.0.0.1:1 ": [],
}


@pytest.mark.slow
@installed("bash")
def test_bash(files: Path) -> None:
    place, environment = script("bash", files)
    program = f'. {place}\nfor line in "$@"; do\n  read -ra COMP_WORDS <<< "$line"\n'
    program += (
        '  if [[ "$line" == *" " ]]; then COMP_WORDS+=(""); fi\n  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()\n'
    )
    program += '  _dsl_completion dsl; echo "${COMPREPLY[@]}"\ndone\n'
    ended = subprocess.run(
        ["bash", "-c", program, "bash", *LINES], env=environment, capture_output=True, text=True, check=True, cwd=files
    )
    assert (ended.stdout.splitlines(), ended.stderr) == ([" ".join(each) for each in LINES.values()], "")
    registered = subprocess.run(
        ["bash", "-c", f". {place}; complete -p dsl"], env=environment, capture_output=True, text=True, check=True
    )
    assert registered.stdout == "complete -o nosort -F _dsl_completion dsl\n"


@pytest.mark.slow
@installed("zsh")
def test_zsh(files: Path) -> None:
    """What it hands to the shell; the functions of the shell's own that would show it are taken down."""
    place, environment = script("zsh", files)
    program = "compdef() { : }\ncompadd() { print -r -- ${completions} }\n_files() { print -r -- *.flow(N) }\n"
    program += "_describe() { print -r -- ${completions_with_descriptions%%:*} }\n"
    program += f'. {place}\nfor line in "$@"; do\n  words=(${{=line}})\n  [[ "$line" == *" " ]] && words+=("")\n'
    program += '  CURRENT=$#words\n  print -r -- "> $(_dsl_completion)"\ndone\n'
    ended = subprocess.run(
        ["zsh", "-f", "-c", program, "zsh", *LINES],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=files,
    )
    expected = [f"> {' '.join(each)}" for each in LINES.values()]
    assert (ended.stdout.splitlines(), ended.stderr) == (expected, "")


@pytest.mark.slow
@installed("fish")
def test_fish(files: Path) -> None:
    place, environment = script("fish", files)
    environment["HOME"] = str(files)
    for line, expected in LINES.items():
        command = ["fish", "--no-config", "-c", f"source {place}; complete -C {shlex.quote(line)}"]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=files)
        assert [each.split("\t")[0] for each in ended.stdout.splitlines()] == expected
