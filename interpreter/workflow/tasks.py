"""What goes on beside the main coroutine of a workflow. What it raises is raised there, where it fails the workflow
task and can be seen and mended: anywhere else it would hang the run in silence.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Tasks:
    """`arrived` puts into the inbox of the main coroutine what is to be called there."""

    def __init__(self, arrived: Callable[[Callable[[], Any]], None]) -> None:
        self._arrived = arrived
        self._going: set[asyncio.Task[None]] = set()

    def __bool__(self) -> bool:
        """Whether anything goes on."""
        return bool(self._going)

    def go(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._gone)
        return task

    def _gone(self, task: "asyncio.Task[None]") -> None:
        self._going.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._arrived(task.result)  # raises there
