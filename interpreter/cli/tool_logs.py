"""What is logged while a command works: one line for each thing on the screen, all of it in a file.

The file is named with the first line that it says more about than the screen does. A tool that ends the process is told
of too, since nothing else could.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from dsl.diagnostics.inert import inert, inert_lines
from interpreter.cli.tool_exits import tool_exits_told
from interpreter.server.folder import StateFolder

_LOGGERS = ("steadflow", "temporalio")


class Voice:
    """Says what it is told: on standard error, and on a screen once there is one."""

    def __init__(self) -> None:
        self._say: Callable[[str], None] = partial(click.echo, err=True)

    def through(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __call__(self, text: str) -> None:
        self._say(text)


@contextmanager
def tool_logs(folder: StateFolder, name: str, say: Callable[[str], None]) -> Iterator[None]:
    """Only inside of a running loop: `say` is called in it, whichever thread logs."""
    path = folder.root / "logs" / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)[:100]}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace", delay=True)
    file.setFormatter(_Entries("%(asctime)s %(levelname)s %(name)s %(message)s"))
    screen = _Screen(say, path)
    before = [(logger, logger.level, logger.propagate) for logger in map(logging.getLogger, _LOGGERS)]
    for logger, _, _ in before:
        logger.propagate = False
        logger.addHandler(file)
        logger.addHandler(screen)
    logging.getLogger("steadflow").setLevel(logging.DEBUG)
    try:
        with tool_exits_told():
            yield
    finally:
        for logger, level, propagate in before:
            logger.removeHandler(file)
            logger.removeHandler(screen)
            logger.setLevel(level)
            logger.propagate = propagate
        file.close()


class _Entries(logging.Formatter):
    """An entry begins at the margin, and nothing else does: no line that others wrote is taken for one."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n  ".join(map(inert, super().format(record).split("\n")))


class _Screen(logging.Handler):
    def __init__(self, say: Callable[[str], None], path: Path) -> None:
        super().__init__(logging.WARNING)
        self._say = say
        self._path = path
        self._named = False
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name == "steadflow.tools"  # where what others say is made one line before
        text = (inert_lines if ours else inert)(record.getMessage())
        if not self._named:
            self._named = True
            text += f"\n    (all that is logged: {self._path})"
        self._loop.call_soon_threadsafe(self._say, text)
