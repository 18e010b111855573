"""All memory of a run. Mutated in place, only by `machine.advance`; everything in it survives a trip through JSON."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from dsl.expressions.values import Value
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.caps import Cap, Claim
from interpreter.boundary.costs import Cost
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, Price
from interpreter.boundary.repair import Repair
from interpreter.boundary.view import Note
from interpreter.core.awaited import Arrival, Replied, Wait
from interpreter.core.commands import Evaluate, Work
from interpreter.core.events import Event
from interpreter.core.memory import NO_MEMORY, Memory
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.question import Question, SeenAnswer
from interpreter.core.recorded import recorded


@recorded
@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work on a frame: `enter`, `child` (one of its frames ended), `goes_on` (one has said how it ends, and
    goes on), `event`, `granted` (a purse has room), `start` (what waits for its turn) or `cancel`.
    """

    method: Literal["enter", "child", "goes_on", "event", "granted", "start", "cancel"]
    path: str
    child: str = ""
    exit: Exit | None = None
    event: Event | None = None


@recorded
@dataclass(slots=True)
class Frame:
    """One construct that is under way. The map from path to frame is the tree of the run.

    `values` are the names that this frame defines, when it is a scope, and `variables` the addresses of those among
    them that can be set; ending the frame drops both, unless it `exports` them to the frame above when it is done.
    `memory` is the construct's own. `opened` counts frames and effects in the order of the run; `started` orders steps
    over parents and children. `purse` is the path of the purse it draws on, `reserved` what it holds of it, and
    `waits_at` that of the purse which has no room for it now. `children` are the paths of the frames below, in order,
    with their `opened`; one that has ended is among them until this frame has heard of it. A `fresh` frame has not been
    entered. `suspended` is the task that waits for the evaluation `evaluating`; `evaluated` holds what came back for
    it; `unread` says that the evaluation could not be made yet. `claim` is what its call has set aside under caps.
    """

    path: str
    kind: str
    parent: str | None
    purse: str
    started: list[int]
    since: float
    opened: int = 0
    address: str = ""
    scope: bool = False
    exports: bool = False
    values: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    memory: Memory = NO_MEMORY
    children: dict[str, int] = field(default_factory=dict)
    fresh: bool = False
    cancelling: bool = False
    cancel_due: bool = False
    reserved: "Amount | None" = None
    waits_at: str | None = None
    suspended: Task | None = None
    evaluating: str = ""
    evaluated: "dict[str, Value | Failure]" = field(default_factory=dict)
    unread: "Unread | None" = None
    claim: Claim | None = None


@recorded
@dataclass(frozen=True, slots=True)
class Unread:
    """An evaluation that could not be made, because an object could not be read, and how often it was tried."""

    command: Evaluate
    slot: str
    tries: int


@recorded
@dataclass(frozen=True, slots=True)
class Missing:
    """An object of the store that cannot be read: its digest, and for people what needs it and why it is not there."""

    digest: str
    reason: str


@recorded
@dataclass(slots=True)
class Pending:
    """A command that waits for its event, and the frame that gets it."""

    frame: str
    command: Work
    slot: str = ""


@recorded
@dataclass(slots=True)
class Amount:
    """What is counted: money, tokens, calls."""

    usd: Decimal = Decimal(0)
    tokens: int = 0
    calls: int = 0


@recorded
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


@recorded
@dataclass(frozen=True, slots=True)
class UndoCall:
    """A call of a tool that is made when something is undone. `arguments` are plain JSON."""

    tool: str
    arguments: JSON


@recorded
@dataclass(frozen=True, slots=True)
class Promise:
    """An undo that cannot be worded before the answer of its step is known: the calls, encoded, and what they read
    beside that answer (`result`, which is among the `names` once somebody has said it).
    """

    calls: list[JSON]
    names: dict[str, Value]


EntryState = Literal["open", "done", "uncertain", "undone", "undo_failed"]


