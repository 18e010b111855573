"""Payloads that stand in histories: plain dataclasses of JSON values, so every converter and every SDK can read them.

A field is only ever added, with a default, and never changes its meaning.
"""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from interpreter.boundary.beginnings import DefinitionEnvelope, Lease
from interpreter.boundary.beginnings import read as beginning
from interpreter.boundary.caps import Cap
from interpreter.boundary.costs import Cost
from interpreter.boundary.moved import Moved
from interpreter.boundary.repair import Repair
from interpreter.boundary.talk import AskedCall, Talk

JSON = Any
"""`None`, `bool`, `int`, `float`, `str`, lists of JSON, and dictionaries from text to JSON."""

References = list[JSON]
"""Beside a field of plain JSON: what of it is a reference, as `dsl.values.references` writes it."""


@dataclass
class Price:
    """US dollars for one token, as decimal texts. `cached` is that of a token of a prompt that its provider read from
    its cache, `cache_write` of one that it wrote there; None is as any other of a prompt. `batch`: in a batch it costs
    so many times as much.
    """

    input: str
    output: str
    cached: str | None = None
    cache_write: str | None = None
    batch: str | None = None


@dataclass
class ParentLink:
    """Who waits for this run: the parent's workflow id and the command it is the answer to."""

    workflow_id: str
    command: str


@dataclass
class RunOptions:
    """How a run is carried out.

    `continue_eagerly` continues as new at each quiescent point: for tests, never faster. `verified`: no answer counts,
    at any stage, whose signature no worker has verified. `staged`: models are asked and tools that only read are
    called, and each call that may write is captured instead of carried out. What follows from an answer that was made
    up is captured in any run, unless `with_tools` says otherwise. `private`: what the client sends is encrypted, which
    search attributes cannot be, so no person stands in them.
    """

    continue_eagerly: bool = False
    verified: bool = False
    staged: bool = False
    with_tools: bool = False
    private: bool = False


@dataclass
class RunInput:
    """The one argument of the workflow. `state`, `children` and `carriers` are set only by continue-as-new;
    `references` are those of `input`, which only a parent gives. `parent` is left out where the id of the run says it.
    `max_output`: how many tokens each model can answer with, where known. `rehearsal`: an answer was made up before.
    `refuses`: what each model refuses. `lanes`: the queue of each that has one. `caps`: those over runs that bind it.
    `config`: values of the deployment. `locks`: held by who waits for this. `repair`: what is undone. `moved`: to this
    definition. `child`: what of it is said in one line (`beginnings.line`), in place of `definition`, `flow`, `lease`.
    """

    definition: DefinitionEnvelope = field(default_factory=lambda: DefinitionEnvelope(""))
    flow: str = ""
    input: JSON = None
    requester: str | None = None
    prices: dict[str, Price] = field(default_factory=dict)
    lease: Lease | None = None
    parent: ParentLink | None = None
    options: RunOptions = field(default_factory=RunOptions)
    key_base: str | None = None
    state: JSON = None
    children: dict[str, str] = field(default_factory=dict)
    report_to: ParentLink | None = None
    references: References = field(default_factory=list)
    max_output: dict[str, int] = field(default_factory=dict)
    rehearsal: bool = False
    refuses: dict[str, list[str]] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    caps: list[Cap] = field(default_factory=list)
    config: dict[str, JSON] = field(default_factory=dict)
    locks: list[str] = field(default_factory=list)
    repair: Repair | None = None
    moved: Moved | None = None
    child: str = ""
    carriers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.child:
            self.definition, self.flow, self.lease = beginning(self.child)
            self.child = ""


@dataclass
class Spent:
    """What a run has spent. `usd` is a decimal text."""

    usd: str = "0"
    tokens: int = 0
    calls: int = 0


@dataclass
class HeardOfModels:
    """What servers have said of models in a run and those below it: what each refuses, how many tokens it answers."""

    refuses: dict[str, list[str]] = field(default_factory=dict)
    max_output: dict[str, int] = field(default_factory=dict)


