"""Servers that nobody here wrote, from npm: over stdio and over HTTP, pinned by `dsl lock`, called in runs, killed.

`make servers` installs them; without them these tests are skipped, unless STEADFLOW_NEEDS_SERVERS is set.
"""

import asyncio
import re
import signal
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.boundary.failures import OUTCOME_UNKNOWN, SERVER_UNAVAILABLE
from interpreter.cli.group import run_command
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.other_servers import MODULES, free_port, listening, needed
from tests.live.runs import LiveRun, Runs

SERVERS = MODULES / "@modelcontextprotocol"
pytestmark = needed(SERVERS)

FILES = """
tools fs from mcp "node {modules}/server-filesystem/dist/index.js {root}" {
  tool read_text_file(path: text, head: int?) -> { content: text } read { errors NotFound when "ENOENT" }
  tool write_file(path: text, content: text) idempotent
  tool list_directory(path: text) -> { content: text } read
  tool read_media_file(path: text) -> json read
}
"""
EVERYTHING = """
tools every from mcp "ADDRESS" {
  tool echo(message: text) -> text read
  tool sum(a: number, b: decimal) -> text from "get-sum" read
  tool weather(location: "Chicago" | "New York") -> { temperature: number, humidity: number }
    from "get-structured-content" read
  tool picture() -> { content: [{ type: text, mimeType: text? }] } from "get-tiny-image" read
  tool long(duration: int, steps: int) -> text from "trigger-long-running-operation" read
  tool long_write(duration: int, steps: int) -> text from "trigger-long-running-operation" write final {
    verify none "counted at night"
  }
  resource page(id: int) -> text from "demo://resource/dynamic/text/{id}"
}
"""
STDIO = "node {modules}/server-everything/dist/index.js stdio"


@dataclass
class Place:
    """A folder with a flow file, its lock file and its settings."""

    folder: Path
    declared: str
    address: str
    runs: Runs | None = None

    async def start(self, body: str) -> LiveRun:
        assert self.runs is not None
        return await self.runs.start(f"edition 1\n{self.declared}\nflow f() -> json {{ {body} }}")

    async def value(self, body: str) -> Any:
        return await (await self.start(body)).value()


async def place(folder: Path, declared: str, temporal: str) -> Place:
    """Locked by the command, as a user does."""
    every = [f"step {prefix}.{name}({arguments(given)})" for prefix, name, given in _declared(declared)]
    (folder / "every.flow").write_text(f"edition 1\n{declared}\nflow every_one() {{ {' '.join(every)} }}")
    (folder / "files").mkdir(exist_ok=True)
    (folder / "steadflow.toml").write_text(
        "\n".join(f'[mcp.{name}]\nmodules = "{SERVERS}"\nroot = "{folder / "files"}"' for name in ("fs", "every"))
    )
    assert await asyncio.to_thread(run_command, ["lock", str(folder / "every.flow")]) == 0
    return Place(folder, declared, temporal)


def _declared(text: str) -> Iterator[tuple[str, str, str]]:
    prefix = ""
    for found in re.finditer(r"tools (\w+)|(?:tool|resource) (\w+)\((.*?)\)", text):
        prefix = found[1] or prefix
        if found[2]:
            yield prefix, found[2], found[3]


def arguments(given: str) -> str:
    samples = {"text": '"x"', "int": "1", "number": "1", "decimal": "1", '"Chicago"': '"Chicago"'}
    pairs = [one.split(": ", 1) for one in given.split(", ") if one and not one.endswith("?")]
    return ", ".join(f"{name}: {samples[kind.split(' ')[0]]}" for name, kind in pairs)


@asynccontextmanager
async def worked_on(where: Place) -> AsyncIterator[Place]:
    client = await Client.connect(where.address)
    where.runs = Runs(client, uuid.uuid4().hex, MemoryStore())
    plugin = FlowPlugin([], [where.folder / "every.flow"], store=where.runs.store)
    async with Worker(client, task_queue=where.runs.task_queue, plugins=[plugin]):
        yield where


