"""Runs that outlive the execution which started them: it continues as new, and hears of their end all the same.

They are started as `ABANDON`, since the server would end any other with the continued run; this module does the rest.
The end of each reaches its run in every case, and counts once:

- While the execution that started it lasts, it comes by its native handle.
- That handle dies with the execution. So before the run continues, each that is open is told to report by signal, and
  the acknowledgement is awaited: from then on the request stands in the other's history. The signal is refused only
  when that has ended; then its end is about to come by the handle, and the run does not continue yet.
- One that was told signals its end to the run's workflow id, which is the same in every execution. When the end comes
  both ways, the second finds nothing that waits.
- One that is terminated never reports. So a run that has continued looks after those it has told from time to time.

A cancel goes by workflow id: a handle's cancel names the other's first run and is lost once that has continued. It
waits for the start, because before that there is nobody to cancel.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from interpreter.boundary.names import REPORT_SIGNAL, child_id
from interpreter.boundary.payloads import ParentLink, ReportRequest
from interpreter.core.wording import title
from interpreter.workflow.tasks import Tasks

FIRST_CHECK = timedelta(minutes=1)
LONGEST_CHECK = timedelta(hours=1)
"""How often a run that has continued looks after those it has told: doubling waits between the two."""
CHECK_TIMEOUT = timedelta(seconds=30)


class Outliving:
    """`told` maps the command of each that reports by signal to its workflow id, over continue-as-new."""

    def __init__(self, told: Mapping[str, str], arrived: Callable[[Callable[[], Any]], None]) -> None:
        self._arrived = arrived
        self.told: dict[str, str] = dict(told)
        self._open: dict[str, str] = {}
        self._starting: set[str] = set()
        self._signalling = 0
        self._tasks = Tasks(arrived)

    @property
    def settled(self) -> bool:
        """Whether no start, signal or cancel waits for its acknowledgement."""
        return not self._starting and self._signalling == 0

    @property
    def in_flight(self) -> int:
        return len(self._starting) + len(self._open)

    def cancel(self, id_: str) -> None:
        self._signalling += 1
        self._tasks.go(self._cancel(id_))

    async def tell_all_to_report(self) -> bool:
        """Ask each that is open to report; False when one has just ended, so its event is about to come."""
        info = workflow.info()
        for id_, workflow_id in list(self._open.items()):
            if id_ in self.told:
                continue
            request = ReportRequest(ParentLink(info.workflow_id, id_))
            try:
                await workflow.get_external_workflow_handle(workflow_id).signal(REPORT_SIGNAL, request)
            except ApplicationError:
                return False
            if id_ in self._open:
                self.told[id_] = workflow_id
        return True

    async def _look(self, id_: str, workflow_id: str) -> None:
        """Take note of the end of one that was told, if it has ended."""
        raise NotImplementedError

    def _begun(self, id_: str, workflow_id: str) -> None:
        self._starting.discard(id_)
        self._open[id_] = workflow_id

    def _forget(self, id_: str) -> None:
        self._starting.discard(id_)
        self._open.pop(id_, None)
        self.told.pop(id_, None)

    def _id_of(self, command: str, made: Callable[[str, str, str], str] = child_id) -> str:
        info = workflow.info()
        return made(info.workflow_id, info.first_execution_run_id, command)

    async def _cancel(self, id_: str) -> None:
        try:
            await workflow.wait_condition(lambda: id_ not in self._starting)
            workflow_id = self._open.get(id_) or self.told.get(id_)
            if workflow_id is not None:
                await workflow.get_external_workflow_handle(workflow_id).cancel()
        except ApplicationError:
            workflow.logger.debug("%s has just ended", id_)
        finally:
            self._signalling -= 1

    async def _look_after(self, id_: str) -> None:
        wait = FIRST_CHECK
        while True:
            await workflow.sleep(wait, summary=f"look after {title(id_)}")
            workflow_id = self.told.get(id_)
            if workflow_id is None:
                return
            wait = min(wait * 2, LONGEST_CHECK)
            await self._look(id_, workflow_id)


async def all_told(*those: Outliving) -> bool:
    for each in those:
        if not await each.tell_all_to_report():
            return False
    return True
