"""What is typed wrongly is told in a sentence, with exit code 2, and nothing happens."""

import re
from pathlib import Path

import pytest

from interpreter.cli import exit_codes
from interpreter.cli.group import run_command
from interpreter.client.connecting import _unreachable
from interpreter.server.folder import state_folder
from interpreter.server.record import read_record
from tests.cli.conftest import Dsl

SMALL = "edition 1\nflow small(n: text) -> text { return n }\n"
BAD = "edition 1\nflow bad() -> int { return x }\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Path:
    (tmp_path / "small.flow").write_text(SMALL)
    (tmp_path / "bad.flow").write_text(BAD)
    (tmp_path / "two.flow").write_text(SMALL + "flow other() -> int { return 1 }\n")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("plan small.flow --max-usd x", "x is no amount: write a number of 0 or more, such as 2.50"),
        ("plan small.flow --max-usd nan", "nan is no amount"),
        ("plan small.flow --max-days -1", "-1 is no amount"),
        ("plan small.flow --max-calls -1", "-1 is not in the range"),
        ("plan folder", "there is no file folder: it is a folder"),
        ("report .", "there is no file .: it is a folder"),
        ("runs --limit 0", "0 is not in the range"),
        ("runs --address 127.0.0.1:99999", "'127.0.0.1:99999' is no address of a Temporal server: write it as HOST:"),
        ("runs --address 127.0.0.1:1 --namespace=", "no namespace has an empty name"),
        ("runs --state small.flow", "small.flow cannot be a state folder: it is a file"),
        ("runs --state small.flow/x", "small.flow/x cannot be a state folder: not a directory"),
        (
            "graph small.flow -o picture.png",
            "picture.png ends like none of text, svg, mermaid, dot, json: say with --f",
        ),
        ("report small.flow -o report.pdf", "report.pdf ends like none of .html, .json and .txt"),
        ("report small.flow -o none/report.html", "report.html cannot be written: no such file or directory"),
        ("compile small.flow -o small.toml", "small.toml ends like none of .json, .yaml, .yml"),
        ("run small.flow --input bytes.json", "bytes.json is not UTF-8 text: byte 0 is 0xff"),
        ("run small.flow --scripted none.yaml", "none.yaml cannot be read: No such file or directory"),
        ("run small.flow --set n=1 --tools small.flow", "small.flow is no Python file: tools are functions of a .py f"),
        ("run small.flow --set n=1 --requester=", "`--requester` names nothing: give a name, or leave it out"),
        ("submit small.flow --set n=1 --task-queue=\t", "`--task-queue` names nothing"),
        ("submit small.flow --set n=1 --task-queue=a\nb", "`--task-queue` is 'a\\nb': line ends"),
        ("show \ud800", "is the id of no run: it is no text"),
    ],
)
def test_it_is_told(dsl: Dsl, arguments: str, said: str) -> None:
    ended = dsl.here(*arguments.split(" "))
    assert ended.code == exit_codes.MISUSED, ended.err
    assert said in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("command", ["show", "result", "cancel", "transcript", "approvals", "approve"])
def test_the_id_of_no_run(dsl: Dsl, command: str) -> None:
    empty = dsl.here(command, "")
    assert (empty.code, empty.err) == (exit_codes.MISUSED, "error: '' is the id of no run: it is empty\n")
    forged = dsl.here(command, "a\nerror: b\x1b[2J")
    assert (forged.code, forged.out) == (exit_codes.MISUSED, "")
    assert forged.err.startswith("error: there is no run a\\nerror: b\\u001b[2J here")
    assert len(forged.err.splitlines()) == 1


def test_a_namespace_that_is_not_there_is_no_server_that_does_not_answer(dsl: Dsl, state: Path) -> None:
    record = read_record(state_folder(state).server)
    assert record is not None
    ended = dsl.here("runs", "--address", record.address, "--namespace", "none")
    assert ended.code == exit_codes.UNREACHABLE
    assert ended.err == f"error: the Temporal server at {record.address} has no namespace none\n"
    assert "no Temporal server answers at a:1" in _unreachable(RuntimeError("gone"), "a:1", "default")


@pytest.mark.parametrize("command", ["plan", "report", "graph", "hash", "compile"])
def test_of_what_does_not_pass_the_check_nothing_is_made(dsl: Dsl, command: str) -> None:
    ended = dsl.here(command, "bad.flow")
    assert ended.code == exit_codes.REFUSED
    assert "error[SF101]" in ended.out + ended.err


def test_hashes_as_json(dsl: Dsl) -> None:
    listed = dsl.here("hash", "two.flow", "--json").json
    lines = [line.split() for line in dsl.here("hash", "two.flow").out.splitlines()]
    assert [(each["hash"], each["flow"]) for each in listed] == [tuple(line) for line in lines]
    assert dsl.here("hash", "two.flow", "--json", "--flow", "other").json == listed[1:]


def test_ctrl_c_while_a_module_loads_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python makes another error of one that comes while a class is being made."""

    class Interrupting:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def load(*_: object, **__: object) -> None:
        type("Made", (), {"field": Interrupting()})

    monkeypatch.setattr("interpreter.cli.group.dsl.main", load)
    assert run_command([]) == exit_codes.LEFT
    assert not re.search("Traceback|bug", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("module", "code"), [("temporalio.client", exit_codes.MISUSED), ("interpreter.x", 3), (None, 3)]
)
def test_what_is_not_installed_whole_is_told_on_one_line(
    module: str | None, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(f"No module named '{module}'", name=module)

    monkeypatch.setattr("interpreter.cli.group.dsl.main", load)
    assert run_command([]) == code
    said = capsys.readouterr().err
    assert ("bug in dsl" in said) == (code == exit_codes.BUG)
    assert code == exit_codes.BUG or (said.count("\n") == 1 and "install it again" in said)
