"""Where signatures are required nothing else is started, whichever way it comes."""

from pathlib import Path
from typing import Any, cast

import pytest

from interpreter.client.client import Client
from interpreter.client.errors import Unconfigured, Unsigned
from interpreter.client.submission import FlowSource, prepare
from interpreter.stores.memory import MemoryStore
from tests.identity.project import Project, made_in

INPUT = {"to": "x"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in ("STEADFLOW_PEOPLE", "STEADFLOW_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return made_in(tmp_path)


class _Started(Exception):
    """It went as far as the server."""


class _NoServer:
    """Says when something is started: nothing is asked of it before."""

    def __getattr__(self, name: str) -> Any:
        raise _Started(name)


CLIENT = Client(cast(Any, _NoServer()), MemoryStore())


def sources(project: Project) -> dict[str, FlowSource]:
    sealed = project.sealed()
    return {
        "path": project.pay,
        "name": str(project.pay),
        "sealed": sealed,
        "bytes": sealed.json,
        "text": "edition 1\nflow pay(to: text) {}\n",
    }


async def is_refused(source: FlowSource, **more: Any) -> bool:
    """Both ways to start something."""
    found = []
    for start in (
        CLIENT.submit(source, INPUT, id="a", **more),
        CLIENT.start_or_send(source, INPUT, id="a", event="e", by="ann", **more),
    ):
        try:
            await start
        except Unsigned:
            found.append(True)
        except Exception:  # noqa: BLE001 - the event is not one of the flow's, or the server is none
            found.append(False)
    assert len(set(found)) == 1
    return found[0]


@pytest.mark.parametrize("name", ["path", "name", "sealed", "bytes", "text"])
async def test_what_is_not_signed_off_is_not_started(project: Project, name: str) -> None:
    source = sources(project)[name]
    assert not await is_refused(source)
    assert await is_refused(source, require_signed=True)
    project.sign("ben", "cleo")
    of_a_file = name not in ("bytes", "text")
    assert await is_refused(source, require_signed=True) == (not of_a_file)


async def test_a_definition_in_a_file_is_signed_as_a_flow_is(project: Project) -> None:
    data = project.folder / "pay.json"
    data.write_bytes(project.sealed().json)
    assert await is_refused(data, require_signed=True)
    project.sign("ben", "cleo", file=data)
    assert not await is_refused(data, require_signed=True)


@pytest.mark.parametrize("name", ["path", "name", "bytes", "text"])
async def test_the_setting_is_for_all(project: Project, name: str) -> None:
    """Of what is no file, that of the folder in which the program runs."""
    (project.folder / "steadflow.toml").write_text("require_signed = true\n")
    assert await is_refused(sources(project)[name])
    assert await is_refused(sources(project)[name], require_signed=False)


async def test_the_environment_says_it_whatever_the_file_says(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "steadflow.toml").write_text("require_signed = false\n")
    assert not await is_refused(project.pay)
    monkeypatch.setenv("STEADFLOW_MODELS", "require_signed = true")
    assert await is_refused(project.pay)


def test_a_setting_that_is_no_setting(project: Project) -> None:
    (project.folder / "steadflow.toml").write_text('require_signed = "yes"\n')
    with pytest.raises(Unconfigured, match="true or false"):
        prepare(MemoryStore(), project.pay, None, INPUT)
