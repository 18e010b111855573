"""Declarations: what a file defines."""

from decimal import Decimal
from typing import Literal as OneOf

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.statements import Block, Budget, Call, Compensate, Retry
from dsl.ast.types import Field, Type
from dsl.dataclass import dataclass

RESULT = "result"
"""What a tool gave is called so in its undo, and what is used in `then`."""


@dataclass(frozen=True, slots=True)
class TypeDeclaration(Node):
    name: str
    type: Type
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Effect(Node):
    """What a tool does to the world. `keyed` honours an idempotency key, for `keyed_for` milliseconds when given; what
    a `final` tool does stays done."""

    kind: OneOf["read", "idempotent", "write", "irreversible"]
    quick: bool = False
    keyed: bool = False
    keyed_for: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Verify(Node):
    """How an unknown outcome is settled: a `read` tool (null: it did not happen), or `none` with the reason.

    A null is believed once the attempt is known to be over, or `after` milliseconds have passed since its timeout.
    """

    call: Call | None = None
    none_reason: str | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Costs(Node):
    """`costs 0.01 usd`, or `costs result.price at most 0.05 usd`: what one call costs, and what is set aside for it.
    `at_most` is None only in a text that does not pass the check."""

    value: Expression
    at_most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ErrorText(Node):
    """`NotFound when "ENOENT"`: an error of a server has this kind where its text has a match of the pattern."""

    kind: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Served(Node):
    """The MCP server that carries a tool out: its name, its command or URL as declared, the names of the credentials
    that it gets, and what is asked of it: a `tool` by the server's own name, or a `resource` by its URI.

    `told` are the errors that are known by their text; any other that the server tells has the kind `otherwise`.
    """

    server: str
    address: str
    tool: str | None = None
    resource: str | None = None
    auth: tuple[str, ...] = ()
    told: tuple[ErrorText, ...] = ()
    otherwise: str | None = None


Method = OneOf["get", "head", "post", "put", "patch", "delete"]


