"""One request sent, and how far it came: whether any of it left, whether an answer began, all that it says.

A connection serves one call and is not kept: on one that was, a server may have hung up in silence, and then nobody
knows whether a request was heard. Nothing of the environment is used (proxies, `.netrc`): it could lead elsewhere.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from interpreter.http.errors import AnswerLost, NotSent, UnfitAnswer, Unreachable
from interpreter.http.reach import Guarded, Private
from interpreter.http.request import Request

LARGEST_ANSWER = 32 * 1024 * 1024
LARGEST_ERROR = 64 * 1024


@dataclass
class Progress:
    """`left`: some of the request has been written to a connection."""

    left: bool = False

    async def note(self, event: str, _info: Mapping[str, Any]) -> None:
        if event.endswith(".send_request_headers.started"):
            self.left = True


@dataclass(frozen=True)
class Answer:
    """`headers` by their names in small letters; of those that stand twice, the first."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Sender:
    """Of one worker."""

    def __init__(self, private: Private) -> None:
        self._backend = Guarded(private)
        self._ssl: ssl.SSLContext | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[httpcore2.AsyncConnectionPool]:
        """For the requests of one call."""
        self._ssl = self._ssl or ssl.create_default_context()
        async with httpcore2.AsyncConnectionPool(
            ssl_context=self._ssl, network_backend=self._backend, max_keepalive_connections=0
        ) as pool:
            yield pool

    async def ask(
        self, pool: httpcore2.AsyncConnectionPool, request: Request, within: float, progress: Progress
    ) -> Answer:
        """`within`: for so many seconds a connection is waited for. Raises what `interpreter.http.errors` has."""
        progress.left = False
        try:
            async with pool.stream(
                request.method,
                f"{request.origin}{request.target}",
                headers=[(name.encode(), value.encode()) for name, value in request.headers],
                content=request.body if request.body is not None else b"" if request.method == "POST" else None,
                extensions={"timeout": {"connect": within, "pool": within}, "trace": progress.note},
            ) as response:
                return await _read(response)
        except NotSent:
            raise
        except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise NotSent(f"this cannot be sent: {error}") from error
        except _FAILURES as error:
            words = f"{type(error).__name__}: {error}".rstrip(": ")
            if progress.left:
                raise AnswerLost(f"the connection broke: {words}") from error
            raise Unreachable(words) from error


_FAILURES = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, httpcore2.ProxyError)


async def _read(response: httpcore2.Response) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    status = response.status
    if 200 <= status < 300:
        return Answer(status, headers, await _body(response, LARGEST_ANSWER))
    try:
        said = await _body(response, LARGEST_ERROR, cut=True)
    except _FAILURES:
        said = b""  # the status is all that counts
    return Answer(status, headers, said)


async def _body(response: httpcore2.Response, most: int, *, cut: bool = False) -> bytes:
    read = bytearray()
    async for chunk in response.aiter_stream():
        read += chunk
        if len(read) > most:
            if cut:
                break
            raise UnfitAnswer(f"it has more than {most // 1024 // 1024} MB")
    return bytes(read[:most])