@dataclass
class RunResult:
    """What a completed run returns. `rehearsal`: something in it was made up; `staged`: calls that write were captured.
    `ledger` is what a parent undoes when it fails later; empty for a top run. `references` are those of `value`.
    `record` is how it went (`interpreter.boundary.archive`); empty for a child. `heard` and `costs` are for its parent.
    `spent` is left out by a child that has spent all that it was lent, no more and no less.
    """

    value: JSON
    spent: Spent | None = None
    rehearsal: bool = False
    staged: bool = False
    ledger: list[JSON] = field(default_factory=list)
    references: References = field(default_factory=list)
    record: str = ""
    heard: HeardOfModels | None = None
    costs: list[Cost] = field(default_factory=list)


@dataclass
class ChatRequest:
    """One attempt at one model. `schema_text` is the JSON Schema of the answer, as text, because converters sort the
    keys of an object and a model writes fields in the order in which it sees them; `schema` is the same in earlier
    histories, and without either the answer is any text. `references` are those of `[prompt, instructions]`.
    `feedback`: why the answer before, `refused`, could not be used. `without`: what this model is known to refuse, of
    `REFUSABLE`. With a `talk` the prompt is one of its messages, and the references are also those of its head, its
    preamble and its messages. `reasoning`: how much it thinks, such as "low". `batch`: it is answered in a batch.
    `caps`: the names of those over runs under which it counts. `files` are shown with the prompt, where that is sent:
    on their way references of their own stand beside them, and a provider has each with its content (`data`, base64).
    `discreet`: nothing of its texts goes into logs and spans.
    """

    agent: str
    model: str
    prompt: JSON
    instructions: JSON = None
    schema: JSON = None
    max_output_tokens: int = 4096
    temperature: float | None = None
    attempt: int = 1
    feedback: str | None = None
    references: References = field(default_factory=list)
    schema_text: str | None = None
    refused: str | None = None
    without: list[str] = field(default_factory=list)
    talk: Talk | None = None
    reasoning: str | None = None
    seed: int | None = None
    batch: bool = False
    caps: list[str] = field(default_factory=list)
    files: list[JSON] = field(default_factory=list)
    discreet: bool = False


REFUSABLE = (
    "temperature",
    "max_completion_tokens",
    "stream_options",
    "stream",
    "system",
    "strict",
    "json_schema",
    "json_object",
    "tools",
    "seed",
    "reasoning_effort",
)
"""What some servers refuse of a request. Without `max_completion_tokens` it says `max_tokens`, without `system` the
instructions stand before the prompt, without `json_schema` the schema is told in words and any JSON asked for. Without
`tools` they are told in words too, and a call of one is an answer of a form of its own.
"""


@dataclass
class ChatUsage:
    """Of the tokens of the prompt, the provider read so many from its cache, or wrote them there; of those of the
    answer, `reasoning_tokens` are what the model thought.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass
class ChatResult:
    """The model's answer: `text` as it wrote it, which the machine reads, or `output`, what needs no reading.
    `rehearsal`: no model was asked. Of a conversation also the `calls` that it asks for, and the hash and size of what
    was kept: `head` is the chunk with the messages of the request and this answer.
    """

    output: JSON
    usage: ChatUsage
    response_model: str
    rehearsal: bool = False
    text: str | None = None
    calls: list[AskedCall] = field(default_factory=list)
    head: list[JSON] | None = None
    preamble: list[JSON] | None = None


@dataclass
class EvaluateRequest:
    """`expression` and the declared `types` that its conversions name, encoded; `scope` as dumped by `dsl.values`.

    `most_bytes`: of the list that it gives only a stretch is wanted: its first items, at least one, with that many
    bytes of JSON; each comes as itself, unless it is large. `received`: what comes from outside is held against it.
    """

    expression: JSON
    scope: dict[str, JSON]
    now: float
    most_bytes: int | None = None
    types: JSON = None
    received: JSON = None


@dataclass
class EvaluateResult:
    """The dumped value, or the kind and message of the author's mistake."""

    value: JSON = None
    error_kind: str | None = None
    error_message: str | None = None


