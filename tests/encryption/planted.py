"""A flow that carries planted words through every door, and what it needs: tools, a model, somebody who answers.

Each word says where it was planted, so a test that finds one names the leak.
"""

import base64
import re
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from temporalio.worker import Worker

from dsl.values.codec import encoded
from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage, RunOptions
from interpreter.client.client import Client, connect_embedded
from interpreter.client.errors import RunCancelled, RunFailed
from interpreter.encryption.keyring import Keyring
from interpreter.stores.kept_files import File
from interpreter.stores.store import digest_of
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import eventually

QUEUE = "planted"
LARGE = "largeword " * 10_000
ADDRESS = digest_of(encoded(LARGE))
"""By which anybody could tell a run with this value from another."""
WORDS = tuple(
    f"{door}word"
    for door in (
        *("input", "argument", "result", "large", "declared", "detail", "crash", "prompt", "model", "question"),
        *("answer", "note", "person", "requester", "child", "failed", "kindred", "quick", "stumble", "lock"),
        *("file", "name", "sent", "again", "second"),
    )
)
PLANTED = (*WORDS, ADDRESS)

FLOW = """
edition 1
type Case { word: text, person: text }
tool desk.look(word: text) -> text read { timeout 6m }
tool desk.report(word: text) -> text read { timeout 6m }
tool desk.measure(body: text) -> int read
tool desk.declared(word: text) -> text write { timeout 6m errors Closed compensate none "it is only written down" }
tool desk.crash(word: text) -> text read { timeout 6m retry 1 times backoff 1s to 1s }
tool desk.quick(word: text) -> text read quick
tool desk.scan(word: text) -> file read
agent reader(scan: file, sent: file) -> text { model "planted" prompt "againword {{ scan }} {{ sent }}" }
agent writer(word: text) -> text {
  model "planted"
  instructions "say something"
  prompt "promptword {{ word }}"
}
flow below(word: text) -> text {
  step seen = desk.look(word: "childword {{ word }}")
  return seen
}
flow waiting(word: text) -> text {
  await approval stay "inputword {{ word }}?" { from "team" timeout 4m then reject }
  return word
}
flow main(case: Case, sent: file) -> text budget 1h {
  await event nudge as nudged: text timeout 10ms else { }  # so what may take long is carried by runs of its own
  step scan = desk.scan(word: "x")
  step read = reader(scan, sent)
  step more = reader(sent, scan) { continue transcript(read) }
  step seen = desk.look(word: "argumentword {{ case.word }}")
  step large = desk.report(word: seen)
  step size = desk.measure(body: large)
  step told = writer(word: case.word)
  step child = below(word: case.word)
  exclusive by "lockword {{ case.word }}" { step fast = desk.quick(word: "fine") }
  try { step slipped = desk.quick(word: "slip") } on error { sleep 1ms }
  var closed = ""
  try { step closed_one = desk.declared(word: "x") } on error e { set closed = "kindredword {{ e.message }}" }
  await approval ok "questionword {{ closed }}?" {
    show told
    answer { text: text }
    from person case.person timeout 4m then reject
  }
  if not ok.approved { return "refused" }
  try { step broken = desk.crash(word: "x") } on error { set closed = "" }
  if ok.answer.text == "fail" { return "{{ told }} {{ child }}" }
  fail "failedword {{ ok.answer.text }}"
}
"""


@tool("desk.look")
def look(word: str) -> str:
    return f"resultword of {len(word)}"


@tool("desk.report")
def report(word: str) -> str:
    return LARGE


@tool("desk.measure")
def measure(body: str) -> int:
    return len(body)


@tool("desk.declared")
def declared(word: str) -> str:
    raise ToolError("Closed", "declaredword", details={"why": "detailword"})


@tool("desk.quick")
def quick(word: str) -> str:
    if word == "slip":
        raise ValueError("stumbleword")
    return f"quickword {word}"


@tool("desk.crash")
def crash(word: str) -> str:
    try:
        raise KeyError("crashword below")
    except KeyError as error:
        raise RuntimeError(f"crashword at attempt {current().attempt}") from error


@tool("desk.scan")
def scan(word: str) -> File:
    return File(b"fileword in a file", "nameword.txt")


TOOLS = [scan, look, report, measure, declared, crash, quick]


class Planted:
    """The model."""

    async def chat(self, request: ChatRequest) -> ChatResult:
        if request.talk is not None and request.talk.messages:
            return ChatResult("secondword", ChatUsage(1, 1), "planted")
        return ChatResult("modelword", ChatUsage(1, 1), "planted")

    async def close(self) -> None:
        """Nothing is open."""


def plugin(client: Client, **changes: Any) -> FlowPlugin:
    return FlowPlugin(TOOLS, store=client.store, provider=Planted(), **changes)


@asynccontextmanager
async def serving(state: Path, keys: Keyring) -> AsyncIterator[Client]:
    """A client on the server of a state folder, and a worker beside it."""
    client = await connect_embedded(state, keys=keys)
    async with client, Worker(client.temporal, task_queue=QUEUE, plugins=[plugin(client)]):
        yield client


async def carry_through(client: Client, id_: str, *, eagerly: bool) -> None:
    """Run the flow to its bad end, asked, answered and looked at."""
    case = {"word": "inputword", "person": "personword"}
    given = {"case": case, "sent": File(b"sentword in another", "s.txt")}
    options = RunOptions(continue_eagerly=eagerly)
    run = await client.submit(
        FLOW,
        given,
        id=id_,
        flow="main",
        task_queue=QUEUE,
        requester="requesterword",
        options=options,
    )

    async def asked() -> bool | None:
        return bool((await run.state()).questions) or None

    await eventually(asked)
    await run.approve("ok", {"text": "answerword"}, by="personword", note="noteword")
    try:
        await run.result()
    except RunFailed as error:
        assert "failedword answerword" in str(error)  # noqa: PT017 - the other end is none
    else:
        raise AssertionError("the flow fails")


async def cancel_one(client: Client, id_: str) -> None:
    """What it came to is kept where its end stands."""
    run = await client.submit(FLOW, {"word": "inputword"}, id=id_, flow="waiting", task_queue=QUEUE)

    async def asked() -> bool | None:
        return bool((await run.state()).questions) or None

    await eventually(asked)
    await run.cancel()
    try:
        await run.result()
    except RunCancelled:
        return
    raise AssertionError("the run was cancelled")


def found_in(folder: Path, words: Iterable[str] = PLANTED) -> dict[str, list[str]]:
    """Which words stand in which files, or are their names, by file."""
    contents = {name: name.replace("/", "").encode() + content for name, content in _contents(folder)}
    found = {name: [word for word in words if word.encode() in content] for name, content in contents.items()}
    return {name: words for name, words in found.items() if words}


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            yield str(file.relative_to(folder)), content + b"".join(_inflated(content))


def _inflated(content: bytes) -> Iterator[bytes]:
    """What stands in it compressed, as states and records do, as far as it stands in one piece."""
    for found in re.findall(rb"e[JN][A-Za-z0-9+/]{40,}={0,2}", content):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(base64.b64decode(found[: len(found) // 4 * 4]))
