"""Tools that do as little as possible, and one that waits until a test lets it go on."""

import asyncio
import time
from collections import Counter, defaultdict

from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.worker.tools import tool

calls: Counter[str] = Counter()
doors: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


@tool("text.echo")
async def echo(text: str) -> str:
    return text


@tool("text.size")
async def size(text: str) -> int:
    return len(text)


@tool("text.make")
async def make(letters: int) -> str:
    return "x" * letters


@tool("text.many")
async def many(texts: int) -> list[str]:
    calls[f"{texts} texts"] += 1
    return ["x" * 1_000] * texts


@tool("number.next")
async def following(number: int) -> int:
    return number + 1


@tool("call.count")
async def count(name: str) -> int:
    calls[name] += 1
    return calls[name]


@tool("call.alone")
async def alone(name: str) -> int:
    """For one at a time."""
    calls[f"{name} inside"] += 1
    try:
        if calls[f"{name} inside"] > 1:
            raise RuntimeError(f"two are inside {name}")
        await asyncio.sleep(0.01)
        calls[name] += 1
        return calls[name]
    finally:
        calls[f"{name} inside"] -= 1


@tool("door.pass")
async def pass_door(name: str) -> str:
    calls[name] += 1
    await doors[name].wait()
    return name


@tool("door.end")
async def end_behind_door(name: str, how: str) -> str:
    """Its key is the name of the door, so who looks at `calls` sees whose call it was."""
    context = current()
    calls[f"{name} {context.key} of {context.workflow_id}"] += 1
    await doors[name].wait()
    match how:
        case "refuses":
            raise ToolError("No", "not now", details={"asked": 7})
        case "breaks":
            raise RuntimeError("broken")
        case "much":
            return "x" * 3_000_000
        case _:
            return how


@tool("door.look")
async def look_at_door(name: str) -> bool:
    return doors[name].is_set()


@tool("door.nap")
async def nap(milliseconds: int) -> int:
    await asyncio.sleep(milliseconds / 1000)
    return milliseconds


@tool("door.stuck")
def stuck(seconds: int) -> int:
    """Heeds no cancel."""
    time.sleep(seconds)
    return seconds


@tool("door.refuse")
async def refuse() -> int:
    raise ToolError("No", "not now")


TOOLS = [look_at_door, end_behind_door, stuck, refuse, nap, echo, size, make, many, following, count, alone, pass_door]
