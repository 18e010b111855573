"""What runs and the workflow of a lock tell each other. Fields are only ever added, with a default."""

import hashlib
from dataclasses import dataclass, field

from interpreter.boundary.names import LOCK


def lock_id(name: str) -> str:
    """The workflow id of the lock of this name. It says nothing of the name, in which data may stand."""
    return f"{LOCK}{hashlib.sha256(name.encode()).hexdigest()}"


@dataclass
class LockRequest:
    """A run, by its workflow id and its first execution, asks for a lock by a command; or leaves it. `ticket`: all of
    that in one.
    """

    lock: str
    workflow_id: str
    first_run: str
    command: str
    up_to: int = 1

    @property
    def ticket(self) -> str:
        return f"{self.workflow_id}/{self.first_run}/{self.command}"


@dataclass
class LockInput:
    """The input of a lock's workflow: empty, or how it stood when it continued as new: who holds it, who waits, and the
    tickets of those who have left.
    """

    lock: str
    holding: list[LockRequest] = field(default_factory=list)
    waiting: list[LockRequest] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
