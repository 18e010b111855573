"""Refuses what comes with another workflow task than its own, because a replay gives it another time, or another place
among what else has come.

Events may come before their task.

A query for a run that no worker has in memory goes to any worker, with the history as it is when that worker takes it.
It may end with events that no workflow task has brought yet: a call that ended while all workers were away. The SDK
hands them to the run all the same, in an activation that has the time of the task before, and keeps the run in memory.
Every later replay gives them the time of the task that really brought them. A run that decides by time would then
issue other commands than those in its history, and no worker could ever move it on.

So an activation whose history is longer, but whose time and size are still those of the task before, is an error: the
query fails, whoever asked asks again, the SDK forgets the run, and the task that brings the events begins from the
history. What came after the last task of a closed run is not handed over, so that can always be asked.

The end of local work may come after its task. Where a run is asked while local work is under way, the SDK may end the
task with the marker of that work, and hand over its result with the next one, behind a timer that has fired or an
update that has come (temporalio 1.35). A replay hands it over where the marker stands. So a result that comes with
another task than its work belongs to is an error: the task fails and is made again from the history, where the result
is found in its place, or made in the task that is the first without a replay. Local work that may outlast its task is
not asked (`local.py`).
"""

from dataclasses import dataclass

from temporalio import workflow

from interpreter.boundary.names import AHEAD_OF_TASK


class AheadOfTask(Exception):
    """Events came with a query. No failure of the run: it is only not asked in time."""


class LeftBehind(Exception):
    """The end of local work came with another workflow task. No failure of the run: that task is made again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the latest workflow task said: its time, and how large the history was; and where the history ends."""

    time: float
    size: int
    length: int


class Moments:
    def __init__(self) -> None:
        self._latest = _now()
        self._ahead = False
        self._began = self._latest.time
        self._first_live = _live(self._latest.length)

    @property
    def began(self) -> float:
        """When the current workflow task began. Within it, the end of a local activity moves the clock on."""
        self.ahead()
        return self._began

    def ahead(self) -> bool:
        """Whether this activation, or one before, came without a workflow task. To be asked in each activation."""
        before, now = self._latest, _now()
        self._latest = now
        same_task = (now.time, now.size) == (before.time, before.size)
        if now.length != before.length:
            self._began = now.time
        if self._first_live is None:
            self._first_live = _live(now.length)
        self._ahead = self._ahead or (same_task and now.length > before.length)
        return self._ahead

    @property
    def length(self) -> int:
        """Of the history: it tells one workflow task from another."""
        self.ahead()
        return self._latest.length

    def refuse_left_behind(self, began: int) -> None:
        """Of local work that has ended, and began when the history had this length. What had not ended in a task that
        is replayed is done in the first one that is not. Raises `LeftBehind`.
        """
        now = self.length
        if self._first_live is not None and now != max(began, self._first_live):
            raise LeftBehind("the end of local work came with another workflow task than its own")

    def refuse(self) -> None:
        if self.ahead():
            raise AheadOfTask(AHEAD_OF_TASK)


def _live(length: int) -> int | None:
    return None if workflow.unsafe.is_replaying() else length


def _now() -> Moment:
    info = workflow.info()
    return Moment(workflow.time(), info.get_current_history_size(), info.get_current_history_length())
