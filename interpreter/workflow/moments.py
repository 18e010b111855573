"""Refuses events that come before their workflow task, because the time at which they come would not be theirs.

A query for a run that no worker has in memory goes to any worker, with the history as it is when that worker takes it.
It may end with events that no workflow task has brought yet: a call that ended while all workers were away. The SDK
hands them to the run all the same, in an activation that has the time of the task before, and keeps the run in memory.
Every later replay gives them the time of the task that really brought them. A run that decides by time would then
issue other commands than those in its history, and no worker could ever move it on.

So an activation whose history is longer, but whose time and size are still those of the task before, is an error: the
query fails, whoever asked asks again, the SDK forgets the run, and the task that brings the events begins from the
history. What came after the last task of a closed run is not handed over, so that can always be asked.
"""

from typing import NamedTuple

from temporalio import workflow

from interpreter.boundary.names import AHEAD_OF_TASK


class AheadOfTask(Exception):
    """Events came with a query. No failure of the run: it is only not asked in time."""


class Moment(NamedTuple):
    """What the latest workflow task said: its time, and how large the history was; and where the history ends."""

    time: float
    size: int
    length: int


class Moments:
    def __init__(self) -> None:
        self._info = workflow.info()
        self._latest = self._now()
        self._ahead = False
        self._began = self._latest.time

    @property
    def began(self) -> float:
        """When the current workflow task began. Within it, the end of a local activity moves the clock on."""
        self.ahead()
        return self._began

    def ahead(self) -> bool:
        """Whether this activation, or one before, came without a workflow task. To be asked in each activation."""
        before, now = self._latest, self._now()
        self._latest = now
        same_task = (now.time, now.size) == (before.time, before.size)
        if now.length != before.length:
            self._began = now.time
        self._ahead = self._ahead or (same_task and now.length > before.length)
        return self._ahead

    def refuse(self) -> None:
        if self.ahead():
            raise AheadOfTask(AHEAD_OF_TASK)

    def _now(self) -> Moment:
        info = self._info
        return Moment(workflow.time(), info.get_current_history_size(), info.get_current_history_length())
