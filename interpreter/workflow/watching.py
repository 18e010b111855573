"""What has ended in a run, handed to its worker, where somebody there wants to know. Nothing comes back, so it changes
no run; whether it is told again, by a replay, is the worker's business.
"""

from collections.abc import Callable

from temporalio import workflow

from interpreter.boundary.names import WATCH_FUNCTION
from interpreter.core.traces import Trace, Watch


def watching() -> Watch | None:
    """Numbers what is told in this execution, so that the worker knows what it has heard before."""
    take: Callable[[int, Trace], None] | None = workflow.extern_functions().get(WATCH_FUNCTION)
    if take is None:
        return None
    told = 0

    def watch(trace: Trace) -> None:
        nonlocal told
        told += 1
        take(told, trace)

    return watch
