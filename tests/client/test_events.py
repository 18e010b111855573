"""Events are sent to a run, by the Python API and the command, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import Worker

from interpreter import api
from interpreter.boundary.names import SEND_SIGNAL
from interpreter.boundary.payloads import RunOptions
from interpreter.boundary.send import Send
from interpreter.client.client import Client
from interpreter.worker.plugin import FlowPlugin
from tests.client.test_client import until
from tests.client.test_telling import command

FLOW = """edition 1
type Mail { subject: text, pages: int at least 1 = 1 }
flow talk(customer: text) -> [text] budget 9d {
  var seen: [text] at most 20 = []
  loop mails budget 20 iterations {
    await event mail: Mail from customer at most 3 waiting timeout 1d else { break mails }
    set seen = last(seen + ["{{ mail.subject }} {{ mail.pages }} {{ mail.by }}"], 20)
    if mail.subject == "stop" { break mails }
  }
  return seen
}
"""


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Client]:
    (folder / "talk.flow").write_text(FLOW)
    async with await api.connect(state_dir=folder) as client:
        plugin = FlowPlugin(store=client.store)
        async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
            yield client


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("events")


@pytest.mark.slow
async def test_events_are_sent_by_python_and_by_the_command(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    async with served(folder) as client:
        run = await client.submit(folder / "talk.flow", {"customer": "c-1"}, options=RunOptions(continue_eagerly=True))
        reply = await run.send("mail", {"subject": "one", "more": True}, key="c-1", by="ada", id="1")
        assert reply.message == "the run has `mail`"
        with pytest.raises(api.EventRefused, match="it waits for `mail`"):
            await run.send("male", {"subject": "two"}, by="ada")
        with pytest.raises(api.EventRefused, match="pages: at least 1"):
            await run.send("mail", {"subject": "two", "pages": 0}, by="ada")

        async def continued() -> int:
            return (await run.state()).continuations.get("all", 0)

        await until(continued, lambda count: count > 0)
        assert (await run.send("mail", {"subject": "one", "more": True}, key="c-1", by="ada", id="1")).message == (
            "this was sent before"
        )
        with pytest.raises(api.EventRefused, match="under this id before"):
            await run.send("mail", {"subject": "another"}, key="c-1", by="ada", id="1")
        arguments = ("send", run.id, "mail", "subject=two", "pages=2", "--key", "c-1", "--by", "eve")
        assert await asyncio.to_thread(command, *arguments) == (0, "the run has `mail`\n", "")
        code, _, err = await asyncio.to_thread(command, "send", run.id, "mail", "subject=two", "--id", "1")
        assert (code, err) == (1, "error: an event was sent under this id before, and it was another one\n")
        await run.handle.signal(SEND_SIGNAL, Send("s", "mail", {"subject": "by signal"}, "bob", "c-1"))
        await run.send("mail", {"subject": "stop"}, key="c-1", by="ada")
        assert await run.result() == ["one 1 ada", "two 2 eve", "by signal 1 bob", "stop 1 ada"]
        with pytest.raises(api.RunOver):
            await run.send("mail", {"subject": "x"}, by="ada")


async def test_what_nobody_has_taken_is_shown(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    async with served(folder) as client:
        run = await client.submit(folder / "talk.flow", {"customer": "c-1"}, id="keeps")
        await run.send("mail", {"subject": "one"}, key="c-2", by="ada", id="1")
        await run.send("mail", {"subject": "two"}, by="eve", id="2")
        assert [(each.id, each.name, each.key, each.by) for each in (await run.state()).kept] == [
            ("1", "mail", "c-2", "ada"),
            ("2", "mail", None, "eve"),
        ]
        code, out, _ = await asyncio.to_thread(command, "show", "keeps")
        assert code == 0
        assert "events that nobody has taken yet:\n  mail from c-2: sent by ada " in out
        assert "\n  mail: sent by eve " in out
        await run.cancel()


async def test_a_full_queue_refuses_and_has_room_again(folder: Path) -> None:
    async with served(folder) as client:
        run = await client.submit(folder / "talk.flow", {"customer": "c-1"})
        for _ in range(3):
            await run.send("mail", {"subject": "x"}, key="c-2", by="ada")
        with pytest.raises(api.QueueFull, match="3 events `mail` of this key wait to be taken already"):
            await run.send("mail", {"subject": "x"}, key="c-2", by="ada")
        await run.send("mail", {"subject": "stop"}, key="c-1", by="ada")
        assert await run.result() == ["stop 1 ada"]


async def test_more_come_at_a_time_than_a_server_takes(folder: Path) -> None:
    """It refuses the eleventh update under way, and gives up others when many wait."""
    text = FLOW.replace("at most 3 waiting", "at most 100 waiting")
    async with served(folder) as client:
        run = await client.submit(text, {"customer": "c-1"})
        sends = (run.send("mail", {"subject": str(number)}, key="c-2", by="ada") for number in range(80))
        assert {reply.message for reply in await asyncio.gather(*sends)} == {"the run has `mail`"}
        await run.send("mail", {"subject": "stop"}, key="c-1", by="ada")
        assert await run.result() == ["stop 1 ada"]


async def test_more_start_or_send_at_a_time_than_a_server_takes(folder: Path) -> None:
    """The run is one, and has each of them."""
    text = FLOW.replace("at most 3 waiting", "at most 100 waiting").replace("20 iterations", "60 iterations")
    text = text.replace("at most 20 =", "at most 60 =").replace('"], 20)', '"], 60)').replace("-> [text]", "-> int")
    text = text.replace("return seen", "return len(distinct(seen))")
    async with served(folder) as client:

        async def mail(subject: str) -> api.Run:
            given = {"subject": subject}
            return await client.start_or_send(
                text, {"customer": "c"}, id="talk-many", event="mail", value=given, key="c", by="ada"
            )

        runs = await asyncio.gather(*(mail(str(number)) for number in range(40)))
        assert {run.id for run in runs} == {"talk-many"}
        await mail("stop")
        assert await runs[0].result() == 41


async def test_a_run_is_started_by_its_first_event_and_is_the_same_for_the_next(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    async with served(folder) as client:

        async def mail(subject: str, event: str = "mail") -> api.Run:
            return await client.start_or_send(
                folder / "talk.flow",
                {"customer": "c-9"},
                id="talk-c-9",
                event=event,
                value={"subject": subject},
                key="c-9",
                by="ada",
            )

        with pytest.raises(api.EventRefused, match="waits for no event `letter`"):
            await mail("nothing", "letter")
        with pytest.raises(api.UnknownRun):
            await client.run("talk-c-9").describe()
        subjects = [f"m{number}" for number in range(6)]
        runs = await asyncio.gather(*(mail(subject) for subject in subjects))
        assert {run.id for run in runs} == {"talk-c-9"}
        arguments = ("send", "talk-c-9", "mail", "subject=stop", "--key", "c-9", "--by", "eve")
        start = ("--start", str(folder / "talk.flow"), "--input", '{"customer": "c-9"}')
        assert await asyncio.to_thread(command, *arguments, *start) == (0, "the run has `mail`\n", "")
        *seen, last = await runs[0].result()
        assert sorted(seen) == [f"{subject} 1 ada" for subject in subjects]
        assert last == "stop 1 eve"
        await mail("stop")
        assert await client.run("talk-c-9").result() == ["stop 1 ada"], "one that is over is begun anew"


ASKED = """edition 1
flow shop() -> int budget 9d {
  loop orders budget 5 iterations {
    await event order: { count: int } reply { id: text, price: decimal } timeout 1d else { break orders }
    if order.count == 0 { return 0 }
    sleep 300ms
    respond order { id: "o-{{ order.count }}", price: 9.90 }
  }
  return 5
}
"""


async def test_who_asks_waits_for_the_reply_also_while_the_run_continues(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    async with served(folder) as client:
        run = await client.submit(ASKED, {}, options=RunOptions(continue_eagerly=True))
        asked = [asyncio.create_task(run.ask("order", {"count": count}, by="ada", id=f"o{count}")) for count in (1, 2)]
        assert await asyncio.gather(*asked) == [{"id": "o-1", "price": "9.90"}, {"id": "o-2", "price": "9.90"}]
        assert await run.ask("order", {"count": 1}, by="ada", id="o1") == {"id": "o-1", "price": "9.90"}
        arguments = ("send", run.id, "order", "count=3", "--wait")
        code, out, _ = await asyncio.to_thread(command, *arguments)
        assert (code, out) == (0, '{\n  "id": "o-3",\n  "price": "9.90"\n}\n')
        with pytest.raises(api.EventUnanswered, match="it has ended without one"):
            await run.ask("order", {"count": 0}, by="ada")
        await run.result()
        assert await run.ask("order", {"count": 1}, by="ada", id="o1") == {"id": "o-1", "price": "9.90"}, "it is kept"
        for id in (None, "o4"):
            with pytest.raises(api.RunOver):
                await run.ask("order", {"count": 4}, by="ada", id=id)


async def test_who_starts_a_run_by_an_event_waits_for_the_reply(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("STEADFLOW_STATE", str(folder))
    (folder / "shop.flow").write_text(ASKED.replace("5 iterations", "2 iterations"))
    async with served(folder):
        arguments = ("send", "shop-1", "order", "count=7", "--start", str(folder / "shop.flow"), "--wait")
        for _ in range(2):
            assert await asyncio.to_thread(command, *arguments) == (0, '{\n  "id": "o-7",\n  "price": "9.90"\n}\n', "")


def test_scripts_without_async_send_too(folder: Path) -> None:
    with api.connect_sync(state_dir=folder) as client, pytest.raises(api.UnknownRun):
        client.run("nobody").send("mail", {"subject": "x"}, by="ada")
