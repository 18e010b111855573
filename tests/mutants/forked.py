"""A process for each trial, forked from one that has loaded everything but our own code.

So a mutated module is loaded like any other, with what follows from it at import, in a fraction of the time that a new
Python would take; whatever it breaks ends with its process. What the tests leave running ends with it too.
"""

import ctypes
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

PRELOADED = (
    "asyncio",
    "click",
    "coverage",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "genai_prices",
    "jsonschema",
    "lark",
    "llmock",
    "openai",
    "pydantic",
    "pytest",
    "pytest_asyncio.plugin",
    "pytest_timeout",
    "re2",
    "rich.console",
    "rich.live",
    "rich.tree",
    "sqlite3",
    "temporalio.client",
    "temporalio.testing",
    "temporalio.worker",
    "yaml",
)
SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER`: what loses its parent becomes our child, so it can be ended."""


class OutOfTime(Exception):
    """The trial took longer than it may: an endless loop, or a wait for what never comes."""


class Died(Exception):
    """The process ended without an answer: what is planted can do that."""


class Broken(Exception):
    """It is our own work that fails, whatever is planted."""


def prepare() -> None:
    """Load what trials need, and nothing of ours."""
    for name in PRELOADED:
        with suppress(ImportError):
            import_module(name)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    ours = [name for name in sys.modules if name.split(".")[0] in ("dsl", "interpreter")]
    assert ours == [], f"loaded too early: {ours}"


def in_fork(work: Callable[[], Any], said: Path, *, cpu: float, wall: float) -> Any:
    """What `work` returns in a process of its own, which writes what it says to `said`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, said, writing, cpu)
    os.close(writing)
    try:
        answer = _read(reading, time.monotonic() + wall)
    finally:
        os.close(reading)
        _end(child)
    if not answer:
        raise Died(said.read_text(errors="replace")[-2000:])
    result, problem = pickle.loads(answer)
    if problem:
        raise Broken(problem)
    return result


def _work(work: Callable[[], Any], said: Path, writing: int, cpu: float) -> None:
    result, problem = None, ""
    try:
        os.setsid()
        log = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        resource.setrlimit(resource.RLIMIT_CPU, (max(1, int(cpu)), max(1, int(cpu)) + 1))
        result = work()
    except BaseException:  # noqa: BLE001, it is told to the parent
        problem = traceback.format_exc()
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps((result, problem)))
    finally:
        os._exit(0)  # nothing of the parent is to be cleaned up here


def _read(reading: int, until: float) -> bytes:
    """All that comes. Nothing when the process dies, `OutOfTime` when it was killed for the time it took."""
    parts = []
    while select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(reading, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    raise OutOfTime("it waits")


def _end(child: int) -> None:
    """End the process and all that came from it, also what it has left to others."""
    for each in _below(child):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    _reap_orphans()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        raise OutOfTime("it takes too much time")


def _reap_orphans() -> None:
    """Whatever is a child of ours now was started by the trial: there is one at a time, and nothing else."""
    for orphan in _children(os.getpid()):
        for each in _below(orphan):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _below(process: int) -> list[int]:
    return [process, *(each for child in _children(process) for each in _below(child))]


def _children(process: int) -> list[int]:
    try:
        return [
            int(each)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for each in (thread / "children").read_text().split()
        ]
    except OSError:
        return []
