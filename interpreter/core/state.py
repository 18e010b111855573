"""All memory of a run. Mutated in place, only by `machine.advance`; everything in it survives a trip through JSON."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from interpreter.boundary.payloads import JSON, Lease, Price
from interpreter.boundary.view import Note
from interpreter.core.commands import Work
from interpreter.core.events import Event
from interpreter.core.outcomes import Exit, Failure


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work on a frame: `enter`, `child` (one of its frames ended), `event`, `granted` (a purse has room),
    `start` (what waits for its turn) or `cancel`.
    """

    method: Literal["enter", "child", "event", "granted", "start", "cancel"]
    path: str
    child: str = ""
    exit: Exit | None = None
    event: Event | None = None


@dataclass(slots=True)
class Frame:
    """One construct that is under way. The map from path to frame is the tree of the run.

    `values` are the names that this frame defines, when it is a scope; ending the frame drops them. `memory` is the
    construct's own. `started` orders steps over parents and children. `purse` is the path of the purse it draws on, and
    `waits_at` that of the purse which has no room for it now. `children` are the paths of the frames below; one that
    has ended is among them until this frame has heard of it. A `fresh` frame has not been entered. `suspended` is the
    task that waits for the evaluation `evaluating`; `evaluated` holds what came back for it.
    """

    path: str
    kind: str
    parent: str | None
    purse: str
    started: list[int]
    since: float
    address: str = ""
    scope: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    fresh: bool = False
    cancelling: bool = False
    cancel_due: bool = False
    waits_at: str | None = None
    suspended: Task | None = None
    evaluating: str = ""
    evaluated: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Pending:
    """A command that waits for its event, and the frame that gets it."""

    frame: str
    command: Work
    slot: str = ""


@dataclass(slots=True)
class Amount:
    """What is counted: money, tokens, calls."""

    usd: Decimal = Decimal(0)
    tokens: int = 0
    calls: int = 0


@dataclass(slots=True)
class Purse:
    """A budget that is open, with what was spent from it and what is reserved. A limit that is None does not bind.
    `waiting` are the frames that it has no room for while others hold reservations, first come first served.
    """

    path: str
    parent: str | None
    usd: Decimal | None = None
    tokens: int | None = None
    calls: int | None = None
    deadline: float | None = None
    spent: Amount = field(default_factory=Amount)
    reserved: Amount = field(default_factory=Amount)
    waiting: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """An effect in the ledger: `done uncertain undone undo_failed`. `undo_tool` and its arguments, plain JSON, are the
    call that undoes it; without arguments it could not be worded, for the `reason`. `accepted`: a handler of the author
    has caught that the undo failed.
    """

    path: str
    tool: str
    key: str
    started: list[int]
    state: str
    undo_tool: str | None = None
    undo_arguments: JSON = None
    reason: str = ""
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    by: str
    stage: int
    group: str | None
    digest: str


@dataclass(slots=True)
class Question:
    """An open approval. `proposal` is the answer that the first one to approve gave; votes count for its digest."""

    id: str
    text: str
    shown: list[Any]
    gates: list[str]
    digest: str
    stage: int
    asked_at: float
    deadline: float
    persons: dict[str, str] = field(default_factory=dict)
    votes: list[Vote] = field(default_factory=list)
    proposal: Any = None
    proposal_digest: str | None = None


@dataclass(slots=True)
class State:
    """`key_base` makes idempotency keys unique to the run; `settled` remembers how the latest questions ended, for late
    answers; `continuations` counts how often the run continued as new, and inside of what."""

    flow: str
    hash: str
    key_base: str
    requester: str | None = None
    prices: dict[str, Price] = field(default_factory=dict)
    lease: Lease = field(default_factory=Lease)
    status: str = "running"
    started: float = 0.0
    now: float = 0.0
    sequence: int = 0
    cancelled: bool = False
    rehearsal: bool = False
    frames: dict[str, Frame] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    purses: dict[str, Purse] = field(default_factory=dict)
    ledger: list[Entry] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    answers_seen: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    note_count: int = 0
    failure: Failure | None = None
    continuations: dict[str, int] = field(default_factory=dict)
