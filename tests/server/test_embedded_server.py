"""One server for each state folder: shared, adopted after kill -9, gone when nobody uses it, and set up as promised."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus

from interpreter.server import locks
from interpreter.server.embedded import Embedded, ServerFailed, embedded
from interpreter.server.folder import StateFolder, state_folder
from interpreter.server.record import ServerRecord, read_record
from interpreter.server.setup import ATTRIBUTES, register_attributes

HOLD = """
import asyncio, sys
from interpreter.server.embedded import embedded
from interpreter.server.folder import state_folder

async def hold():
    async with embedded(state_folder(sys.argv[1])) as server:
        print(server.address, flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return state_folder(tmp_path / "state")


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" if Path("/proc").exists() else True


def record_of(folder: StateFolder) -> ServerRecord:
    record = read_record(folder.server)
    assert record is not None
    return record


def holder(folder: StateFolder) -> "subprocess.Popen[str]":
    """A command in a process of its own that uses the server until it is killed."""
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.root)],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("127.0.0.1:")
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


async def start_a_run(server: Embedded, run: str) -> None:
    client = await Client.connect(server.address, namespace=server.namespace)
    await client.start_workflow("nothing", id=run, task_queue="nobody")


async def status_of(server: Embedded, run: str) -> WorkflowExecutionStatus | None:
    client = await Client.connect(server.address, namespace=server.namespace)
    return (await client.get_workflow_handle(run).describe()).status


def test_commands_that_run_at_once_share_a_server_and_the_last_ends_it(folder: StateFolder) -> None:
    async def scenario() -> None:
        async with embedded(folder) as first:
            other = await asyncio.to_thread(holder, folder)
            assert record_of(folder).address == first.address
        try:
            record = record_of(folder)
            await asyncio.sleep(4)  # longer than the keeper lingers
            assert is_alive(record.pid), "the other command still uses the server"
        finally:
            end(other)
        assert eventually(lambda: not is_alive(record.pid))
        assert eventually(lambda: not locks.is_held(folder.keeper_lock))

    asyncio.run(scenario())


def test_the_server_of_a_killed_command_is_adopted_with_its_runs(folder: StateFolder) -> None:
    async def scenario() -> None:
        owner = await asyncio.to_thread(holder, folder)
        record = record_of(folder)
        end(owner)
        async with embedded(folder) as server:
            assert record_of(folder) == record
            await start_a_run(server, "kept")
            assert await status_of(server, "kept") == WorkflowExecutionStatus.RUNNING

    asyncio.run(scenario())


def test_a_killed_server_comes_back_on_the_same_address_with_its_runs(folder: StateFolder) -> None:
    async def scenario() -> None:
        async with embedded(folder) as server:
            await start_a_run(server, "kept")
            os.kill(record_of(folder).pid, signal.SIGKILL)
            async with embedded(folder) as again:
                assert again.address == server.address
                assert await status_of(again, "kept") == WorkflowExecutionStatus.RUNNING

    asyncio.run(scenario())


def test_the_server_that_a_killed_keeper_left_behind_is_replaced(folder: StateFolder) -> None:
    async def scenario() -> None:
        async with embedded(folder) as server:
            await start_a_run(server, "kept")
            left = record_of(folder)
            os.kill(left.keeper, signal.SIGKILL)
            assert eventually(lambda: not locks.is_held(folder.keeper_lock))
            assert is_alive(left.pid)
            async with embedded(folder) as again:
                assert record_of(folder).keeper != left.keeper
                assert not is_alive(left.pid), "two servers on one database"
                assert again.address == server.address
                assert await status_of(again, "kept") == WorkflowExecutionStatus.RUNNING

    asyncio.run(scenario())


def test_retention_and_attributes_are_set_and_setting_them_again_changes_nothing(folder: StateFolder) -> None:
    async def scenario() -> None:
        async with embedded(folder) as server:
            client = await Client.connect(server.address, namespace=server.namespace)
            namespace = await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=server.namespace)
            )
            assert namespace.config.workflow_execution_retention_ttl.ToTimedelta().days == 90
            listed = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=server.namespace)
            )
            assert {name: listed.custom_attributes[name] for name in ATTRIBUTES} == ATTRIBUTES
            assert len(ATTRIBUTES) == 6
            assert await register_attributes(client) == []

    asyncio.run(scenario())


def test_a_server_that_cannot_start_says_why(folder: StateFolder) -> None:
    folder.root.mkdir(parents=True)
    folder.database.mkdir()  # not a database

    async def scenario() -> None:
        async with embedded(folder):
            pass

    with pytest.raises(ServerFailed, match="unable to open database file"):
        asyncio.run(scenario())


def test_the_state_folder_is_what_was_asked_for_else_the_environments_else_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STEADFLOW_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert state_folder().root == tmp_path / "xdg" / "steadflow"
    monkeypatch.setenv("STEADFLOW_STATE", str(tmp_path / "environment"))
    assert state_folder().root == tmp_path / "environment"
    assert state_folder(tmp_path / "chosen").root == tmp_path / "chosen"
