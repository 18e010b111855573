"""What only reads and takes seconds, within the workflow task of the run: a local activity of ours that calls the tool.

It is one activity for all tools, so that every worker has it: whether a worker has the tool itself is told in what the
activity comes to, and stands in history. A run that is repeated on another worker sees the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from temporalio import activity

from interpreter.activities.failing import worker_says
from interpreter.activities.headers import OURS
from interpreter.boundary.failures import NOT_REGISTERED
from interpreter.boundary.names import QUICK_ACTIVITY
from interpreter.boundary.payloads import QuickRequest


def quick_activity(tools: Mapping[str, Callable[[Any], Awaitable[Any]]]) -> Callable[[Any], Awaitable[Any]]:
    """`tools`: the activities of this worker's tools, by name."""

    @activity.defn(name=QUICK_ACTIVITY)
    async def quick(request: Any) -> Any:
        called: QuickRequest = request
        call = tools.get(called["tool"])
        if call is None:
            raise worker_says(NOT_REGISTERED, f"the worker that has the run has no tool `{called['tool']}`")
        return await call(called["arguments"])

    setattr(quick, OURS, True)
    return quick
