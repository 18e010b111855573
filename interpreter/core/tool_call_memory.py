"""What a call of a tool remembers until it is settled."""

from dataclasses import dataclass, field
from typing import Literal

from interpreter.boundary.payloads import JSON
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class ToolCallMemory(Memory):
    """`id` is that of the first attempt's command; `overrides` says that it is a step's own call, for which the step's
    timeout, its retry and the deadlines around it count; `verifies` is the key that the call asks about. `doubt` is the
    failure of an attempt that may have taken effect, `over_at` when all attempts may be taken to have ended. `misfits`
    counts the workers that could not take the call, `misfit` is what the latest said. `explains`: a worker did not know
    the declared signature by its digest, so from now on it comes in words. `staged`: the call is captured. `happened`:
    the tool has taken effect under this key before, and is called for its answer. `by_agent`: it is the call of an
    agent, so what the step that calls the agent says of its timeout and patience is not said of it. `called_at` is when
    the latest attempt was made. `costs`: its attempts are paid for; `refused` counts those that caps have refused;
    `waited`: for money, since it was opened. `busy_since`: when the server of a request first took no call.
    """

    tool: str = ""
    arguments: dict[str, JSON] = field(default_factory=dict)
    id: str = ""
    key: str = ""
    overrides: bool = False
    verifies: str | None = None
    first_at: float = 0.0
    attempt: int = 0
    phase: Literal["calling", "waiting", "reserving"] = "calling"
    command: str = ""
    doubt: Failure | None = None
    over_at: float = 0.0
    misfits: int = 0
    misfit: str = ""
    explains: bool = False
    staged: bool = False
    happened: bool = False
    by_agent: bool = False
    called_at: float = 0.0
    costs: bool = False
    refused: int = 0
    busy_since: float = 0.0
    waited: bool = False
