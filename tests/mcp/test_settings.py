"""What a worker gives to servers: places, variables, credentials; and nothing that nobody named."""

import sys
from pathlib import Path

import pytest

from interpreter.mcp.errors import Unusable
from interpreter.mcp.server import Launch, Server, launch
from interpreter.mcp.settings import settings_for

TOML = """
[models."m"]
answer = 10
[mcp.fs]
root = "/srv/my files"
[mcp.fs.env]
LEVEL = "warn"
[auth.docs]
bearer = { env = "DOCS" }
[auth.docs.headers]
X-Team = "support"
[auth.git.env]
GIT_TOKEN = { file = "FOLDER/secret" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "steadflow.toml").write_text(TOML.replace("FOLDER", str(tmp_path)))
    (tmp_path / "secret").write_text("from a file\n")
    (tmp_path / "below").mkdir()
    return tmp_path


def launched(folder: Path, address: str, *auth: str, **environment: str) -> Launch:
    return launch(Server("fs", address, auth), settings_for(folder / "below", environment), folder)


def test_what_fills_a_place_stays_one_word(folder: Path) -> None:
    found = launched(folder, "npx -y 'a b' {root} --in={root}")
    assert found.command == ("npx", "-y", "a b", "/srv/my files", "--in=/srv/my files")
    assert (dict(found.variables), found.folder) == ({"LEVEL": "warn"}, folder)


def test_the_environment_counts_more_than_the_file(folder: Path) -> None:
    assert launched(folder, "x {root}", STEADFLOW_MCP_FS_ROOT="/tmp").command == ("x", "/tmp")


def test_python_is_the_workers_own(folder: Path) -> None:
    assert launched(folder, "{python} s.py").command == (sys.executable, "s.py")


def test_a_name_stands_for_a_bearer_token_and_headers(folder: Path) -> None:
    found = launched(folder, "https://docs.example.com/mcp", "docs", DOCS="t0ken")
    assert found.url == "https://docs.example.com/mcp"
    assert found.headers == {"Authorization": "Bearer t0ken", "X-Team": "support"}


def test_a_name_stands_for_variables_of_a_server_that_is_started(folder: Path) -> None:
    assert launched(folder, "x", "git").variables["GIT_TOKEN"] == "from a file"


def test_without_a_table_a_name_is_a_variable_of_the_worker(folder: Path) -> None:
    assert launched(folder, "x", "API_KEY", API_KEY="k", OTHER="no").variables == {"LEVEL": "warn", "API_KEY": "k"}
    assert launched(folder, "http://h/", "API_KEY", API_KEY="k").headers == {"Authorization": "Bearer k"}


@pytest.mark.parametrize(
    ("address", "auth", "words"),
    [
        ("x {nothing}", (), 'write `[mcp.fs] nothing = "…"` in'),
        ("x", ("UNKNOWN",), "there is no credential `UNKNOWN`"),
        ("https://h/", ("docs",), "the variable DOCS is not set"),
    ],
)
def test_what_is_missing_is_told_with_where_to_write_it(
    folder: Path, address: str, auth: tuple[str, ...], words: str
) -> None:
    with pytest.raises(Unusable) as caught:
        launched(folder, address, *auth)
    assert words in str(caught.value)


def test_no_credential_shows_when_a_launch_is_printed(folder: Path) -> None:
    assert "t0ken" not in repr(launched(folder, "https://h/", "docs", DOCS="t0ken"))
    assert "t0ken" not in repr(settings_for(folder, {"DOCS": "t0ken"}))
