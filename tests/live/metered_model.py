"""A model that takes so many requests a second, over a real socket: it refuses more with 429, and counts."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Metered:
    """A bucket of `rate` tokens a second that holds `burst`. `at` is when each request came; so many were `refused`."""

    rate: float
    burst: float
    at: list[float] = field(default_factory=list)
    refused: int = 0
    address: str = ""
    _tokens: float = 0.0
    _since: float = 0.0

    def takes(self) -> bool:
        now = time.monotonic()
        if not self.at:
            self._tokens, self._since = self.burst, now
        self.at.append(now)
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.rate)
        self._since = now
        if self._tokens < 1:
            self.refused += 1
            return False
        self._tokens -= 1
        return True


@asynccontextmanager
async def metered(rate: float, burst: float) -> AsyncIterator[Metered]:
    meter = Metered(rate, burst)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
                await reader.readexactly(length)
                taken = meter.takes()
                body = json.dumps(ANSWER if taken else REFUSAL).encode()
                status = "200 OK" if taken else "429 Too Many Requests"
                sent = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(sent.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    meter.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield meter


ANSWER = {
    "model": "metered",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}
REFUSAL = {"error": {"message": "slow down", "type": "rate_limit_error"}}
