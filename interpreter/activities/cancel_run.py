"""Requests the cancel of a run.

A run that was cancelled, and has continued as new since, asks for its own: otherwise it could not end as cancelled.
"""

from temporalio import activity

from interpreter.boundary.names import CANCEL_RUN_ACTIVITY


@activity.defn(name=CANCEL_RUN_ACTIVITY)
async def cancel_run(workflow_id: str) -> None:
    await activity.client().get_workflow_handle(workflow_id).cancel()