class QuickRequest(TypedDict):
    """A call for the worker that has the run; what travels beside it is in the header of any call. It is JSON as it
    stands: the SDK would copy what is in a dataclass to write it, and look up its types to read it.
    """

    tool: str
    arguments: JSON


@dataclass
class ReceiveRequest:
    """The type of an answer, and the declared types that it names, as encoded by `dsl.definition.encode`. `kept` is the
    hash of its bytes, where it does not come beside this.
    """

    returns: JSON
    types: JSON
    kept: str | None = None


@dataclass
class CaptureRequest:
    """What a captured call of a tool gives: something that fits the JSON Schema."""

    tool: str
    schema: JSON


@dataclass
class InlineRequest:
    """Arguments for a worker that may not be ours, and so knows no references. More than `most_bytes` cannot travel."""

    data: JSON
    references: References
    most_bytes: int


@dataclass
class InlineResult:
    """The arguments, plain JSON; null when they have too many bytes."""

    size: int
    data: JSON


@dataclass
class Signature:
    """Made with the Ed25519 key of this id, `at` that time in milliseconds since the epoch; `value` is base64. What it
    covers: `interpreter.boundary.statements`.
    """

    key: str
    at: int
    value: str


@dataclass
class Answer:
    """One person's answer to one question.

    `decision` is `approve` or `reject`; `answer` the typed answer, plain JSON; `group` says on whose behalf when all of
    several groups must agree. `id` is chosen by the client: the same id again is the same answer. `digest`, when given,
    must be that of the question as shown. `proposal` is the digest of the answer that was shown as proposed by others:
    an approval without an answer of its own agrees to that one and no other.
    """

    id: str
    question: str
    decision: str
    by: str
    answer: JSON = None
    group: str | None = None
    note: str | None = None
    digest: str | None = None
    proposal: str | None = None
    signature: Signature | None = None


@dataclass
class VerifyAnswerRequest:
    """Who gave the answer that reached this run `at` that time, in seconds since the epoch? `run` as in
    `statements.run_identity`.
    """

    answer: Answer
    run: str
    at: float


@dataclass
class AnswerVerdict:
    """`standing`: `verified` (the key of `key` signed it, which is that of `person`, who is in `groups`), `unverified`
    (the worker knows no people), or `refused` for a `reason`.
    """

    standing: str
    person: str = ""
    groups: list[str] = field(default_factory=list)
    key: str = ""
    reason: str = ""


@dataclass
class AnswerReply:
    """`accepted` and what it led to (`approved rejected recorded already_answered`), or why it was refused."""

    accepted: bool
    outcome: str
    message: str


@dataclass
class ReportRequest:
    parent: ParentLink


@dataclass
class DescribeRunRequest:
    workflow_id: str
    command: str


@dataclass
class ChildReport:
    """How a run ended: `completed`, `failed`, `cancelled`, or `lost` (terminated, or gone: it did not end by itself).
    `failure` as in `interpreter.boundary.failures`.

    `ledger` is what it leaves behind: what its parent undoes when it fails later, what it could not undo, and what
    nobody knows. `rehearsal`: an answer was made up in it. `spent` and `ledger` are None when nobody can say. `heard`:
    what was heard of models, which its parent need not hear again. `costs`: what was spent where. `child`: the workflow
    id of the run, where it tells this itself: another run may have taken its parent's id by then.
    """

    command: str
    outcome: str
    result: RunResult | None = None
    failure: JSON = None
    spent: Spent | None = None
    ledger: list[JSON] | None = None
    rehearsal: bool = False
    heard: HeardOfModels | None = None
    costs: list[Cost] = field(default_factory=list)
    child: str = ""
