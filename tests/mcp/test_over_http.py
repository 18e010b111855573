"""A server over HTTP that fails in each way that HTTP has: what is then known of the call, and what of the session."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import pytest_asyncio

from interpreter.mcp.errors import AnswerLost, ServerSaysNo, ServerUnavailable
from interpreter.mcp.pins import Pin
from interpreter.mcp.sending import Sending
from interpreter.mcp.server import Launch, Server
from interpreter.mcp.servers import Servers
from tests.live.runs import eventually

COUNT = {"name": "count", "inputSchema": {"type": "object"}}
PIN = Pin("tool", "count", {"inputSchema": {"type": "object"}})


@dataclass
class Plan:
    """`how` each call of the tool ends."""

    how: str = "answer"
    calls: int = 0
    sessions: int = 0
    tokens: list[str | None] = field(default_factory=list)


class Played(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan = Plan()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that is dropped is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: Played
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        plan = self.server.plan
        plan.tokens.append(self.headers["Authorization"])
        match request["method"]:
            case "initialize":
                plan.sessions += 1
                version = request["params"]["protocolVersion"]
                info = {"name": "played", "version": "1"}
                said = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
                self._json(request, {"result": said}, {"Mcp-Session-Id": str(plan.sessions)})
            case "tools/list":
                self._json(request, {"result": {"tools": [COUNT]}})
            case "tools/call":
                plan.calls += 1
                self._call(request, plan.how)
            case _ if "id" in request:
                self._json(request, {"error": {"code": -32601, "message": "Method not found"}})
            case _:
                self._status(202)

    def _call(self, request: Any, how: str) -> None:
        match how:
            case "drop":
                self.close_connection = True
                self.connection.close()
            case "break off":
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b"id: 1\ndata: \n\n")
                self.wfile.flush()
                self.close_connection = True
            case "forget" if self.headers["Mcp-Session-Id"] == "1":
                self._status(404)
            case "slow":
                time.sleep(0.3)
                self._json(request, {"result": {"content": [{"type": "text", "text": "3"}]}})
            case "refuse parameters":
                self._json(request, {"error": {"code": -32602, "message": "Invalid params"}}, status=400)
            case _ if how.isdigit():
                self._status(int(how))
            case _:
                self._json(request, {"result": {"content": [{"type": "text", "text": "3"}]}})

    def do_GET(self) -> None:
        """Whoever asks for the rest of an answer finds nobody."""
        self.close_connection = True
        self.connection.close()

    def do_DELETE(self) -> None:
        self._status(200)

    def _status(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, request: Any, said: Any, headers: Any = None, status: int = 200) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": request["id"], **said}).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """What was asked stands in the plan."""


@pytest.fixture
def played() -> Iterator[Played]:
    with Played() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest_asyncio.fixture
async def servers(played: Played) -> AsyncIterator[Servers]:
    launch = Launch(url=f"http://127.0.0.1:{played.server_port}/mcp", headers={"Authorization": "Bearer t0ken"})
    made = Servers(lambda _: launch)
    yield made
    await made.close()


async def call(servers: Servers) -> Any:
    async with asyncio.timeout(60):
        return await servers.ask(Server("s", "http"), PIN, ("tools/call", {"name": "count"}), 30, Sending())


async def test_each_request_has_the_credential(played: Played, servers: Servers) -> None:
    answer = await call(servers)
    assert answer["content"][0]["text"] == "3"
    assert set(played.plan.tokens) == {"Bearer t0ken"}


@pytest.mark.parametrize(
    ("how", "words"),
    [("drop", "the connection broke"), ("break off", "reconnection attempts were exhausted"), ("500", "status 500")],
)
async def test_a_call_that_went_out_may_be_at_work_still(
    played: Played, servers: Servers, how: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where what follows it, to ask for the rest of the answer, reaches nobody."""
    import mcp.client.streamable_http as sdk

    monkeypatch.setattr(sdk, "DEFAULT_RECONNECTION_DELAY_MS", 10)
    await call(servers)
    played.plan.how = how
    with pytest.raises(AnswerLost) as caught:
        await call(servers)
    assert caught.value.at_work
    assert words in str(caught.value)
    played.plan.how = "answer"
    await call(servers)
    assert played.plan.sessions == 1


@pytest.mark.parametrize("how", ["401", "403", "429", "503"])
async def test_what_was_refused_has_not_happened(played: Played, servers: Servers, how: str) -> None:
    await call(servers)
    played.plan.how = how
    with pytest.raises(ServerUnavailable, match=f"it answered with the status {how}"):
        await call(servers)
    played.plan.how = "answer"
    await call(servers)
    assert played.plan.sessions == 1


async def _called_twice(played: Played) -> bool | None:
    return played.plan.calls == 2 or None


async def test_what_is_under_way_goes_on_in_a_session_that_is_over(played: Played, servers: Servers) -> None:
    await call(servers)
    played.plan.how = "slow"
    slow = asyncio.create_task(call(servers))
    await eventually(lambda: _called_twice(played))
    played.plan.how = "forget"
    with pytest.raises(ServerUnavailable):
        await call(servers)
    assert (await slow)["content"][0]["text"] == "3"


async def test_a_session_that_is_forgotten_is_made_again(played: Played, servers: Servers) -> None:
    await call(servers)
    played.plan.how = "forget"
    with pytest.raises(ServerUnavailable, match="404"):
        await call(servers)
    await call(servers)
    assert played.plan.sessions == 2


async def test_an_error_of_the_protocol_is_the_servers_word(played: Played, servers: Servers) -> None:
    played.plan.how = "refuse parameters"
    with pytest.raises(ServerSaysNo, match="Invalid params"):
        await call(servers)


async def test_where_nobody_listens_nothing_has_happened(played: Played, servers: Servers) -> None:
    nowhere = Servers(lambda _: Launch(url="http://127.0.0.1:9/mcp"))
    with pytest.raises(ServerUnavailable, match="ConnectError"):
        await call(nowhere)
    await nowhere.close()
