"""What `dsl approvals` says when it could not ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from interpreter.cli.commands import approvals as command
from interpreter.client.errors import ClientError


class OneRun:
    async def runs(self, status: str) -> AsyncIterator[Any]:
        yield SimpleNamespace(id="pay-1")


@asynccontextmanager
async def connected(target: object) -> AsyncIterator[OneRun]:
    yield OneRun()


@pytest.mark.parametrize(("reachable", "code", "said"), [(True, 0, "nothing is asked now\n"), (False, 6, "")])
def test_approvals_states_a_falsehood(monkeypatch: pytest.MonkeyPatch, reachable: bool, code: int, said: str) -> None:
    async def of_run(*_: object) -> list[Any]:
        if not reachable:
            raise ClientError("no worker answers")
        return []

    monkeypatch.setattr(command, "connected", connected)
    monkeypatch.setattr(command, "_of_run", of_run)
    result = CliRunner().invoke(command.approvals, [], standalone_mode=False)
    assert (result.return_value, result.stdout) == (code, said)
    of_one = CliRunner().invoke(command.approvals, ["--group", "leads"], standalone_mode=False)
    assert of_one.stdout == said.replace("asked", "asked of leads")
