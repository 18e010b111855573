"""Reading lines from a terminal without blocking: what is asked may be answered elsewhere while somebody types."""

import asyncio
import os
import sys


def can_ask() -> bool:
    """Whether there is a person at both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class EndOfInput(Exception):
    """The terminal was closed, or Ctrl-D was typed."""


async def read_line() -> str:
    """The next line. When the task is cancelled, what was typed so far stays with the terminal."""
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()
    readable: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(descriptor, ready)
    try:
        await readable
    finally:
        loop.remove_reader(descriptor)
    # A terminal gives a whole line at a time, and only when there is one: so this does not block.
    try:
        typed = os.read(descriptor, 64 * 1024)
    except OSError as error:  # the terminal itself is gone
        raise EndOfInput from error
    if not typed:
        raise EndOfInput
    return typed.decode(errors="replace").rstrip("\r\n")
