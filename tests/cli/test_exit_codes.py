"""What a command ends with tells what went wrong: a failing flow, a refused one, no server, a wrong use."""

import re
from pathlib import Path

import pytest

from interpreter.cli import exit_codes
from interpreter.client.connecting import _reason as reason_of
from tests.cli.conftest import ROOT, Dsl

SMALL = 'edition 1\nflow small(n: int) -> int { if n < 0 { fail "no" } return n }\n'
MISFIT = (
    "edition 1\ntool shop.price(item: int) -> int read\nflow f() -> int { step x = shop.price(item: 1) return x }\n"
)
TOOL = "from interpreter.api import tool\n\n@tool('shop.price')\ndef price(item: str) -> int:\n    return 1\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.flow"
    path.write_text(SMALL)
    return path


def test_each_has_a_status_of_its_own(dsl: Dsl, small: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.flow").write_text("edition 1\nflow bad() -> int { return x }\n")
    (tmp_path / "misfit.flow").write_text(MISFIT)
    (tmp_path / "misfit_tools.py").write_text(TOOL)
    got = {
        "well": dsl.here("run", small, "--set", "n=1"),
        "failed": dsl.here("run", small, "--set", "n=-1"),
        "input": dsl.here("run", small, "--set", "n=many"),
        "no file": dsl.here("run", "none.flow"),
        "no run": dsl.here("show", "none"),
        "check": dsl.here("run", tmp_path / "bad.flow"),
        "submitted": dsl.here("submit", tmp_path / "bad.flow"),
        "tools": dsl.here("run", tmp_path / "misfit.flow"),
        "server": dsl.here("runs", "--address", "127.0.0.1:1"),
    }
    assert {name: ended.code for name, ended in got.items()} == {
        "well": 0,
        "failed": 1,
        "input": 2,
        "no file": 2,
        "no run": 2,
        "check": 4,
        "submitted": 4,
        "tools": 4,
        "server": 5,
    }, {name: ended.err for name, ended in got.items()}
    assert got["server"].err == (
        "error: no Temporal server answers at 127.0.0.1:1, namespace default: connection refused\n"
    )


def test_profile_that_is_not_there(dsl: Dsl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "prod")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    (tmp_path / "temporal.toml").write_text("[profile.other]\naddress = '127.0.0.1:1'\n")
    ended = dsl.here("runs", "--address", "127.0.0.1:1")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"error: there is no profile `prod` in {tmp_path}/temporal.toml (TEMPORAL_PROFILE)\n"


def test_a_configuration_that_cannot_be_read_is_no_bug_of_ours(
    dsl: Dsl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    (tmp_path / "temporal.toml").write_text("[x\n")
    ended = dsl.here("runs", "--address", "127.0.0.1:1")
    assert ended.code == 2
    assert ended.err.startswith(f"error: {tmp_path}/temporal.toml cannot be used: ")
    assert len(ended.err.splitlines()) == 1


def test_the_readme_has_the_table() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)}
    assert told == {value for name, value in vars(exit_codes).items() if name.isupper()}


def test_a_server_that_is_not_found_is_told_without_the_words_of_a_library() -> None:
    told = (
        "Failed client connect: Server connection error: tonic::transport::Error(Transport, ConnectError(ConnectError("
        '"dns error", Custom { kind: Uncategorized, error: '
        '"failed to lookup address information: Name or service not known" })))'
    )
    assert reason_of(RuntimeError(told)) == "failed to lookup address information: name or service not known"