@dataclass(frozen=True, slots=True)
class HttpHeader(Node):
    """`header "Idempotency-Key": key`; one whose value is null is left out."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class HttpStatus(Node):
    """`NotFound when 404`: an answer with this status is an error of this kind, and nothing happened."""

    kind: str
    status: int


@dataclass(frozen=True, slots=True)
class NextPage(Node):
    """`next EXPR at most N pages`: what EXPR says of `result`, a page, and of `link`, the address that its header
    names; null after the last one. A request that reads `page` is made again with it, any other goes to that address.
    `items` says of `result` what the list in it is; None: all of it."""

    value: Expression
    at_most: int
    items: Expression | None = None


@dataclass(frozen=True, slots=True)
class Http(Node):
    """The request that carries a tool out. Scheme and host stand in the text of `url` (`dsl.values.addresses`); all
    expressions are over the parameters and `key`. `auth` names a credential of the worker."""

    method: Method
    url: Expression
    auth: str | None = None
    headers: tuple[HttpHeader, ...] = ()
    query: Expression | None = None
    body: Expression | None = None
    next: NextPage | None = None
    told: tuple[HttpStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Emit(Node):
    """`emit order from item to run with { item: item }`: the event that carries a tool out, sent to the run of the id
    `to`, under the idempotency key; all expressions are over the parameters. `key` is whose event it is."""

    event: str
    to: Expression
    key: Expression | None = None
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Exclusive(Node):
    """`exclusive by account up to 2 within 10m`: of all runs, so many calls at a time with one value of `by`, over the
    parameters; a call waits for the others no longer than `within` milliseconds.
    """

    by: Expression
    up_to: int
    within: int


@dataclass(frozen=True, slots=True)
class ToolDeclaration(Node):
    """`key` is the parameter that takes the idempotency key; `errors` are those that promise that nothing happened.

    `patience` is how long a call waits for a worker that has the tool; None is as long as the flow has time. `served`
    says that an MCP server carries it out, and which, `http` that a request does, `emit` that an event does; without
    any, whatever a worker has under its name does. It `sees` what is sensitive of these classes, and its answer is so
    too; of those that it `keeps`, its answer says nothing.
    """

    name: str
    parameters: tuple[Field, ...]
    returns: Type | None
    effect: Effect
    timeout: int | None = None
    retry: Retry | None = None
    heartbeat: int | None = None
    queue: str | None = None
    compensate: Compensate | None = None
    verify: Verify | None = None
    errors: tuple[str, ...] = ()
    key: str | None = None
    patience: int | None = None
    doc: str | None = None
    served: Served | None = None
    costs: Costs | None = None
    sees: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    http: Http | None = None
    emit: Emit | None = None
    exclusive: Exclusive | None = None


@dataclass(frozen=True, slots=True)
class Use(Node):
    """A tool, an agent or a flow that an agent may call.

    `when`, over the agent's parameters: whether it may in this step at all. `then`, over `result` and the agent's
    parameters: what the model sees of a result. `only`, over the parameters of the target and those of the agent:
    whether a call is carried out; else the model is told `otherwise`, a text over the same. With a `gate` people are
    asked before each call, who see what is sensitive of the classes that it `sees`.
    """

    target: str
    when: Expression | None = None
    then: Expression | None = None
    gate: tuple[Stage, ...] = ()
    only: Expression | None = None
    otherwise: Expression | None = None
    sees: tuple[str, ...] = ()


Reasoning = OneOf["none", "minimal", "low", "medium", "high", "xhigh"]


@dataclass(frozen=True, slots=True)
class Summarise(Node):
    """`summarise by AGENT at N tokens`: when what the model would see has more, the agent puts it in a few words, which
    take the place of what is oldest."""

    target: str
    at: int


@dataclass(frozen=True, slots=True)
class AgentDeclaration(Node):
    """`answer_tokens` is the most that one answer of the model may have; `patience` the longest wait that a provider
    may ask for before the next model is asked; `timeout` that of one attempt, `retry` how a failed one is made
    again, `queue` whose workers make them. `reasoning` is how much the model thinks, `seed` makes its answers
    alike. `asks`: who is asked for more of its budget when that is used up. `batch`: its questions go to batches of
    its provider, and are answered within that time.
    The calls of one turn run `side_by_side`, at most so many; None is all. The same call for the `repeats`th
    time ends the agent. `keep_last`: how many messages the model sees. `tells_budget`: each turn is told what is
    left.
    """

    name: str
    parameters: tuple[Field, ...]
    returns: Type
    models: tuple[str, ...]
    prompt: Expression | None
    instructions: Expression | None = None
    temperature: Decimal | None = None
    budget: Budget | None = None
    answer_tokens: int | None = None
    patience: int | None = None
    uses: tuple[Use, ...] = ()
    side_by_side: int | None = None
    repeats: int | None = None
    keep_last: int | None = None
    tells_budget: bool = False
    summarise: Summarise | None = None
    reasoning: Reasoning | None = None
    seed: int | None = None
    timeout: int | None = None
    retry: Retry | None = None
    queue: str | None = None
    batch: int | None = None
    doc: str | None = None
    sees: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    asks: tuple[Stage, ...] = ()


def called_by(agent: AgentDeclaration) -> tuple[Use | Summarise, ...]:
    """All that an agent may call, whether its model asks for it or it is declared to happen."""
    return agent.uses if agent.summarise is None else (*agent.uses, agent.summarise)


@dataclass(frozen=True, slots=True)
class FlowDeclaration(Node):
    """`most` is what a run of it can spend at most, `charges` what of that money its tools can cost (None: the text
    does not say), and `usual` the calls when hardly a model fails, filled in when it
    is sealed; None where its text does not say. One that `requires_approval` is called only behind an approval of
    exactly that call. `asks`: who is asked for more of its budget when that is used up. Who starts
    it, and who reads what its runs say, `sees` what is sensitive of these classes. `config`, filled in when it is
    sealed: the values of the deployment that it reads, by name.
    """

    name: str
    parameters: tuple[Field, ...]
    returns: Type | None
    body: Block
    budget: Budget | None = None
    depth: int | None = None
    most: Budget | None = None
    usual: int | None = None
    charges: Decimal | None = Decimal(0)
    requires_approval: bool = False
    doc: str | None = None
    sees: tuple[str, ...] = ()
    asks: tuple[Stage, ...] = ()
    config: tuple[Field, ...] = ()


def bounding(of: AgentDeclaration | FlowDeclaration) -> Budget | None:
    """Its budget, as a bound of what it may spend: of one of which people may give more, its time alone."""
    return Budget(time=of.budget.time) if of.asks and of.budget is not None else of.budget


@dataclass(frozen=True, slots=True)
class FunctionDeclaration(Node):
    """`fn good(notes: [Outcome[text]]) -> [text] = …`: pure, and of its parameters alone. No definition holds one: what
    it says is written out where it is called (`Apply`)."""

    name: str
    parameters: tuple[Field, ...]
    returns: Type
    value: Expression
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class ConstantDeclaration(Node):
    """`let NAME = …` outside of flows: an expression that stands wherever the name does. No definition holds one."""

    name: str
    value: Expression
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class ConfigDeclaration(Node):
    """`config region: text = "eu"`: a value of the deployment, given when a run is started and the same for all of its
    life. No definition holds one: each flow has the fields that it reads (`FlowDeclaration.config`)."""

    name: str
    field: Field


@dataclass(frozen=True, slots=True)
class TypeFrom(Node):
    """`type X from "schema.json"`, until the file is read: linking puts a `TypeDeclaration` in its place."""

    name: str
    path: str
    doc: str | None = None


Declaration = (
    TypeDeclaration
    | ToolDeclaration
    | AgentDeclaration
    | FlowDeclaration
    | FunctionDeclaration
    | ConstantDeclaration
    | ConfigDeclaration
    | TypeFrom
)


@dataclass(frozen=True, slots=True)
class UseFile(Node):
    """`use "lib/crm.flow" as crm`: what another file declares. `path` is relative to the folder of this one; with an
    alias its names are written `crm.NAME` here."""

    path: str
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Module(Node):
    """One file, or several that are linked. `edition` is None when the line is missing.

    Linking puts the declarations of all files together; `linked` are the names of those from other files.
    """

    edition: int | None
    declarations: tuple[Declaration, ...]
    uses: tuple[UseFile, ...] = ()
    linked: tuple[str, ...] = ()
