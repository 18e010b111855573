"""`dsl fmt` as it is typed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dsl.cli.replacing
import dsl.formatting.format
from dsl.cli.fmt import fmt
from dsl.cli.replacing import Changed, replace
from tests.house.checkout import ROOT

GOOD = "edition 1\n\nflow greet(name: text) -> text { return name }\n"
UGLY = "edition 1\nflow greet( name:text )->text { return name }"
BAD = "edition 1\nflow greet(name: text) -> { return name }\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "STEADFLOW_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"good": GOOD, "ugly": UGLY, "bad": BAD, "deep/er/ugly2": UGLY, ".hidden/ugly3": UGLY}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.flow").write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(fmt, arguments, input=stdin)


def test_files_are_formatted(files: Path) -> None:
    result = run("good.flow", "ugly.flow")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file formatted, 1 unchanged\n")
    assert (files / "ugly.flow").read_text() == GOOD
    assert run("good.flow", "ugly.flow").stderr == "2 files unchanged\n"


def test_a_folder_as_other_commands_take_it(files: Path) -> None:
    result = run("--check", ".")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.endswith(".flow")] == [
        "deep/er/ugly2.flow",
        "ugly.flow",
    ]
    assert (files / ".hidden/ugly3.flow").read_text() == UGLY


@pytest.mark.usefixtures("files")
def test_what_does_not_parse_is_told_and_left() -> None:
    result = run("bad.flow", "ugly.flow")
    assert result.exit_code == 1
    assert " --> bad.flow:2:29" in result.stdout
    assert result.stderr == "1 file formatted, 1 with errors\n"
    assert Path("bad.flow").read_text() == BAD


@pytest.mark.usefixtures("files")
def test_check_writes_nothing() -> None:
    result = run("--check", "good.flow", "ugly.flow")
    assert (result.exit_code, result.stdout) == (1, "ugly.flow\n")
    assert result.stderr == "1 file would change, 1 unchanged\n"
    assert Path("ugly.flow").read_text() == UGLY
    assert run("--check", "good.flow").exit_code == 0


@pytest.mark.usefixtures("files")
def test_diff_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("--diff", "ugly.flow")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == ["--- ugly.flow", "+++ ugly.flow", "@@ -1,2 +1,3 @@"]
    assert "\\ No newline at end of file" in result.stdout
    assert "\x1b" not in result.stdout
    assert Path("ugly.flow").read_text() == UGLY
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m+flow greet" in run("--diff", "ugly.flow").stdout
    assert run("--diff", "good.flow").exit_code == 0


def test_standard_input_goes_to_standard_output() -> None:
    assert run("-", stdin=UGLY.encode()).stdout == GOOD
    assert run("-", stdin=GOOD.encode()).stdout == GOOD
    result = run("-", "--check", stdin=UGLY.encode())
    assert (result.exit_code, result.stdout) == (1, "<stdin>\n")
    result = run("-", stdin=BAD.encode())
    assert (result.exit_code, result.stdout) == (1, "")
    assert "<stdin>:2:29" in result.stderr


@pytest.mark.usefixtures("files")
def test_ends_of_lines_become_those_of_ours_and_that_is_said() -> None:
    Path("ugly.flow").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert "ugly.flow: lines would end with \\n, no longer with \\r\\n\n" in run("--check", "ugly.flow").stderr
    result = run("ugly.flow")
    assert "ugly.flow: lines end with \\n, no longer with \\r\\n\n" in result.stderr
    assert Path("ugly.flow").read_bytes() == GOOD.encode()


@pytest.mark.usefixtures("files")
def test_a_link_stays_one_and_permissions_are_kept() -> None:
    Path("ugly.flow").chmod(0o640)
    Path("link.flow").symlink_to("ugly.flow")
    assert run("link.flow").exit_code == 0
    assert Path("link.flow").is_symlink()
    assert Path("ugly.flow").read_text() == GOOD
    assert stat.S_IMODE(Path("ugly.flow").stat().st_mode) == 0o640


@pytest.mark.usefixtures("files")
def test_what_was_interrupted_leaves_the_file_and_nothing_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dsl.cli.replacing.os, "replace", interrupted)
    before = sorted(os.listdir())
    assert run("ugly.flow").exit_code == 1  # click's answer to Ctrl-C
    assert Path("ugly.flow").read_text() == UGLY
    assert sorted(os.listdir()) == before


@pytest.mark.usefixtures("files")
def test_what_somebody_wrote_meanwhile_is_not_lost() -> None:
    with pytest.raises(Changed):
        replace("ugly.flow", GOOD.encode(), b"")
    assert Path("ugly.flow").read_text() == UGLY


@pytest.mark.usefixtures("files")
def test_a_file_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dsl.cli.replacing.os, "access", lambda *_: False)
    result = run("ugly.flow", "deep")
    assert result.exit_code == 1
    assert "ugly.flow: it cannot be written: permission denied\n" in result.stderr
    assert result.stderr.endswith("1 file formatted, 1 with errors\n") or "2 files with errors" in result.stderr
    assert Path("ugly.flow").read_text() == UGLY


@pytest.mark.usefixtures("files")
def test_what_would_say_something_else_is_a_bug_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dsl.formatting.format, "_printed", lambda *_: BAD)
    result = run("ugly.flow")
    assert result.exit_code == 3
    assert "internal error in ugly.flow" in result.stderr
    assert Path("ugly.flow").read_text() == UGLY


@pytest.mark.slow
def test_a_process_loads_nothing_that_is_heavy() -> None:
    program = (
        "import sys; from interpreter.cli.group import run_command;"
        f"run_command(['fmt', '--check', {str(ROOT / 'examples')!r}]);"
        "print(*{'dsl.semantics', 'dsl.checks', 'lark', 'temporalio', 'jsonschema', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "\n"
