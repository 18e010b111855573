"""What the steps that call tools and flows remember. Agents call both as steps do, and so make these too."""

from dataclasses import dataclass, field, replace
from typing import Literal

from dsl.ast.statements import Step
from dsl.expressions.values import Value
from interpreter.boundary.payloads import JSON
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class ToolStepMemory(Memory):
    """`called_at` is when the call was made first with its key, or first since it is known that nothing had happened.
    `unknown` is what is being settled; `believed_from` when a null of the verification counts (None: at once);
    `unreadable`: a call has said that it happened, and is made again only for an answer that can be read. `verified`
    counts the verifications, the latest began at `verified_at`; `given_up` is when a call that still runs is waited
    for no longer. `asked_for`: the tool's name, when an agent calls it with these `arguments`.
    `timeout` and `retries` are those that were worked out for it.
    """

    asked_for: str = ""
    arguments: dict[str, Value] = field(default_factory=dict)
    phase: Literal["locking", "reserving", "calling", "verifying", "settling"] = "reserving"
    called_at: float = 0.0
    unknown: Failure | None = None
    unreadable: Failure | None = None
    believed_from: float | None = None
    given_up: float = 0.0
    verified: int = 0
    verified_at: float = 0.0
    reruns: int = 0
    timeout: int | None = None
    retries: int | None = None


@recorded
@dataclass(slots=True)
class FlowStepMemory(Memory):
    """`input` is plain JSON; `asked_for`: the flow's name, when an agent calls it with that. `lent_by`: for each unit
    that is scarce here, the purse that is used up when the child has used up its lease.
    """

    asked_for: str = ""
    input: JSON = None
    phase: Literal["reserving", "running"] = "reserving"
    lent_by: dict[str, str] = field(default_factory=dict)


def as_chosen(step: Step, memory: Memory | None) -> Step:
    """The step with what was worked out for it."""
    if type(memory) is not ToolStepMemory:
        return step
    if memory.timeout is not None:
        step = replace(step, timeout=memory.timeout)
    if memory.retries is not None and step.retry is not None:
        step = replace(step, retry=replace(step.retry, times=memory.retries))
    return step
