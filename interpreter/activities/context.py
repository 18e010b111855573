"""What a tool can ask about the call it serves: `current().key` is the same for each attempt, after crashes too."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field

from interpreter.providers.call_id import CALL_ID_HEADER, in_a_header


@dataclass(frozen=True)
class ToolContext:
    """`path` names the step in the run; `attempt` counts from 1."""

    key: str
    attempt: int
    path: str
    workflow_id: str
    _stop: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    @property
    def headers(self) -> dict[str, str]:
        """For requests that the tool makes: the key, as servers take it that honour one, and by which they are found in
        their logs and in ours.
        """
        key = in_a_header(self.key)
        return {"Idempotency-Key": key, CALL_ID_HEADER: key}

    @property
    def cancelled(self) -> bool:
        """Whether the call should end early. A function in a thread looks here; an async one gets `CancelledError`."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the call to end early: for what runs tools, and for their tests."""
        self._stop.set()


CALL: ContextVar[ToolContext] = ContextVar("steadflow_tool_call")


def current() -> ToolContext:
    """The call that is served right now; only inside of a tool."""
    try:
        return CALL.get()
    except LookupError:
        raise RuntimeError("current() is there only while a tool is called by a flow") from None
