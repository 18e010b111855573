"""A tool of an MCP server, as the function of a tool: what it is asked, and what each end says of the effect."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.testing import ActivityEnvironment

from dsl.ast.declarations import ErrorText, Served, ToolDeclaration
from dsl.ast.types import Field, NamedType, RecordType
from interpreter.activities.context import CALL, ToolContext
from interpreter.activities.errors import ToolError
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.served import LONGEST_START, ServedFunction
from interpreter.boundary.failures import NOT_CALLED, SERVER_UNAVAILABLE, TIMED_OUT, TOOL_CHANGED, UNDECLARED
from interpreter.mcp.errors import AnswerLost, ServerSaysNo, ServerUnavailable, ToolChanged, Unusable
from interpreter.mcp.pins import Pin
from interpreter.mcp.sending import Sending
from interpreter.mcp.servers import Servers

TOTAL = RecordType((Field("total", NamedType("int")),))
NUMBER = {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]}
TEXT = {"content": [{"type": "text", "text": "hello"}]}
DESK = Served("desk", "npx desk", tool="count")


class Played:
    """Servers that give, or raise, what a test says."""

    def __init__(self, answer: Any, *, begun: bool = True) -> None:
        self.answer, self.begun = answer, begun
        self.seen: list[tuple[tuple[str, dict[str, Any]], float]] = []

    async def ask(self, _server: Any, _pin: Pin, request: Any, within: float, sending: Sending) -> Any:
        self.seen.append((request, within))
        sending.begun = self.begun
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def tool(played: Played, served: Served = DESK, returns: Any = None, said: Mapping[str, Any] | None = None) -> Any:
    declaration = cast(ToolDeclaration, SimpleNamespace(name="desk.count", returns=returns))
    kind, key = ("tool", "count") if served.resource is None else ("resource", served.resource)
    return ServedFunction(declaration, served, {}, Pin(kind, key, said or {}), cast(Servers, played))


async def called(function: Any, *, seconds: float | None = 30, cancelled: Any = None, **arguments: Any) -> Any:
    CALL.set(ToolContext("key-1", 2, "main/a", "w"))
    environment = ActivityEnvironment()
    timeout = None if seconds is None else timedelta(seconds=seconds)
    environment.info = replace(environment.info, start_to_close_timeout=timeout)

    async def call() -> Any:
        if cancelled is not None:
            environment.cancel(cancelled)
            with pytest.raises(asyncio.CancelledError):
                await asyncio.sleep(1)
        return await function(**arguments)

    return await environment.run(call)


async def fails(function: Any, **more: Any) -> tuple[str, str, bool]:
    with pytest.raises(SaidByWorker) as caught:
        await called(function, **more)
    return caught.value.kind, caught.value.message, caught.value.at_work


async def test_a_tool_is_asked_by_the_servers_own_name_with_the_key_and_the_attempt() -> None:
    played = Played(TEXT)
    said = {"inputSchema": {"type": "object", "properties": {"page": {"type": "string"}}}}
    assert await called(tool(played, returns=NamedType("text"), said=said), page="a") == "hello"
    meta = {"steadflow/key": "key-1", "steadflow/attempt": 2}
    assert played.seen == [(("tools/call", {"name": "count", "arguments": {"page": "a"}, "_meta": meta}), 15.0)]


async def test_a_resource_is_read_by_its_address() -> None:
    played = Played({"contents": [{"uri": "notes://a%2Fb", "text": "hello"}]})
    served = Served("desk", "npx desk", resource="notes://{name}")
    assert await called(tool(played, served, NamedType("text")), seconds=None, name="a/b") == "hello"
    ((method, asked), within) = played.seen[0]
    assert (method, asked["uri"], within) == ("resources/read", "notes://a%2Fb", LONGEST_START)


@pytest.mark.parametrize(("seconds", "within"), [(2, 1.0), (119, 59.5), (120, 60.0), (121, 60.0)])
async def test_a_server_that_starts_is_waited_for_half_of_the_time(seconds: float, within: float) -> None:
    played = Played(TEXT)
    await called(tool(played), seconds=seconds)
    assert played.seen[0][1] == within


async def test_arguments_that_the_server_does_not_take_are_not_sent() -> None:
    played = Played(TEXT)
    said = {"inputSchema": {"type": "object", "properties": {"page": {"type": "string"}}}}
    kind, words, _ = await fails(tool(played, said=said), page=3)
    assert (kind, played.seen) == (NOT_CALLED, [])
    assert words == "the server takes other arguments: page: 3 is not of type 'string'"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ServerUnavailable("it is away"), (SERVER_UNAVAILABLE, "the server `desk`: it is away", False)),
        (Unusable("no command"), (SERVER_UNAVAILABLE, "the server `desk`: no command", False)),
        (AnswerLost("it died", at_work=True), (UNDECLARED, "the server `desk`: it died", True)),
        (AnswerLost("it died", at_work=False), (UNDECLARED, "the server `desk`: it died", False)),
        (ServerSaysNo(7, "no"), (UNDECLARED, "the server `desk` says: MCP error 7: no", False)),
        (ToolChanged("it is another", "+ x"), (TOOL_CHANGED, "it is another (`dsl lock` pins it anew)", False)),
    ],
)
async def test_what_each_end_without_an_answer_says(error: Exception, told: tuple[str, str, bool]) -> None:
    assert await fails(tool(Played(error))) == told


async def test_a_tool_that_was_changed_is_told_with_the_difference() -> None:
    with pytest.raises(SaidByWorker) as caught:
        await called(tool(Played(ToolChanged("it is another", "+ x"))))
    assert caught.value.details == {"server": "desk", "name": "count", "diff": "+ x"}


STOPPED = ActivityCancellationDetails(worker_shutdown=True)


@pytest.mark.parametrize(
    ("begun", "cancelled", "told"),
    [
        (False, None, (SERVER_UNAVAILABLE, "the server `desk` was not ready in time", False)),
        (True, None, (TIMED_OUT, "timed out; the server `desk` may be at work still", True)),
        (True, STOPPED, (UNDECLARED, "the call was given up; the server `desk` may be at work still", True)),
    ],
)
async def test_who_stops_waiting_says_whether_the_call_went_out(
    begun: bool, cancelled: Any, told: tuple[str, str, bool]
) -> None:
    assert await fails(tool(Played(asyncio.CancelledError(), begun=begun)), cancelled=cancelled) == told


UNFIT = "the answer of the server `desk` does not fit: "


@pytest.mark.parametrize(
    ("answer", "returns", "said", "given"),
    [
        ({"content": [], "structuredContent": {"total": 3}}, TOTAL, {}, {"total": 3}),
        ({"content": [], "structuredContent": {"total": 3}}, TOTAL, {"outputSchema": NUMBER}, {"total": 3}),
        ({"content": [], "structuredContent": {"total": 3}}, None, {"outputSchema": NUMBER}, None),
        (TEXT, TOTAL, {"outputSchema": NUMBER}, f"{UNFIT}there is no structured content, which its schema promises"),
        (
            {"content": [], "structuredContent": {"total": "3"}},
            TOTAL,
            {"outputSchema": NUMBER},
            f"{UNFIT}total: '3' is not of type 'integer'",
        ),
        (
            {"resultType": "elicit"},
            TOTAL,
            {},
            f"{UNFIT}it asks for more before it goes on (elicit), which no run can give",
        ),
        (
            {"content": [{"type": "image"}]},
            NamedType("text"),
            {},
            f"{UNFIT}the answer has no text, but image; declare `{{ content: [json] }}` to get it",
        ),
    ],
)
async def test_only_an_answer_that_fits_is_one(answer: Any, returns: Any, said: Any, given: Any) -> None:
    function = tool(Played(answer), returns=returns, said=said)
    if isinstance(given, str):
        assert await fails(function) == (UNDECLARED, given, False)
    else:
        assert await called(function) == given


def wrong(text: str) -> dict[str, Any]:
    return {"isError": True, "content": [{"type": "text", "text": text}]}


async def test_an_error_of_the_server_is_known_by_its_words() -> None:
    told = (ErrorText("NotFound", "ENOENT"), ErrorText("Busy", "wait"))
    for answer, kind in (
        (wrong("ENOENT: wait"), "NotFound"),
        (wrong("wait"), "Busy"),
        (wrong("else"), "Odd"),
        (ServerSaysNo(7, "ENOENT"), "NotFound"),
    ):
        with pytest.raises(ToolError) as caught:
            await called(tool(Played(answer), replace_served(told=told, otherwise="Odd")))
        assert caught.value.kind == kind
    assert await fails(tool(Played(wrong("else")), replace_served(told=told))) == (
        UNDECLARED,
        "the server `desk` says: else",
        False,
    )


def replace_served(**more: Any) -> Served:
    return Served("desk", "npx desk", tool="count", **more)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "it says nothing of what went wrong"),
        (
            [{"type": "image"}],
            "the answer has no text, but image; declare `{ content: [json] }` to get it",
        ),
    ],
)
async def test_an_error_without_words_is_one_all_the_same(content: Any, words: str) -> None:
    answer = {"isError": True, "content": content}
    assert await fails(tool(Played(answer))) == (UNDECLARED, f"the server `desk` says: {words}", False)
