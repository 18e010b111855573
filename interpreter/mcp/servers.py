"""The servers of one worker: one session each, shared by all calls, made with the first and again when it has ended.

They live in a loop and a thread of their own, so that what a server sends holds up neither the worker nor other tools.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from interpreter.mcp.errors import ServerUnavailable
from interpreter.mcp.pins import JSON, Listing, Pin, refuse_changed
from interpreter.mcp.sending import Sending
from interpreter.mcp.server import Launch, Server

if TYPE_CHECKING:
    from interpreter.mcp.session import Session

CLOSE_WITHIN = 12.0

_NOISY = ("mcp.client.stdio", "mcp.client.streamable_http")
"""Loggers of the SDK that say, with a traceback, what is said here in a line."""


class Servers:
    """`launches` says how to come to a server; it raises `Unusable` where it cannot be said."""

    def __init__(self, launches: Callable[[Server], Launch]) -> None:
        self._launches = launches
        self._sessions: dict[Server, Session] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def prepare(self) -> None:
        """Load what takes long, beside everything else, so that the first call does not wait for it."""
        threading.Thread(target=_load_quietly, name="steadflow-mcp-load", daemon=True).start()

    async def ask(
        self, server: Server, pin: Pin, request: tuple[str, dict[str, JSON]], within: float, sending: Sending
    ) -> dict[str, JSON]:
        """What `server` answers, if it still offers what was pinned. `within`: for so many seconds a server that is
        starting is waited for. Raises what `interpreter.mcp.errors` has.
        """
        asking = self._ask(server, pin, request, within, sending)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asking, self._running()))

    async def listing(self, server: Server, within: float) -> Listing:
        """What `server` offers."""
        listing = self._listed(server, within)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(listing, self._running()))

    async def close(self) -> None:
        """Let all servers end; those that do not are ended."""
        if self._loop is None or self._thread is None:
            return
        closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        await asyncio.wait([asyncio.wrap_future(closing)], timeout=CLOSE_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, 2)

    # -- in the servers' own loop

    async def _ask(
        self, server: Server, pin: Pin, request: tuple[str, dict[str, JSON]], within: float, sending: Sending
    ) -> dict[str, JSON]:
        session = await self._ready(server, within)
        try:
            listing = await asyncio.wait_for(session.listed(), within)
        except TimeoutError:
            raise ServerUnavailable("it does not say in time what it offers") from None
        refuse_changed(server.name, pin, listing.pin(pin.kind, pin.key))
        return await session.ask(*request, sending)

    async def _listed(self, server: Server, within: float) -> Listing:
        return await (await self._ready(server, within)).listed()

    async def _ready(self, server: Server, within: float) -> "Session":
        session = await self._session(server)
        done, _ = await asyncio.wait([session.ready], timeout=within)
        if not done:
            raise ServerUnavailable("it is still starting")
        session.ready.result()
        return session

    async def _session(self, server: Server) -> "Session":
        found = self._sessions.get(server)
        if found is None or found.over:
            launch = self._launches(server)
            # Loading the SDK takes a second or two, once: the loop goes on meanwhile.
            await asyncio.to_thread(_load)
            from interpreter.mcp.session import Session

            found = self._sessions.get(server)
            if found is None or found.over:
                found = self._sessions[server] = Session(server.name, launch)
        return found

    async def _close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions.values()), return_exceptions=True)

    # -- the thread

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._run, name="steadflow-mcp", daemon=True)
                self._thread.start()
            return self._loop

    def _run(self) -> None:
        assert self._loop is not None
        own = threading.get_ident()
        for name in _NOISY:
            logging.getLogger(name).addFilter(lambda record: record.thread != own)
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()


def _load_quietly() -> None:
    try:
        _load()
    except ServerUnavailable as error:
        logging.getLogger("steadflow.mcp").warning("%s", error)


_loading = threading.Lock()


def _load() -> Any:
    with _loading:
        try:
            import mcp.client.client  # noqa: F401
        except ImportError as error:
            raise ServerUnavailable(
                f"the SDK of MCP is missing on this worker: pip install 'steadflow[mcp]' ({error})"
            ) from None
