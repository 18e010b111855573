"""What the server says of a run that cannot be reached, in our words."""

from temporalio.service import RPCError, RPCStatusCode

from dsl.diagnostics.inert import inert
from interpreter.client.errors import ClientError, NoWorker, RunOver, RunStuck, UnknownRun


def explained(run: str, error: RPCError) -> ClientError:
    match error.status:
        case RPCStatusCode.NOT_FOUND if "already completed" in error.message:
            return RunOver(f"the run {run} is over already; `dsl show` tells how it ended")
        case RPCStatusCode.NOT_FOUND:
            return UnknownRun(f"there is no run {inert(run)} here; `dsl runs` lists them")
        case RPCStatusCode.FAILED_PRECONDITION if "failed state" in error.message:
            return RunStuck(f"the run {run} is stuck: its workflow task keeps failing; `dsl runs --stuck` says why")
        case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED | RPCStatusCode.FAILED_PRECONDITION:
            return NoWorker(_no_worker(run))
        case _:
            return ClientError(f"the server refused: {error.message}")


def _no_worker(run: str) -> str:
    return f"the run {run} cannot be asked: nothing works on its task queue"
