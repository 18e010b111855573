"""What an approver asks of a flow, answered: one value, which every form of the report is written from.

Nothing is found out here: each part is taken from what the checks, the plan and the information flow already know, and
has the places in the text that say so. Times are milliseconds, None where the text does not bound them.
"""

from typing import Literal

from dsl.dataclass import dataclass
from dsl.differences.changes import Of, Weight
from dsl.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1, with its text."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ChosenGroup:
    """What comes of the expression `said`: one of `groups`."""

    said: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Who is asked, and what is done when nobody answers in time. `chosen` are groups that data chooses; `persons` are
    expressions, as they are written."""

    groups: tuple[str, ...]
    chosen: tuple[ChosenGroup, ...]
    persons: tuple[str, ...]
    required: int
    all_of: bool
    except_requester: bool
    verified: bool
    timeout: int | None
    outcome: str
    place: Place


@dataclass(frozen=True, slots=True)
class Budget:
    """What `of` (a flow, an agent, a loop or a block, by `name`) may spend; `asks`: who may give it more."""

    of: Literal["flow", "agent", "loop", "block"]
    name: str
    said: str
    asks: tuple[Stage, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Dearest:
    """The line that most of something comes from."""

    of: str
    share: str
    place: Place


@dataclass(frozen=True, slots=True)
class Gate:
    """Who agrees before a call: people of an approval that shows exactly this call (`call`) or that was only given
    before it (`before`), of the gate of an agent's use (`use`), or of the call of the flow it stands in (`caller`)."""

    how: Literal["call", "before", "use", "caller"]
    name: str
    stages: tuple[Stage, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Lasting:
    """A call whose effect stays, whatever happens afterwards. `stays`: what the text says of it; `unasked`: the reason
    why it needs no approval. A `model` calls it where an agent uses it; `only` is the condition of that."""

    tool: str
    effect: Literal["irreversible", "write"]
    stays: str
    agent: str | None
    only: str | None
    gates: tuple[Gate, ...]
    unasked: str | None
    place: Place
    declared: Place


@dataclass(frozen=True, slots=True)
class Undo:
    """A call that takes an effect back."""

    tool: str
    said: str
    place: Place


@dataclass(frozen=True, slots=True)
class Written:
    """A tool that changes something, where it is called, and how that is undone. `purpose`: some are called to undo,
    or at the end of a `try`. `keyed`: it honours an idempotency key, for `keyed_for` milliseconds where that ends."""

    tool: str
    effect: Literal["idempotent", "write", "irreversible"]
    keyed: bool
    keyed_for: int | None
    purpose: Literal["step", "agent", "undo", "finally"]
    undo: tuple[Undo, ...]
    stays: str | None
    calls: tuple[Place, ...]
    declared: Place


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A field or parameter that is declared sensitive. `class_` is `sensitive` for what has no class of its own."""

    class_: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Crossing:
    """Something sensitive goes to someone. `by`: as a value; or because it decides whether that happens at all. Who
    `keeps` it says nothing of it in its answer. `way`: the calls that bring it there, the last first."""

    class_: str
    field: str
    to: Literal["tool", "model", "approval", "gate", "result", "failure", "reply", "lock", "event", "asked", "run"]
    name: str
    by: Literal["value", "reached"]
    keeps: bool
    place: Place
    declared: Place
    way: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """`masks`: where a value is shown in part."""

    sensitive: tuple[Sensitive, ...]
    crossings: tuple[Crossing, ...]
    masks: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that is waited for: no longer than `longest`, and `then` in words of the language. Of an approval, a
    gate and a budget the `stages` say that."""

    of: Literal["approval", "gate", "budget", "event", "first", "sleep", "lock", "batch"]
    name: str
    longest: int | None
    then: str
    stages: tuple[Stage, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Ending:
    """What the text says for when something fails, is used up, or ends early; `said` are its own words."""

    of: Literal[
        "handler", "finally", "exhausted", "keep going", "rounds", "race", "fail", "commit", "compensate", "detached"
    ]
    said: str
    place: Place


@dataclass(frozen=True, slots=True)
class Doubt:
    """A tool of which nobody may learn whether it did what it was called for: at all, or where it is not heard of for
    longer than `after`, when its key is forgotten. `reason`: why it need not be known."""

    tool: str
    after: int | None
    reason: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Left:
    """What can be left: effects that nothing takes back, undo that may fail, and effects that nobody knows of."""

    stays: tuple[Written, ...]
    undo: tuple[Undo, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class ModelAt:
    """`provider` and `address` are what `steadflow.toml` says; None is what the worker's environment says."""

    name: str
    provider: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Asks:
    """An agent and the models it asks, in that order."""

    agent: str
    models: tuple[ModelAt, ...]
    uses: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries a tool out: a worker by the tool's name, on its own `queue` where it has one; a request to a host; an
    MCP server; or an event to another run. `auth` names credentials of the worker."""

    tool: str
    effect: str
    by: Literal["worker", "http", "mcp", "event"]
    address: str | None
    auth: tuple[str, ...]
    queue: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the deployment that it reads: whoever starts it gives it, and it is in no hash."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Contacts:
    models: tuple[Asks, ...]
    tools: tuple[Carried, ...]
    config: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Bounded:
    """What goes round, or calls itself, and what ends it."""

    of: Literal["loop", "for", "recursion"]
    name: str
    said: str
    place: Place


@dataclass(frozen=True, slots=True)
class Ends:
    """`time` forward and `undo` after it, at most; what makes them unbounded stands in `open`."""

    time: int | None
    undo: int | None
    rounds: tuple[Bounded, ...]
    open: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What is not as it was in a declaration, `said` in a line; `why`: who has to follow, or which promise holds no
    more. `place` is None for what is gone."""

    of: Of
    name: str
    said: str
    weight: Weight
    why: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Signer:
    """`at`: milliseconds since the epoch, by the clock of who signed."""

    name: str
    key: str
    at: int


@dataclass(frozen=True, slots=True)
class Approved:
    """The version that was last signed: by whom, and what has changed since then; None where that cannot be told.
    `lacks`: who must still sign this one."""

    hash: str | None
    signers: tuple[Signer, ...]
    changes: tuple[Change, ...] | None
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spending:
    plan: Plan
    budgets: tuple[Budget, ...]
    charges: tuple[Place, ...]
    dearest: tuple[Dearest, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A flow, by the hash of its meaning, and what an approver asks of it. `approved` is None where nothing says
    that versions are signed."""

    flow: str
    hash: str
    purpose: str | None
    place: Place
    spending: Spending
    lasting: tuple[Lasting, ...]
    writes: tuple[Written, ...]
    data: Data
    waits: tuple[Wait, ...]
    endings: tuple[Ending, ...]
    left: Left
    contacts: Contacts
    ends: Ends
    approved: Approved | None
