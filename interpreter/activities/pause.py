"""A breath: the workflow goes on in another activation, so that a long stretch of work is never taken for hung."""

from temporalio import activity

from interpreter.boundary.names import PAUSE_ACTIVITY


@activity.defn(name=PAUSE_ACTIVITY)
async def pause() -> None:
    """Nothing is to be done."""
