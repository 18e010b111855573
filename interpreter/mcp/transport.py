"""A transport of the SDK with both directions looked at: what went out, and that nothing more will come in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from interpreter.mcp.sending import SENDING, Sending

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_BUSY = 503
_LOST = 599
"""A status that stands for no answer, so that the SDK tells the one request and not all that are under way."""


@dataclass
class Ended:
    """Set when nothing more will be read from a server."""

    event: anyio.Event = field(default_factory=anyio.Event)


@asynccontextmanager
async def watched(transport: Any, ended: Ended) -> AsyncIterator[tuple[Any, Any]]:
    """A transport of the SDK, with both directions looked at."""
    async with transport as (reading, writing):
        yield _Reading(reading, ended), _Writing(writing)


class _Stream:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> "_Stream":
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *exception: Any) -> Any:
        return await self._inner.__aexit__(*exception)


class _Reading(_Stream):
    def __init__(self, inner: Any, ended: Ended) -> None:
        super().__init__(inner)
        self._ended = ended

    async def receive(self) -> Any:
        try:
            return await self._inner.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._ended.event.set()
            raise

    def __aiter__(self) -> "_Reading":
        return self

    async def __anext__(self) -> Any:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None


class _Writing(_Stream):
    async def send(self, item: Any) -> None:
        sending = SENDING.get()
        if sending is not None:
            sending.begun = True
        try:
            await self._inner.send(item)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            if sending is not None:
                sending.begun = False
            raise


class Watching(httpx2.AsyncHTTPTransport):
    """HTTP that takes note of what became of a request."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sending = SENDING.get() or Sending()
        itself = request.method == "POST" and not sending.posted
        sending.posted = sending.posted or itself
        try:
            response = await super().handle_async_request(request)
        except httpx2.TransportError as error:
            sending.trouble = f"{type(error).__name__}: {error}".rstrip(": ")
            if itself and isinstance(error, _NEVER_LEFT):
                sending.refused = sending.trouble
            elif itself:
                sending.lost = sending.trouble
            return httpx2.Response(_LOST, request=request)
        if response.status_code >= 400:
            sending.trouble = f"it answered with the status {response.status_code}"
            sending.status = response.status_code if itself else sending.status
        if itself and (400 <= response.status_code < 500 or response.status_code == _BUSY):
            sending.refused = sending.trouble
        return response
