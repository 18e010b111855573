"""People speak to an agent that is under way, by the Python API and the command, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import Worker

from interpreter import api
from interpreter.boundary.payloads import ChatRequest, ChatResult, RunOptions
from interpreter.cli.group import run_command
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.simulation.world import spoken
from interpreter.worker.plugin import FlowPlugin
from tests.client.test_client import asked, until

FLOW = """edition 1
tool shop.refund(order: text) -> { ref: text } irreversible keyed final
agent helper(question: text) -> text {
  model "gpt-4o"
  prompt "{{ question }}"
  use shop.refund after approval from "leads" timeout 1h then reject
  budget 4 turns
}
flow desk(question: text) -> text budget 1h, 100k tokens {
  step reply = helper(question)
  return reply
}
"""


@dataclass
class Listening:
    """Rehearses, and keeps what it has heard."""

    heard: list[list[str]] = field(default_factory=list)

    async def chat(self, request: ChatRequest) -> ChatResult:
        assert request.talk is not None
        self.heard.append(spoken(request.talk.messages))
        return await RehearsalProvider().chat(request)

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def desk(folder: Path, **options: Any) -> AsyncIterator[tuple[api.Run, Listening]]:
    """A run whose agent waits until somebody has said yes or no."""
    model = Listening()
    (folder / "desk.flow").write_text(FLOW)
    async with await api.connect(state_dir=folder) as client:
        plugin = FlowPlugin(provider=model, store=client.store)
        async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
            run = await client.submit(folder / "desk.flow", {"question": "Refund 7?"}, options=RunOptions(**options))
            await asked(run)
            yield run, model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telling")


async def test_what_is_told_is_heard_with_the_words_of_a_rejection(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    async with desk(folder) as (run, model):
        with pytest.raises(
            api.TellRefused, match="no agent with a conversation is under way at `other`; there is `reply`"
        ):
            await run.tell("Hello.", "other", by="ada")
        reply = await run.tell("Only refunds under 50.", by="ada")
        assert (reply.outcome, reply.message) == ("told", "`reply` hears it before its next turn")
        code, out, err = await asyncio.to_thread(command, "tell", run.id, "desk / reply", "Be kind.", "--by", "eve")
        assert (code, out, err) == (0, "`reply` hears it before its next turn\n", "")
        code, out, _ = await asyncio.to_thread(command, "show", run.id)
        assert ": told, by ada: Only refunds under 50.\n" in out, out
        await run.reject(by="ada", group="leads", note="too much")
        await run.result()
        notes = [note.detail for note in (await run.state()).notes if note.kind == "told"]
        assert notes == ["by ada: Only refunds under 50.", "by eve: Be kind."]
        with pytest.raises(api.RunOver):
            await run.tell("Hello.", by="ada")
    *_, rejected, told = model.heard[-1]
    assert "rejected, and not made: too much" in rejected
    first, second = told.removeprefix("user ").split("\n\n")
    assert first.startswith("ada, 20")
    assert first.endswith("Z: Only refunds under 50.")
    assert second.startswith("eve, 20")
    assert second.endswith("Z: Be kind.")


async def test_the_same_message_is_heard_once_however_often_it_comes(folder: Path) -> None:
    async with desk(folder, continue_eagerly=True) as (run, model):
        await run.tell("Be kind.", by="ada", id="one")

        async def continued() -> int:
            return (await run.state()).continuations.get("all", 0)

        before = await continued()
        await run.tell("Be quick.", by="ada", id="two")
        await until(continued, lambda count: count > before)
        assert (await run.tell("Be kind.", by="ada", id="one")).message == "this was told before"
        with pytest.raises(api.TellRefused, match="told under this id before"):
            await run.tell("Be rude.", by="ada", id="one")
        await run.reject(by="ada", group="leads")
        await run.result()
    assert str(model.heard[-1]).count("Be kind.") == 1


def test_scripts_without_async_speak_too(folder: Path) -> None:
    with api.connect_sync(state_dir=folder) as client, pytest.raises(api.UnknownRun):
        client.run("nobody").tell("Hello.", by="ada")


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command(list(arguments))
    return code, out.getvalue(), err.getvalue()
