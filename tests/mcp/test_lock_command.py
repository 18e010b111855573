"""`dsl lock`: what it writes, what it says of a change, of what does not fit and of hints, and what it ends with."""

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from interpreter.cli.group import run_command
from tests.mcp.planned import ADDRESS, Planned, offered, planned


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planned]:
    monkeypatch.setenv("STEADFLOW_TEST_TOKEN", "t")
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.chdir(tmp_path)
    return planned(tmp_path)


def dsl(*arguments: str | Path) -> Said:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command([str(argument) for argument in arguments])
    return Said(code, out.getvalue(), err.getvalue())


def offer(server: Planned, **changes: Any) -> None:
    """Have the server say something else of `count`."""
    tools = [one | (changes if one["name"] == "count" else {}) for one in offered()]
    (server.folder / "tools.json").write_text(json.dumps(tools))


def test_what_it_writes_is_what_it_then_finds(server: Planned) -> None:
    pinned = server.lock.read_text()
    server.lock.unlink()
    assert dsl("lock", server.flow).code == 0
    assert server.lock.read_text() == pinned
    again = dsl("lock", server.flow, "--check")
    assert (again.code, "is new" in again.out) == (0, False)


def test_a_change_is_shown_and_fails_a_check_and_nothing_is_written_then(server: Planned) -> None:
    pinned = server.lock.read_text()
    offer(server, description="Counts, and tells others.")
    checked = dsl("lock", server.flow, "--check")
    assert checked.code == 1
    assert "-description: The tool count.\n+description: Counts, and tells others." in checked.out
    assert server.lock.read_text() == pinned
    assert dsl("lock", server.flow).code == 0
    assert dsl("lock", server.flow, "--check").code == 0


def test_what_does_not_fit_is_an_error_and_a_hint_a_note(server: Planned) -> None:
    total = {"type": "object", "properties": {"total": {"type": "string"}}, "required": ["total"]}
    offer(server, outputSchema=total, annotations={"readOnlyHint": False})
    said = dsl("lock", server.flow)
    assert said.code == 1
    assert "p.count does not fit: the result: field `total`: string is not int" in said.err
    assert "note: p.count is declared `read`, and the server says that it changes something" in said.out


def test_a_tool_that_is_not_there_is_an_error_with_those_that_are(server: Planned) -> None:
    server.flow.write_text(server.flow.read_text().replace("tool echo", "tool ecco").replace("p.echo(", "p.ecco("))
    said = dsl("lock", server.flow, "--check")
    assert (said.code, "the tool `ecco` is not there; it offers change, count" in said.err) == (1, True)


def test_a_server_that_does_not_start_is_told_with_its_last_words(server: Planned) -> None:
    (server.folder / "broken").touch()
    said = dsl("lock", server.flow)
    assert (said.code, "it cannot start: no key" in said.err) == (5, True)


def test_a_command_that_is_not_there_is_told(server: Planned) -> None:
    said = dsl("lock", "--offer", "no-such-command-anywhere")
    assert (said.code, "no-such-command-anywhere: no such file or directory" in said.err) == (5, True)


@pytest.mark.parametrize(("typed", "why"), [('"x', "is no command: no closing quotation"), (" ", "neither a command")])
def test_what_is_no_command_is_told(typed: str, why: str) -> None:
    said = dsl("lock", "--offer", typed)
    assert (said.code, why in said.err) == (2, True)


def test_what_is_offered_passes_the_check_once_its_writes_are_decided_on(server: Planned) -> None:
    said = dsl("lock", "--offer", ADDRESS, "--name", "p", "--auth", "TOKEN")
    assert said.code == 0
    assert said.out.splitlines()[0].endswith(' auth "TOKEN" {')
    assert "  tool count(page: text?) -> { total: int } write" in said.out
    assert '  resource note(name: text) -> text from "notes://{name}"' in said.out
    text = f"edition 1\n{said.out.replace(' write', ' write final')}"
    assert {each.code for each in analyse(Source("offered.flow", text)).diagnostics} <= {"SF106", "SF402"}
