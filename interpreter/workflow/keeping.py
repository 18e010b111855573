"""What is too large to travel lies in the store, and a reference travels: the state of a run, and its result."""

import json
from datetime import timedelta
from typing import Any

from temporalio import workflow

from interpreter.boundary.names import OBJECT_FUNCTION, STORE_ACTIVITY
from interpreter.boundary.payloads import JSON
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from interpreter.workflow import limits

TIMEOUT = timedelta(seconds=30)


async def kept_state(state: State) -> JSON:
    """The state as the next execution gets it."""
    data = save(state)
    return data if limits.size_of(data) <= limits.LARGEST_STATE else await keep(data)


def restored(data: JSON) -> State:
    """The state that an execution begins with: loaded at once, so that signals and updates find it."""
    if "kept" in data:  # only this module writes it; a state that travels has other fields
        data = json.loads(workflow.extern_functions()[OBJECT_FUNCTION](data["kept"]))
    return restore(data)


async def keep(data: JSON) -> Any:
    """A reference to what a local activity puts into the store; the argument of a local activity does not travel."""
    return await workflow.execute_local_activity(STORE_ACTIVITY, data, start_to_close_timeout=TIMEOUT)
