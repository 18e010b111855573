"""How a carrier ended, for a run that has continued as new: its answer as it stands there, or its error."""

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.carried import LookRequest
from interpreter.boundary.names import CARRIED_ACTIVITY, CARRIED_FAILED, CARRIER_LOST, STILL_CARRIED


@activity.defn(name=CARRIED_ACTIVITY)
async def carried(request: LookRequest) -> RawValue:
    handle = activity.client().get_workflow_handle(request.workflow_id, result_type=RawValue)
    try:
        if not request.ending and (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            raise ApplicationError("it runs", type=STILL_CARRIED, non_retryable=True)
        answer: RawValue = await handle.result()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise _lost("is gone") from None
    except WorkflowFailureError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == CARRIED_FAILED:
            raise error.cause from error.cause.__cause__
        raise _lost(f"did not end by itself: {error.cause}") from None
    return answer


def _lost(what: str) -> ApplicationError:
    return ApplicationError(f"the carrier of the call {what}", type=CARRIER_LOST, non_retryable=True)
