"""A tool that ends the process it runs in by `os._exit`, as code does that was written for a process of its own.

Nobody can hold that up, but it must not look like the end of the command: an exit code of 0 would say that a run is
over of whose call nothing has been heard. So the process says what has ended it, and ends as one that failed. A process
that the tool has forked ends as it likes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from dsl.diagnostics.inert import inert
from interpreter.activities.context import CALL
from interpreter.cli import exit_codes


@contextmanager
def tool_exits_told() -> Iterator[None]:
    own, end = os.getpid(), os._exit

    def told(status: int) -> NoReturn:
        call = CALL.get(None)
        if call is None or os.getpid() != own:
            end(status)
        where = inert(f"{call.path} of {call.workflow_id}")
        text = (
            f"error: a tool has ended this process with os._exit({status}), at {where}; the run goes on with a worker\n"
        )
        try:
            os.write(2, text.encode())
        finally:
            end(status or exit_codes.FAILED)

    setattr(os, "_exit", told)  # noqa: B010 - a name of the library's, which may not be assigned to
    try:
        yield
    finally:
        setattr(os, "_exit", end)  # noqa: B010
