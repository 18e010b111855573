"""Tools that write into the books, and die or linger where it hurts most."""

import os
import signal
import time
from typing import Any

from interpreter.activities.context import current
from interpreter.worker.tools import tool
from tests.durability.books import ask

STEP_SECONDS = 0.12
LATE_SECONDS = 2


def begin() -> int:
    call = current()
    return int(ask("begin", run=call.workflow_id, step=call.path.split("~")[0], attempt=call.attempt))


def commit(key: str | None, result: str) -> str:
    call = current()
    return str(ask("commit", key=key, run=call.workflow_id, step=call.path.split("~")[0], result=result))


def commit_and_die(key: str | None, result: str) -> str:
    """On the first execution the process ends right after the commit, before anybody hears of it: a while after it has
    begun, where it is `late`.
    """
    first = begin() == 1
    time.sleep(LATE_SECONDS if result.startswith("late") else 0)
    kept = commit(key, result)
    if first:
        os.kill(os.getpid(), signal.SIGKILL)
    return kept


@tool("books.post")
def post(amount: int) -> int:
    begin()
    time.sleep(STEP_SECONDS / 2)
    kept = commit(current().key, str(amount))
    time.sleep(STEP_SECONDS / 2)
    return int(kept)


@tool("books.keyed")
def keyed(text: str) -> str:
    return commit_and_die(current().key, text)


@tool("books.plain")
def plain(text: str) -> str:
    return commit_and_die(None, text)


@tool("books.verified")
def verified(text: str) -> str:
    return commit_and_die(current().key, text)


@tool("books.repeated")
def repeated(text: str) -> str:
    return commit_and_die(current().key, text)


@tool("books.find")
def find(key: str) -> str | None:
    found = ask("find", key=key)
    return None if found is None else str(found)


@tool("books.slow")
def slow(seconds: float) -> str:
    begin()
    time.sleep(seconds)
    return commit(None, "slow")


@tool("books.look")
def look(milliseconds: int) -> str:
    begin()
    time.sleep(milliseconds / 1000)
    return "seen"


@tool("books.odd")
def odd() -> dict[str, Any]:
    begin()
    commit(None, "odd")
    return {"what": object()}


@tool("books.stubborn")
def stubborn(text: str) -> str:
    """Fails at the first two executions under a key, whichever run calls it, and dies at the third, once it is kept."""
    key = current().key
    run, _, step = key.split("/", 2)
    number = int(ask("begin", run=run, step=step, attempt=0))
    if number <= 2:
        raise RuntimeError("closed")
    kept = commit(key, text)
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return kept


TOOLS = [stubborn, post, keyed, plain, verified, repeated, find, slow, look, odd]
