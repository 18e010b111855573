"""Tools that take and give files, of a worker of ours and of others, with and without what lies in the store."""

import base64
import os
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.expressions import values
from dsl.values.references import joined, parted
from interpreter.activities.capture import capture_activity
from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.objects import inline_activity
from interpreter.activities.running import ToolRunner
from interpreter.activities.tool import tool_activity
from interpreter.boundary.payloads import CaptureRequest, InlineRequest
from interpreter.stores.kept_files import LARGEST, File, UnusableFile, keep, media_type_of
from interpreter.stores.memory import MemoryStore
from interpreter.stores.values import keep_large
from interpreter.worker.tools import tool, tool_of
from interpreter.workflow.beside import result_of

PNG = b"\x89PNG\r\n\x1a\n and so on"


@dataclass
class Page:
    scan: File
    number: int


@tool("scans.copy")
def copy(scan: File, pages: list[Page]) -> Page:
    with scan.open() as opened:
        assert opened.read() == scan.bytes()
    assert all(page.scan.media_type == "image/png" for page in pages)
    return Page(File(scan.bytes() + b"!", f"copy of {scan.name}"), len(pages))


@activity.defn(name="scans.look")
async def look(arguments: dict[str, Any]) -> str:
    """An activity that knows nothing of flows."""
    scan = arguments["scan"]
    return f"{scan['name']} {scan['media_type']} {base64.b64decode(scan['data'])!r}"


@pytest.fixture
async def runner() -> AsyncIterator[ToolRunner]:
    one = ToolRunner(2)
    yield one
    one.close()


async def called(function: Any, store: MemoryStore, runner: ToolRunner, arguments: Any, *, inline: bool = False) -> Any:
    data, references = parted(arguments)
    if inline:
        made = await ActivityEnvironment().run(inline_activity(store), InlineRequest(data, references, 10**6))
        data, references, store = made.data, [], MemoryStore()
    run = tool_activity(tool_of(function), lambda *_: True, runner, store)
    token = HEADERS.set(CallHeaders(references=references))
    try:
        return await ActivityEnvironment().run(run, data)
    finally:
        HEADERS.reset(token)


@pytest.mark.parametrize("inline", [False, True], ids=["of ours", "on a queue of its own"])
async def test_a_tool_takes_and_gives_files(runner: ToolRunner, inline: bool) -> None:
    store = MemoryStore()
    scan = keep(store, File(PNG, "a.png"))
    answer = await called(copy, store, runner, {"scan": scan, "pages": [{"scan": scan, "number": 1}]}, inline=inline)
    given = result_of(answer)
    assert given["number"] == 1
    assert type(given["scan"]) is values.File
    assert (given["scan"].name, given["scan"].media_type) == ("copy of a.png", "image/png")
    if not inline:
        assert store.get(given["scan"].hash) == PNG + b"!"


async def test_an_activity_that_knows_no_flows_has_all_of_it(runner: ToolRunner) -> None:
    store = MemoryStore()
    scan = keep(store, File(PNG, "a.png"))
    assert await called(look, store, runner, {"scan": scan}) == f"a.png image/png {PNG!r}"


async def test_data_is_no_file_for_a_tool(runner: ToolRunner) -> None:
    with pytest.raises(ApplicationError, match="was not called"):
        await called(copy, MemoryStore(), runner, {"scan": {"name": "x", "sha256": "00"}, "pages": []})


async def test_one_that_is_gone_fails_the_tool_that_wants_it(runner: ToolRunner) -> None:
    scan = values.File("0" * 64, 3, "a.png", "image/png")
    with pytest.raises(ApplicationError, match="no object 0000"):
        await called(copy, MemoryStore(), runner, {"scan": scan, "pages": []})


async def test_one_that_is_made_up_can_be_read() -> None:
    store = MemoryStore()
    schema = {
        "type": "object",
        "properties": {"scan": {"type": "object", "format": "file", "pattern": "^(?:image/.*)$"}},
    }
    made = await ActivityEnvironment().run(capture_activity(store), CaptureRequest("scans.copy", schema))
    scan = result_of(made)["scan"]
    assert (scan.media_type, store.get(scan.hash)[1:4]) == ("image/png", b"PNG")


def test_what_a_file_is_known_as() -> None:
    assert media_type_of(PNG, "a.pdf") == "image/png"
    assert media_type_of(b"%PDF-1.7", "a") == "application/pdf"
    assert media_type_of(b"a;b", "a.CSV") == "text/csv"
    assert media_type_of(b"?", "a.odd") == "application/octet-stream"
    assert File(b"x", "../../etc/pass\nwd").name == "pass_wd"
    assert File(b"x", "a.txt", "text/html\nX: y").media_type == "text/plain"


def test_what_is_no_file() -> None:
    for source, name, words in ((b"x", None, "needs a name"), ("/no/such", None, "there is no file")):
        with pytest.raises(UnusableFile, match=words):
            File(source, name)
    with pytest.raises(UnusableFile, match="at most 50,000,000"):
        File(bytes(LARGEST + 1), "large")


def test_the_place_of_a_file_is_kept_beside_the_data() -> None:
    """An object that looks like one, wherever it comes from, is an object."""
    file = values.File("ab" * 32, 3, "a", "text/plain")
    data, beside = parted({"a": [file], "b": {"name": "a", "media_type": "text/plain", "size": 3}})
    assert beside == [[["a", 0], "ab" * 32, 3, "a", "text/plain"]]
    assert joined(data, beside) == {"a": [file], "b": {"name": "a", "media_type": "text/plain", "size": 3}}


def test_what_has_no_end_is_not_read_to_it(tmp_path: Path) -> None:
    """Its size is said to be nothing."""
    with pytest.raises(UnusableFile, match="has more bytes; a file has at most"):
        File("/dev/zero")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=(b"from another process",))
    writing.start()
    assert File(pipe).bytes() == b"from another process"
    writing.join()


@pytest.mark.parametrize("inline", [False, True], ids=["of ours", "on a queue of its own"])
async def test_files_of_lists_that_are_kept_elsewhere_are_given_like_others(runner: ToolRunner, inline: bool) -> None:
    store = MemoryStore()
    scans = [keep(store, File(PNG + bytes([number % 256]), f"{number}.png")) for number in range(600)]
    listed = keep_large(store, [{"scan": scan, "number": 1} for scan in scans])
    assert type(listed) is values.Reference
    answer = await called(copy, store, runner, {"scan": scans[0], "pages": listed}, inline=inline)
    assert result_of(answer)["number"] == 600
