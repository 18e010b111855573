"""What the server says of a run that cannot be reached, in our words."""

from temporalio.service import RPCError, RPCStatusCode

from dsl.diagnostics.inert import inert
from interpreter.client.errors import ClientError, NoWorker, RunOver, RunStuck, UnknownRun

_TOO_MANY_UPDATES = "total number of distinct updates"
"""The server's words when an execution has taken as many updates as it may."""


def is_full(error: RPCError) -> bool:
    """Whether the run takes no more until it continues as new, which it does when what is under way has ended."""
    return error.status == RPCStatusCode.FAILED_PRECONDITION and _TOO_MANY_UPDATES in error.message


def explained(run: str, error: RPCError) -> ClientError:
    match error.status:
        case RPCStatusCode.NOT_FOUND if "already completed" in error.message:
            return RunOver(f"the run {run} is over already; `dsl show` tells how it ended")
        case RPCStatusCode.NOT_FOUND:
            return UnknownRun(f"there is no run {inert(run)} here; `dsl runs` lists them")
        case _ if is_full(error):
            return ClientError(
                f"the run {run} has taken as much as the server lets in at a time; it takes more when what is under "
                "way in it has ended: try again later"
            )
        case RPCStatusCode.FAILED_PRECONDITION if "failed state" in error.message:
            return RunStuck(f"the run {run} is stuck: its workflow task keeps failing; `dsl runs --stuck` says why")
        case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED | RPCStatusCode.FAILED_PRECONDITION:
            return NoWorker(_no_worker(run))
        case _:
            return ClientError(f"the server refused: {error.message}")


def _no_worker(run: str) -> str:
    return f"the run {run} cannot be asked: nothing works on its task queue"
