"""What a captured call gives: nothing is called, and the result is made up from the type of the tool's result.

A local activity, so that any worker of ours makes it, also for tools of other workers, and history has it.
"""

from temporalio import activity

from interpreter.boundary.names import CAPTURE_ACTIVITY
from interpreter.boundary.payloads import JSON, CaptureRequest
from interpreter.providers.rehearsal import made_up


@activity.defn(name=CAPTURE_ACTIVITY)
async def capture(request: CaptureRequest) -> JSON:
    return made_up(request.tool, request.schema)
