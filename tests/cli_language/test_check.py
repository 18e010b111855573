"""`dsl check` as it is typed."""

import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dsl.analysis
from dsl.cli.check import check

GOOD = "edition 1\nflow greet(name: text) -> text { return name }\n"
BAD = "edition 1\nflow greet(name: text) -> text { return nmae }\n"
WARNED = "edition 1\ntool a() -> text read\nflow f() { step b = a() }\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "STEADFLOW_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"good": GOOD, "bad": BAD, "warned": WARNED, "deep/er/bad2": BAD, ".hidden/bad3": BAD}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.flow").write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(check, arguments, input=stdin)


@pytest.mark.usefixtures("files")
class TestCheck:
    def test_a_clean_file(self) -> None:
        result = run("good.flow")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no problems in 1 file\n")

    def test_a_problem_is_shown_in_a_frame(self) -> None:
        result = run("bad.flow")
        assert result.exit_code == 1
        assert "error[SF101]" in result.stdout
        assert " --> bad.flow:2:41" in result.stdout
        assert result.stderr == "1 error in 1 file\n"

    def test_warnings_alone_are_no_failure_unless_strict(self) -> None:
        assert run("warned.flow").exit_code == 0
        assert "warning[SF603]" in run("warned.flow").stdout
        assert run("warned.flow", "--strict").exit_code == 1

    def test_all_files_are_reported_at_once(self) -> None:
        result = run("bad.flow", "warned.flow", "good.flow", "bad.flow", "--format", "concise")
        assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["bad.flow", "warned.flow"]
        assert result.stderr == "1 error and 1 warning in 3 files\n"

    def test_a_folder_is_searched_for_flows(self) -> None:
        result = run(".", "--format", "concise")
        assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
            "bad.flow",
            "deep/er/bad2.flow",
            "warned.flow",
        ]

    def test_what_is_no_file_is_not_waited_for(self) -> None:
        os.mkfifo("empty/pipe.flow")
        Path("empty/folder.flow").mkdir()
        Path("empty/good.flow").write_text(GOOD, encoding="utf-8")
        assert run("empty").exit_code == 0

    def test_a_pipe_that_is_named_is_read(self) -> None:
        """As a shell's `<(…)` is."""
        os.mkfifo("named")
        for text, code in ((GOOD, 0), (BAD, 1)):
            writing = threading.Thread(target=Path("named").write_text, args=(text,))
            writing.start()
            assert run("named").exit_code == code
            writing.join()

    def test_standard_input(self) -> None:
        result = run("-", "--format", "concise", stdin=BAD.encode())
        assert result.stdout.startswith("<stdin>:2:41: SF101 ")
        assert run("-", stdin=GOOD.encode()).exit_code == 0

    def test_json_is_for_programs(self) -> None:
        document = json.loads(run("bad.flow", "--format", "json").stdout)
        assert [each["code"] for each in document["diagnostics"]] == ["SF101"]
        assert json.loads(run("good.flow", "--format", "json").stdout)["diagnostics"] == []

    def test_a_file_that_is_no_text_is_a_problem_of_its_own(self, files: Path) -> None:
        (files / "latin.flow").write_bytes(b"edition 1 # \xe9")
        result = run("latin.flow", "bad.flow", "--format", "concise")
        assert result.exit_code == 1
        assert result.stdout.startswith("latin.flow:1:13: SF003 the file is not UTF-8 text: byte 12 is 0xe9")
        assert "bad.flow:2:41" in result.stdout

    @pytest.mark.parametrize(
        ("data", "line", "column", "words"),
        [
            (b"\xe9", 1, 1, "byte 0 is 0xe9"),
            (b"\xef\xbb\xbfa\r\nb\xe9c\nd", 2, 2, "byte 7 is 0xe9"),
            ("# 𝒳é".encode() + b"\xff\n", 1, 5, "byte 8 is 0xff"),
            (b"a\n" * 99_999 + b"\xc3", 100_000, 1, "byte 199998 is 0xc3"),
            ("edition 1".encode("utf-16"), 1, 1, "UTF-16 text, not UTF-8"),
            (b"a\r\xff\xff\xff", 1, 3, "byte 2 is 0xff"),
        ],
    )
    def test_the_first_byte_that_is_no_text_is_the_place(
        self, data: bytes, line: int, column: int, words: str, files: Path
    ) -> None:
        (files / "latin.flow").write_bytes(data)
        assert f"latin.flow:{line}:{column}: SF003" in run("latin.flow", "--format", "concise").stdout
        assert words in run("latin.flow").stdout

    def test_line_ends_and_marks_of_other_systems(self, files: Path) -> None:
        (files / "windows.flow").write_bytes(b"\xef\xbb\xbf" + BAD.replace("\n", "\r\n").encode())
        assert "windows.flow:2:41: SF101" in run("windows.flow", "--format", "concise").stdout

    @pytest.mark.parametrize("arguments", [[], ["none.flow"], ["empty"], ["good.flow", "--format", "xml"]])
    def test_used_wrongly(self, arguments: list[str]) -> None:
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stdout == ""

    def test_colour_is_for_terminals_and_those_who_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "\x1b" not in run("bad.flow").stdout
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[1;31merror" in run("bad.flow").stdout
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in run("bad.flow").stdout

    def test_our_own_mistake_is_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> object:
            raise RuntimeError("oops")

        monkeypatch.setattr(dsl.analysis, "analyse", broken)
        result = run("good.flow")
        assert result.exit_code == 3
        assert result.stderr.count("\n") == 1
        assert "internal error in good.flow: RuntimeError: oops" in result.stderr
        monkeypatch.setenv("STEADFLOW_DEBUG", "1")
        assert isinstance(run("good.flow").exception, RuntimeError)


def test_help_shows_an_example() -> None:
    assert "dsl check examples/support.flow" in run("--help").stdout
