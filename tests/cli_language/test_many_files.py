"""Folders of many files: what is looked into, in which order, and that files are forgotten once they are told."""

import gc
import io
import os
import weakref
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import dsl.analysis
from dsl.cli import progress, searching
from dsl.cli.check import check
from dsl.cli.progress import shown
from dsl.cli.searching import NoFile, names

GOOD = "edition 1\n\nflow greet(name: text) -> text { return name }\n"
BAD = "edition 1\n\nflow greet(name: text) -> text { return nmae }\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*files: str, text: str = GOOD) -> None:
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, arguments)


def test_what_is_looked_into() -> None:
    write("b.flow", "a/z.flow", "a/b/c.flow", "a-b.flow", "other.txt", "B.flow", ".hidden/x.flow", ".x.flow")
    write("node_modules/x.flow", "__pycache__/x.flow", "env/x.flow", "env/pyvenv.cfg", "cache/deep/x.flow")
    write("cache/CACHEDIR.TAG")
    Path("link.flow").symlink_to("other.txt")
    Path("folder").symlink_to("a")
    Path("nowhere.flow").symlink_to("none")
    os.mkfifo("pipe.flow")
    expected = ["B.flow", "a/b/c.flow", "a/z.flow", "a-b.flow", "b.flow", "link.flow", "nowhere.flow"]
    assert names(["."]) == sorted(expected, key=lambda each: Path(each).parts)
    assert names(["env", "cache", ".hidden"]) == ["env/x.flow", "cache/deep/x.flow", ".hidden/x.flow"]
    assert names(["a/../a//", "./a/z.flow"]) == ["a/../a/b/c.flow", "a/../a/z.flow", "./a/z.flow"]
    assert names([str(Path("a").absolute())]) == [str(Path("a/b/c.flow").absolute()), str(Path("a/z.flow").absolute())]


@pytest.mark.parametrize("path", ["none", "none.flow", "empty"])
def test_nothing_there(path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(NoFile, match=path):
        names([path])


def test_a_folder_that_may_not_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.flow", "shut/b.flow", "shut2/b.flow")
    scandir = os.scandir

    def refused(path: str) -> Any:
        if "shut" in path:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(searching.os, "scandir", refused)
    told = "not looked into, because it may not be read: ./shut and 1 more\nno problems in 1 file\n"
    assert run(".").stderr == told


def test_files_are_forgotten_once_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[Any] = []
    most: list[int] = []
    analyse = dsl.analysis.analyse

    def counted(*given: Any) -> Any:
        found = analyse(*given)
        gc.collect()
        most.append(sum(each() is not None for each in alive))
        alive.append(weakref.ref(found))
        return found

    monkeypatch.setattr(dsl.analysis, "analyse", counted)
    write(*(f"{number}.flow" for number in range(6)))
    write("bad.flow", text=BAD)
    assert run(".").stderr == "1 error in 7 files\n"
    assert max(most) <= 1


def test_what_is_told_first_is_told_before_the_rest_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: Any, *given: Any) -> Any:
        if source.name == "c.flow":
            raise RuntimeError("oops")
        return analyse(source, *given)

    analyse = dsl.analysis.analyse
    monkeypatch.setattr(dsl.analysis, "analyse", broken)
    monkeypatch.delenv("STEADFLOW_DEBUG", raising=False)
    write("b.flow", "c.flow", text=BAD)
    result = run(".", "--format", "concise")
    assert (result.exit_code, result.stdout.count("b.flow:3:41")) == (3, 1)


@pytest.mark.parametrize("order", [("lib.flow", "main.flow"), ("main.flow", "lib.flow")])
def test_a_mistake_in_a_used_file_is_told_with_that_file(order: tuple[str, str]) -> None:
    write("lib.flow", text="edition 1\n\ntool fetch() -> { name: txet } read\n")
    write("main.flow", text='edition 1\n\nuse "lib.flow"\n\nflow main() -> text { step a = fetch() return a.name }\n')
    assert run(*order, "--format", "concise").stdout.count("lib.flow:3:25") == 1
    both = run(*order)
    assert both.stdout == run("lib.flow").stdout
    assert both.stderr == "1 error in 2 files\n"
    assert run("main.flow").stdout == both.stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_it_has_got_is_told_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(float(number) for number in range(1000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    stream = Terminal()
    assert list(shown(iter("abcd"), 4, stream, speaks=lambda each: each == "c")) == ["a", "b", "c", "d"]
    clear = "\r\x1b[K"
    lines = [f"{clear}{done} of 4 files" for done in range(1, 5)]
    assert stream.getvalue() == f"{lines[0]}{lines[1]}{clear}{lines[2]}{lines[3]}{clear}"
    for piped, things in ((io.StringIO(), "abc"), (Terminal(), "a")):
        assert list(shown(iter(things), len(things), piped)) == list(things)
        assert piped.getvalue() == ""