async def test_files_are_written_and_read(tmp_path: Path, temporal_address: str) -> None:
    files = tmp_path / "files"
    async with worked_on(await place(tmp_path, FILES, temporal_address)) as fs:
        body = f"""
          step w = fs.write_file(path: "{files}/a.txt", content: "one\\ntwo\\n")
          step r = fs.read_text_file(path: "{files}/a.txt", head: 1)
          step l = fs.list_directory(path: "{files}")
          return [r.content, l.content]"""
        assert await fs.value(body) == ["one", "[FILE] a.txt"]
        missing = (
            f'try {{ step r = fs.read_text_file(path: "{files}/b.txt") }} on error NotFound as e {{ return "none" }}'
        )
        assert await fs.value(f"{missing} return null") == "none"
        (files / "p.png").write_bytes(b"\x89PNG" + bytes(200_000))
        run = await fs.start(f'step m = fs.read_media_file(path: "{files}/p.png") return m')
        await run.value()
        assert sum(len(event.SerializeToString()) for event in await run.events()) < 20_000


async def test_outside_of_its_folder_a_server_refuses(tmp_path: Path, temporal_address: str) -> None:
    async with worked_on(await place(tmp_path, FILES, temporal_address)) as fs:
        failure = await (await fs.start('step r = fs.read_text_file(path: "/etc/hostname") return r')).failure()
        assert "Access denied" in failure.message


BODY = """
  parallel {
    step e = every.echo(message: "hello")
    step s = every.sum(a: 1.5, b: decimal("2.25"))
    step w = every.weather(location: "Chicago")
    step p = every.picture()
    step r = every.page(id: 7)
    step l = every.long(duration: 1, steps: 2)
  }
  return [e, s, w.humidity > 0, [part.mimeType for part in p.content if part.type == "image"], r, l]"""


def _as_expected(value: Any) -> bool:
    echo, total, humid, kinds, page, long = value
    return (
        (echo, humid, kinds) == ("Echo: hello", True, ["image/png"])
        and "3.75" in total
        and "Resource 7" in page
        and "completed" in long
    )


async def test_everything_over_stdio(tmp_path: Path, temporal_address: str) -> None:
    async with worked_on(await place(tmp_path, EVERYTHING.replace("ADDRESS", STDIO), temporal_address)) as every:
        value = await every.value(BODY)
        assert _as_expected(value), value


def over_http(port: int) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    command = ["node", str(SERVERS / "server-everything/dist/index.js"), "streamableHttp"]
    return listening(command, port, {"PORT": str(port)})


async def test_everything_over_http_through_kills_of_the_server(tmp_path: Path, temporal_address: str) -> None:
    port = free_port()
    declared = EVERYTHING.replace("ADDRESS", f"http://127.0.0.1:{port}/mcp")
    with over_http(port) as first:
        async with worked_on(await place(tmp_path, declared, temporal_address)) as every:
            value = await every.value(BODY)
            assert _as_expected(value), value
            reading = await every.start("step l = every.long(duration: 4, steps: 2) return l")
            writing = await every.start("step l = every.long_write(duration: 4, steps: 2) return l")
            await asyncio.gather(_called(reading), _called(writing))
            await asyncio.sleep(1)
            first.send_signal(signal.SIGKILL)
            failure = await writing.failure()
            assert failure.kind == OUTCOME_UNKNOWN
            waiting = await reading.seen(_unavailable)
            assert "Connect" in waiting
            with over_http(port):
                assert "completed" in await reading.value()
                assert await every.value('step e = every.echo(message: "again") return e') == "Echo: again"


async def test_a_session_that_a_server_has_forgotten_costs_no_attempt(tmp_path: Path, temporal_address: str) -> None:
    port = free_port()
    declared = EVERYTHING.replace("ADDRESS", f"http://127.0.0.1:{port}/mcp")
    with over_http(port) as first:
        async with worked_on(await place(tmp_path, declared, temporal_address)) as every:
            await every.value('step e = every.echo(message: "once") return e')
            first.kill()
            first.wait()
            with over_http(port):
                run = await every.start("step l = every.long_write(duration: 1, steps: 1) return l")
                assert "completed" in await run.value()


async def _called(run: LiveRun) -> None:
    await run.noted("started l")


def _unavailable(view: Any) -> str | None:
    details = [note.detail for note in view.notes if note.kind == "retrying"]
    return next((detail for detail in details if detail.startswith(SERVER_UNAVAILABLE)), None)
