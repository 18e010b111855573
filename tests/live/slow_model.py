"""A model that writes slowly, over a real socket, and notices when nobody listens any more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Slow:
    """It writes `words`, one after the other, `seconds` apart; `written` are those that it has. `left`: the other side
    went away in the middle.
    """

    words: list[str]
    seconds: float
    address: str = ""
    written: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def slow_model(words: list[str], seconds: float) -> AsyncIterator[Slow]:
    slow = Slow(words, seconds)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        gone = asyncio.create_task(reader.read())
        for word in slow.words:
            await asyncio.wait([gone], timeout=slow.seconds)
            if gone.done():
                slow.left.set()
                break
            writer.write(_event({"delta": {"content": word}}))
            slow.written += 1
        else:
            writer.write(_event({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n")
        gone.cancel()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    slow.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield slow


def _event(choice: dict[str, object]) -> bytes:
    return f"data: {json.dumps({'model': 'slow', 'choices': [{'index': 0, **choice}]})}\n\n".encode()