@recorded
@dataclass(slots=True)
class Entry:
    """An effect in the ledger. It is `open` from the moment its call is issued and is settled to `done`, `uncertain`,
    `undone` or `undo_failed`; one that never happened, or that is done and can not be undone, leaves the ledger.

    `tool` is the tool, or the flow of a child that may have effects; of an entry that no call has opened it is the word
    of the language: `finally` or `compensate` (`ledger.OWED`). `counts`: each execution counts, so nobody may go
    on as if it were known while it is not. `undo_tool` and its arguments, plain JSON, are the call that undoes it;
    without arguments it could not be worded, for the `reason`. Of a block it is the call that is made next: `made` have
    been made before it, and `then` follow. `over_at` is when an attempt that was not heard of again
    may be taken to have ended. `staged`: the call was captured, not carried out. `accepted`: a handler of the author
    has named the doubt. `owes`: an undo was promised, should it have happened; `promise` is that undo, where the
    answer is all that it lacks. `tried_at`: when the undo's call that is next was made first, unless nothing came of it
    for certain.
    """

    path: str
    tool: str
    key: str
    opened: int
    started: list[int]
    state: EntryState
    counts: bool = True
    undo_tool: str | None = None
    undo_arguments: JSON = None
    reason: str = ""
    over_at: float = 0.0
    accepted: bool = False
    staged: bool = False
    made: int = 0
    then: list[UndoCall] = field(default_factory=list)
    owes: bool = False
    promise: Promise | None = None
    tried_at: float = 0.0


@recorded
@dataclass(slots=True)
class State:
    """All of it. `id` is what people call the run by; `key_base` makes idempotency keys unique to the run; `input` is
    plain JSON, until the run has begun; `settled` remembers how the latest questions ended, for late answers; `backlog`
    are the tasks that wait for a pause to end; `lacking` has the frames that wait for an object of the store;
    `max_output` is how many tokens each known model can answer with; `refuses` what each refuses of a request; `heard`
    names those of which a server has told something that was not known; `lanes` the task queue of each whose provider
    takes so many requests a second; `batches` are the frames of those that a `parallel for` has open, by its path;
    `caps` are those over runs that bind this one; `costs` is what was spent where (`costs.py`); `depth` counts, for
    each flow that may call itself, how many levels are left below this run; `rehearsal`: something was made up.
    `staged`: nothing is written; `with_tools`: what a rehearsal comes to is written (`staging.py`). `verified`: no
    answer counts that nobody has signed; `tells_seen`: of what was told to agents, the digest by its id; `arrivals` are
    the events that nobody has taken yet, of all that `arrived`, and `arrivals_seen` has the digest of each by its id;
    `waits` are the frames that wait for events, the oldest first; `replies` what the senders of the latest were
    answered, by its id; `forgotten`: when the latest of the signed answers was signed that are not in `answers_seen`
    any more; `locks`: those that it holds or waits for, by the id of the command that asked for each; `continuations`:
    how often the run continued as new, and inside of what. `config` are the values of the deployment, plain JSON.
    `held`: the locks that those hold who wait for this run. `repair`: what it repairs, instead of running its flow.
    `moves`: the definitions that it has gone on with.
    """

    flow: str
    hash: str
    key_base: str
    requester: str | None = None
    prices: dict[str, Price] = field(default_factory=dict)
    lease: Lease = field(default_factory=Lease)
    max_output: dict[str, int] = field(default_factory=dict)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    verified: bool = False
    status: str = "running"
    input: JSON = None
    started: float = 0.0
    now: float = 0.0
    sequence: int = 0
    cancelled: bool = False
    rehearsal: bool = False
    staged: bool = False
    with_tools: bool = False
    frames: dict[str, Frame] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    purses: dict[str, Purse] = field(default_factory=dict)
    ledger: dict[str, Entry] = field(default_factory=dict)
    lacking: dict[str, Missing] = field(default_factory=dict)
    backlog: list[Task] = field(default_factory=list)
    pauses: int = 0
    issued: int = 0
    depth: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    answers_seen: dict[str, SeenAnswer] = field(default_factory=dict)
    tells_seen: dict[str, str] = field(default_factory=dict)
    forgotten: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    arrived: int = 0
    arrivals_seen: dict[str, str] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    replies: dict[str, Replied] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    note_count: int = 0
    failure: Failure | None = None
    continuations: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    batches: dict[str, list[str]] = field(default_factory=dict)
    caps: list[Cap] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)
    id: str = ""
    locks: dict[str, str] = field(default_factory=dict)
    config: dict[str, JSON] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    repair: Repair | None = None
    moves: list[Moved] = field(default_factory=list)
