"""How the server says that a run stands, in our words."""

from temporalio.client import WorkflowExecutionStatus

_STATUSES = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed_out",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "continued",
}
STATUSES = tuple(_STATUSES.values())[:-1]
"""Those that a run can have; `continued` is only ever one of its executions."""

_HOW = {
    "completed": "has completed",
    "failed": "has failed",
    "cancelled": "was cancelled",
    "terminated": "was terminated",
    "timed_out": "was ended by a timeout of the server",
}


def status_word(status: WorkflowExecutionStatus | None) -> str:
    return _STATUSES.get(status, "unknown") if status is not None else "unknown"


def how_it_ended(status: WorkflowExecutionStatus | None) -> str:
    """`has completed`, `was cancelled`."""
    return _HOW.get(status_word(status), "is over")
