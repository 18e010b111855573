"""One call of a tool, or attempt at a model, carried beside its run: a workflow that makes it, says how it ended, and
does nothing else.

The activity is the very one that the run would have asked for: its name and id, its arguments byte for byte, its times,
its headers with the same idempotency key. What it answers is the carrier's own result, and its error the cause of the
carrier's, so nothing that is known of the call is lost on the way (`carriers.py`).

A cancel goes on to the activity, and is waited for: a tool that has done its work all the same has its say. It reaches
a carrier before its first task, too; then nothing has been called.
"""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from interpreter.boundary.carried import Carried
from interpreter.boundary.names import CARRIED_FAILED, CARRIED_SIGNAL, CARRIER, REPORT_SIGNAL
from interpreter.boundary.payloads import ParentLink, ReportRequest
from interpreter.core.commands import CallTool
from interpreter.workflow.calls import asked, started
from interpreter.workflow.headers import of_run
from interpreter.workflow.undisturbed import undisturbed


@workflow.defn(name=CARRIER, sandboxed=False)
class CarrierWorkflow:
    @workflow.init
    def __init__(self, carried: Carried, arguments: RawValue) -> None:
        self._report_to: ParentLink | None = None

    @workflow.run
    async def run(self, carried: Carried, arguments: RawValue) -> RawValue:
        parent = workflow.info().parent
        assert parent is not None
        with of_run(parent.workflow_id, carried.first_run):
            if carried.first_run:
                call = asked(arguments, RawValue, **carried.call)
            else:
                call = started(CallTool(arguments={}, **carried.call), arguments, carried.references)
        await _ended(call)
        await self._report()
        if call.cancelled():
            raise ApplicationError("cancelled before it was issued", type=CARRIED_FAILED, non_retryable=True)
        error = call.exception()
        if isinstance(error, ActivityError):
            raise ApplicationError(str(error.cause or error), type=CARRIED_FAILED, non_retryable=True) from error
        answer: RawValue = call.result()
        return answer

    @workflow.signal(name=REPORT_SIGNAL)
    def report_to_parent(self, request: ReportRequest) -> None:
        self._report_to = request.parent

    async def _report(self) -> None:
        """Tell a run that has continued as new that this is the end. One that is gone needs no report."""
        if self._report_to is None:
            return
        said = [self._report_to.command, workflow.info().workflow_id]
        run = workflow.get_external_workflow_handle(self._report_to.workflow_id)
        try:
            await undisturbed(run.signal(CARRIED_SIGNAL, args=said))
        except ApplicationError:
            workflow.logger.info("the run %s has ended", self._report_to.workflow_id)


async def _ended(call: "asyncio.Task[Any]") -> None:
    """A cancel that comes together with the end of the call changes nothing any more."""
    while not call.done():
        try:
            await workflow.wait_condition(call.done)
        except asyncio.CancelledError:
            await undisturbed(workflow.wait_condition(lambda: True))
            if not call.done():
                call.cancel()
