"""One connection to one server, and what the server offers. One task enters and leaves it: the SDK's scopes belong to
the task that entered them.

What the server offers is read when the connection is made, again when the server says that it has changed, and again
after a while, since not every server says so. A call is held against what was pinned just before it goes out.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, METHOD_NOT_FOUND, Implementation
from pydantic import TypeAdapter, ValidationError

from interpreter.mcp.errors import AnswerLost, ServerSaysNo, ServerUnavailable
from interpreter.mcp.pins import JSON, Listing
from interpreter.mcp.sending import SENDING, Sending
from interpreter.mcp.server import Launch
from interpreter.mcp.standard_error import StandardError
from interpreter.mcp.transport import Ended, Watching, watched

LISTED_FOR = 300.0
"""Seconds after which a server is asked again what it offers."""
MOST_PAGES = 100
LONGEST_START = 120.0
CONNECT_WITHIN = 10.0
LONGEST_STOP = 8.0

_RAW: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_SESSION_LOST = (0, 400, 404, 410)
"""How servers answer in a session that they do not know (the protocol says 404); 0 is that nobody answered."""
_OF_THE_PROTOCOL = (INVALID_PARAMS, METHOD_NOT_FOUND)

log = logging.getLogger("steadflow.mcp")


class Session:
    """`ready` is done once the server can be asked, or has failed to start; `over` once it cannot be asked any more."""

    def __init__(self, name: str, launch: Launch) -> None:
        self.name = name
        self.started = launch.url is None
        """Whether it is a process of ours, which is over when its connection is."""
        self.over = False
        self.listing = Listing({}, {}, {})
        self._launch = launch
        self._client: Any = None
        self._listed_at: float | None = None
        self._listing = asyncio.Lock()
        self._told_noise = False
        self._asking = 0
        self._leave = asyncio.Event()
        self._ended = Ended()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ready.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._task = asyncio.create_task(self._live())

    # -- its life

    async def _live(self) -> None:
        errors = StandardError(self.name) if self.started else None
        reason, starting = "it ended", Sending()
        token = SENDING.set(starting)
        try:
            async with asyncio.timeout(LONGEST_START) as start, self._connected(errors) as client:
                SENDING.reset(token)
                starting.trouble = ""
                self._client = client
                await self._list()
                start.reschedule(None)
                if errors is not None:
                    errors.started()
                self.ready.set_result(None)
                await self._until_over()
        except TimeoutError:
            reason = f"it gave no answer within {LONGEST_START:g} s"
        except Exception as error:  # noqa: BLE001 - whatever the SDK or the server does, the session is over
            reason = _words(error) if self.ready.done() else starting.trouble or _words(error)
        finally:
            self.over = True
            words = errors.last_words() if errors is not None else ""
            if not self.ready.done():
                self.ready.set_exception(ServerUnavailable(f"{reason}{f': {words}' if words else ''}"))
            elif not self._leave.is_set():
                log.warning("the server `%s` is gone (%s)%s", self.name, reason, f": {words}" if words else "")

    async def _until_over(self) -> None:
        waiting = [asyncio.create_task(self._leave.wait()), asyncio.create_task(self._ended.event.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.over = True
            for one in waiting:
                one.cancel()

    @asynccontextmanager
    async def _connected(self, errors: StandardError | None) -> AsyncIterator[Any]:
        from mcp.client.client import Client
        from mcp.client.stdio import StdioServerParameters, stdio_client
        from mcp.client.streamable_http import streamable_http_client

        launch = self._launch
        async with _http_client(launch) as http:
            if launch.url is None:
                command, *arguments = launch.command
                parameters = StdioServerParameters(
                    command=command, args=arguments, env=dict(launch.variables), cwd=launch.folder
                )
                transport = stdio_client(parameters, errlog=errors.file if errors is not None else sys.stderr)
            else:
                transport = streamable_http_client(launch.url, http_client=http, max_sse_event_size=None)
            client = Client(
                watched(transport, self._ended),
                cache=None,
                message_handler=self._heard,
                client_info=Implementation(name="steadflow", version="1"),
            )
            async with client:
                yield client

    async def close(self) -> None:
        self._leave.set()
        self._ended.event.set()
        done, _ = await asyncio.wait([self._task], timeout=LONGEST_STOP)
        if not done:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1)

    # -- what it offers

    async def _heard(self, message: Any) -> None:
        if isinstance(message, Exception):
            if not self._told_noise:
                self._told_noise = True
                log.warning(
                    "the server `%s` says what is no message of the protocol, perhaps it prints: %s", self.name, message
                )
        elif str(getattr(message, "method", "")).endswith("/list_changed"):
            self._listed_at = None

    async def listed(self) -> Listing:
        """What the server offers now, as far as it says so."""
        async with self._listing:
            if self._listed_at is None or time.monotonic() - self._listed_at > LISTED_FOR:
                try:
                    await self._list()
                except (AnswerLost, ServerSaysNo) as error:
                    raise ServerUnavailable(f"it does not say what it offers: {error}") from error
            return self.listing

    async def _list(self) -> None:
        self._listed_at = time.monotonic()  # a change that is told meanwhile asks once more
        capabilities = self._client.server_capabilities
        tools = await self._pages("tools/list", "tools") if capabilities.tools is not None else []
        resources, templates = [], []
        if capabilities.resources is not None:
            resources = await self._pages("resources/list", "resources")
            templates = await self._pages("resources/templates/list", "resourceTemplates")
        self.listing = Listing(
            {one["name"]: one for one in tools},
            {one["uri"]: one for one in resources},
            {one["uriTemplate"]: one for one in templates},
        )

    async def _pages(self, method: str, what: str) -> list[dict[str, JSON]]:
        found: list[dict[str, JSON]] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            try:
                page = await self.ask(method, {} if cursor is None else {"cursor": cursor}, Sending())
            except ServerSaysNo as error:
                if error.code == METHOD_NOT_FOUND and what == "resourceTemplates":
                    return found
                raise
            found += page.get(what, [])
            cursor = page.get("nextCursor")
            if not cursor:
                break
        return found

    # -- what it is asked

    async def ask(self, method: str, params: dict[str, JSON], sending: Sending) -> dict[str, JSON]:
        """The result as the server gave it. Raises `ServerUnavailable`, `AnswerLost` or `ServerSaysNo`."""
        from mcp.shared.exceptions import MCPError

        token = SENDING.set(sending)
        self._asking += 1
        try:
            return await self._client.session.send_request(_request(method, params), _RAW)  # type: ignore[no-any-return]
        except MCPError as error:
            raise self._ended_with(error.error.code, error.error.message, sending) from None
        except ValidationError as error:
            raise AnswerLost(f"its answer is none of the protocol: {_first_line(error)}", at_work=False) from None
        finally:
            SENDING.reset(token)
            self._asking -= 1
            if self.over and not self._asking:
                self._leave.set()

    def _ended_with(self, code: int, message: str, sending: Sending) -> Exception:
        if not sending.begun:
            return ServerUnavailable("it has ended")
        if sending.lost:
            self.over = self.started
            return AnswerLost(f"the connection broke: {sending.lost}", at_work=True)
        if sending.refused and code not in _OF_THE_PROTOCOL:
            # Whoever comes next makes a session of his own; what is under way in this one goes on.
            self.over = self.over or sending.status in _SESSION_LOST
            return ServerUnavailable(sending.refused)
        if sending.status >= 500:
            return AnswerLost(f"it answered with the status {sending.status}", at_work=True)
        if code == CONNECTION_CLOSED and (self.started or "without a response" in message or "stream" in message):
            return AnswerLost("it ended during the call" if self.started else message, at_work=not self.started)
        return ServerSaysNo(code, message)


@asynccontextmanager
async def _http_client(launch: Launch) -> AsyncIterator[Any]:
    if launch.url is None:
        yield None
        return
    import httpx2

    timeout = httpx2.Timeout(None, connect=CONNECT_WITHIN)
    async with httpx2.AsyncClient(transport=Watching(), headers=dict(launch.headers), timeout=timeout) as client:
        yield client


def _request(method: str, params: dict[str, JSON]) -> Any:
    import mcp_types as types

    match method:
        case "tools/call":
            return types.CallToolRequest(params=types.CallToolRequestParams.model_validate(params))
        case "resources/read":
            return types.ReadResourceRequest(params=types.ReadResourceRequestParams.model_validate(params))
        case "tools/list":
            return types.ListToolsRequest(params=_page(params))
        case "resources/list":
            return types.ListResourcesRequest(params=_page(params))
        case _:
            return types.ListResourceTemplatesRequest(params=_page(params))


def _page(params: dict[str, JSON]) -> Any:
    from mcp_types import PaginatedRequestParams

    return PaginatedRequestParams.model_validate(params) if params else None


def _first_line(error: BaseException) -> str:
    return str(error).replace("\n", " ")[:300]


def _words(error: BaseException) -> str:
    """Of an exception group its first part that says something."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror.lower()}"
    return f"{type(error).__name__}: {_first_line(error)}" if str(error) else type(error).__name__
