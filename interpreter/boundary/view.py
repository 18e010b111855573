"""What the state query answers: everything about a run that people and programs may want to see, as plain JSON data."""

from dataclasses import dataclass, field

from interpreter.boundary.costs import Cost
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, References, Spent

KEPT_BACK = "kept back, since sensitive data may stand in it that readers of the flow do not see (`sees`)"
"""What people are told in the place of such words."""

AROUND = frozenset({"parallel", "race", "for", "budget", "try"})
"""What stands around others: where it is, what is inside tells more. Any other kind of node is shown for itself."""


@dataclass
class Counts:
    """What an agent has taken so far: its turns, what it called in them, and the tokens and money of its models, those
    of the agents that it calls included. `tokens` is what was charged, which is more than what was reported where an
    attempt was lost; `usd` is a decimal text.
    """

    turns: int = 0
    calls: int = 0
    tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: str = "0"


@dataclass
class Note:
    """Something that happened, in the order it happened. `number` counts from 1 and goes on over continue-as-new.

    `kind`: `started waiting attempt retrying completed failed cancelled` of a step or block; `asked seen reminded
    escalated voted approved rejected timed_out withdrawn` of an approval; `passed_over timed_out` of the wait for an
    event, and `refused`, of one whose sender waits for no reply; `turn` of an agent, whose model asks for calls,
    `adapted`, when it is asked without what it does not take, and `told`, what somebody says to it; `undoing undone
    undo_failed uncertain` of a compensation; `staged` of a call that was captured; `iteration` of a loop; `exhausted
    overspent` of a budget; `continued moved finished` of the run, and
    `stayed`, when it could not be moved.
    """

    number: int
    at: float
    kind: str
    path: str
    name: str
    node: str
    """What it is: `tool agent turn flow approval event loop for parallel sleep try finally compensate budget run
    undo`."""
    attempt: int = 0
    detail: str = ""
    rehearsal: bool = False
    counts: Counts | None = None
    """Of an agent, at each of its turns and at its end."""


@dataclass
class StepView:
    """A frame that is alive: `running waiting retrying cancelling undoing`."""

    path: str
    name: str
    node: str
    state: str
    since: float
    attempt: int = 0
    detail: str = ""
    lacks: str = ""
    """The digest of an object of the store that it waits for: gone, damaged, or out of reach."""
    counts: Counts | None = None


@dataclass
class ShownValue:
    """A value that a question shows: its text in the source (`verdict`, `customer.name`), its plain JSON, and what of
    that is a reference.
    """

    name: str
    value: JSON
    references: References = field(default_factory=list)


@dataclass
class VoteView:
    """An answer that was taken, `at` that time. `standing`: `verified` (by the key of the id `key`) or `unverified`.
    `counts`: for what is proposed now; other votes were given at an earlier stage, or for another answer.
    """

    by: str
    standing: str
    decision: str
    at: float
    stage: int
    group: str | None = None
    key: str = ""
    answer: JSON = None
    note: str | None = None
    counts: bool = True


@dataclass
class QuestionView:
    """An open approval. `gates` are the calls it opens, worded with their arguments; `answer_schema` is JSON Schema or
    null. `whom` is who is asked, as people read it; `groups` are those among them that are groups. `verified`: only
    answers count whose signature a worker has verified.
    """

    id: str
    name: str
    question: str
    shown: list[ShownValue]
    gates: list[str]
    answer_schema: JSON
    digest: str
    stage: int
    stages: int
    whom: list[str]
    required: int
    all_of: bool
    except_requester: bool
    asked_at: float
    deadline: float
    then: str
    votes: list[VoteView]
    """All that were taken, in their order."""
    groups: list[str] = field(default_factory=list)
    verified: bool = False
    rehearsal: bool = False
    staged: bool = False
    proposal: JSON = None
    proposal_digest: str | None = None
    """What an answer names to agree to the proposal."""


@dataclass
class PurseView:
    """A budget that is open. Limits that are null do not bind; `deadline` in seconds since the epoch; `usd` decimal
    texts.
    """

    path: str
    usd: str | None
    tokens: int | None
    calls: int | None
    deadline: float | None
    spent: Spent
    reserved: Spent


@dataclass
class LedgerView:
    """An effect that can still be undone, or one that is uncertain. `state`: `done uncertain undone undo_failed`.
    `undo` is the tool that is called next; of a block `made` calls have been made, and the tools `then` follow.
    `staged`: it was captured, so it has not happened.
    """

    path: str
    tool: str
    state: str
    undo: str | None
    staged: bool = False
    made: int = 0
    then: list[str] = field(default_factory=list)


@dataclass
class KeptEvent:
    """An event that nobody has taken yet, with `size` bytes of JSON; `by` as its sender says, `at` when it came."""

    id: str
    name: str
    key: str | None
    by: str
    at: float
    size: int


@dataclass
class RunView:
    """`status`: `running cancelling undoing completed failed cancelled`. `notes` are those after the one asked for.
    `costs`: what was spent where, here and below. `config`: the values of the deployment, plain JSON.
    `kept`: the events that nobody has taken yet, in their order. `moves`: the definitions that it has gone on with.
    """

    flow: str
    hash: str
    status: str
    started: float
    requester: str | None
    rehearsal: bool
    steps: list[StepView] = field(default_factory=list)
    questions: list[QuestionView] = field(default_factory=list)
    purses: list[PurseView] = field(default_factory=list)
    ledger: list[LedgerView] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)
    continuations: dict[str, int] = field(default_factory=dict)
    """How often the run continued as new: in `all`, and inside of each `loop parallel try approval event undo child`.
    """
    staged: bool = False
    costs: list[Cost] = field(default_factory=list)
    config: dict[str, JSON] = field(default_factory=dict)
    kept: list[KeptEvent] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
