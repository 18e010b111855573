"""What the machine asks for. A driver carries commands out; it may hold one back, it never drops or changes one.

The id of a command is derived from the path of the frame that issued it and is never used twice, so an answer that
comes late finds nothing that waits for it.
"""

from dataclasses import dataclass, field

from interpreter.boundary.batches import BatchRequest
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.caps import Claim
from interpreter.boundary.payloads import JSON, Answer, ChatRequest, ChildReport, HeardOfModels
from interpreter.core.recorded import recorded


@recorded
@dataclass(frozen=True, slots=True)
class CallTool:
    """Run a tool once. `arguments` is plain JSON; times are milliseconds; `signature` is the digest of what is
    `declared`, in words only where a worker has asked for them. `verifies` is the key of the call that this one asks
    about. A `quick` call only reads and is over soon, so it may be carried out by the worker that has the run. A
    `staged` call is not carried out: its result is made up from the JSON Schema `schema` (null: no result).
    `start_within`: where no worker has begun it in that time, none begins it. It is called only when its `claim` was
    granted (`caps.py`). Of a `discreet` call no log has the words. One that is `carried` may take so long beside other
    work that it must not keep the run from continuing as new (`carrying.py`).
    """

    id: str
    tool: str
    arguments: dict[str, JSON]
    key: str
    attempt: int
    timeout: int
    heartbeat: int | None
    queue: str | None
    signature: str
    declared: str
    summary: str
    verifies: str | None = None
    quick: bool = False
    staged: bool = False
    schema: JSON = None
    start_within: int | None = None
    claim: Claim | None = None
    discreet: bool = False
    carried: bool = False


@recorded
@dataclass(frozen=True, slots=True)
class AttemptModel:
    """Ask one model once; by the workers of that task queue, where one is named, and when its `claim` was granted. One
    may be `carried`, as a call of a tool may.
    """

    id: str
    request: ChatRequest
    timeout: int
    summary: str
    queue: str | None = None
    claim: Claim | None = None
    carried: bool = False


@recorded
@dataclass(frozen=True, slots=True)
class AskBatch:
    """Submit a batch of questions to a provider, when their `claims` were granted; look at it, or cancel it."""

    id: str
    request: BatchRequest
    timeout: int
    summary: str
    queue: str | None = None
    claims: list[Claim] = field(default_factory=list)


@recorded
@dataclass(frozen=True, slots=True)
class StartChild:
    """Start a flow as a run of its own; `input` is plain JSON. `rehearsal`: what it is given may be made up. `heard`:
    what this run has heard of models. `detached`: that it has started is all that is told of it. `locks`: those that
    this run, and those that wait for it, hold as long as the other goes on.
    """

    id: str
    flow: str
    input: dict[str, JSON]
    lease: Lease
    summary: str
    rehearsal: bool = False
    heard: HeardOfModels | None = None
    detached: bool = False
    locks: list[str] = field(default_factory=list)


@recorded
@dataclass(frozen=True, slots=True)
class Acquire:
    """Ask for a lock that no more than `up_to` hold at a time, over all runs. Withdrawing it leaves the queue.

    It is waited for until the moment `until`, and asked for again meanwhile: `asked` is how often it was.
    """

    id: str
    lock: str
    up_to: int
    until: float = 0.0
    asked: int = 1


@dataclass(frozen=True, slots=True)
class Release:
    """Give the lock back that was asked for by the command of this id."""

    id: str
    lock: str


@recorded
@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire at `deadline`, in seconds since the epoch."""

    id: str
    deadline: float
    summary: str


@recorded
@dataclass(frozen=True, slots=True)
class Pause:
    """Let the driver breathe; the machine then goes on with its backlog."""

    id: str


@recorded
@dataclass(frozen=True, slots=True)
class Evaluate:
    """Evaluate beside the values: the encoded expression over a dumped scope that holds references.

    `types`: the declared types that its conversions name, encoded. `most_bytes`: of the list that it gives only a
    stretch, the first items (at least one) with so many bytes of JSON. `received`: the value came from outside, and
    this is the type, encoded, that it is held against, whole.
    """

    id: str
    expression: JSON
    scope: dict[str, JSON]
    most_bytes: int | None = None
    types: JSON = None
    received: JSON = None


@recorded
@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """Find out who gave an answer that reached the run `at` that time. It is never held back: somebody waits."""

    id: str
    answer: Answer
    at: float


@recorded
@dataclass(frozen=True, slots=True)
class Settle:
    """Settle a claim for what its call did cost; or, where it `ends` the run's, free all that is left of them on the
    pages of this one. It is never held back."""

    id: str
    claim: Claim
    usd: str
    tokens: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel an earlier command. A timer is gone at once; a call or a child still answers how it ended, unless the call
    is `abandoned`: it changes nothing, and nobody waits for how it ends.
    """

    id: str
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to the answer (`events.Answered`) of this ticket."""

    ticket: str
    accepted: bool
    outcome: str
    message: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over, as the `report` says, which is also what a parent gets.

    `exact` is the value of a completed run once more, dumped: what is kept where the value itself is too large to
    travel.
    """

    report: ChildReport
    exact: JSON = None

    @property
    def outcome(self) -> str:
        return self.report.outcome

    @property
    def value(self) -> JSON:
        return self.report.result.value if self.report.result is not None else None

    @property
    def failure(self) -> JSON:
        return self.report.failure


Work = CallTool | AttemptModel | AskBatch | StartChild | Acquire | SetTimer | Pause | Evaluate | VerifyAnswer | Settle
"""Commands that are answered by an event and wait in the state until then."""

Command = Work | Cancel | Release | Reply | Finish
