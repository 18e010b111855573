"""Statements. Durations are whole milliseconds. A construct's grammar rule, class and construct file share its name."""

from decimal import Decimal

from dsl.ast.budgets import ChosenLimit
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Argument, Expression, Literal
from dsl.ast.joining import First
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.types import RecordType, Type
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Block(Node):
    statements: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Budget(Node):
    """What a block, flow or agent may spend. `turns` and `iterations` are counts, `time` a deadline in milliseconds.
    `chosen` are limits that are worked out: those that stand in constants, of which none is left when these are
    written out, and those for which the limit beside them is the most.
    """

    usd: Decimal | None = None
    tokens: int | None = None
    calls: int | None = None
    turns: int | None = None
    iterations: int | None = None
    time: int | None = None
    chosen: tuple[ChosenLimit, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry(Node):
    """`retry 5 times backoff 1s to 1m except BadRequest`: at most `times` attempts after the first; as many as `chosen`
    says, where that is given."""

    times: int
    backoff_initial: int | None = None
    backoff_maximum: int | None = None
    exceptions: tuple[str, ...] = ()
    chosen: Expression | None = None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call of a tool, an agent or a flow."""

    target: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Compensate(Node):
    """How a call is undone: by calls that may name `result` and the parameters, or `none` with the reason."""

    call: Call | None = None
    none_reason: str | None = None
    then: tuple[Call, ...] = ()

    @property
    def calls(self) -> tuple[Call, ...]:
        return () if self.call is None else (self.call, *self.then)


@dataclass(frozen=True, slots=True)
class Step(Node):
    """`step case = tickets.open(…) { timeout 5s }`. Unnamed, it has its target's name, numbered if it stands twice.

    `patience` comes before the tool's: how long the call waits for a worker that has the tool. An agent goes on with
    the conversation `continues`. Nobody waits for a flow that is `detached`. `transcript`, filled in when the flow is
    sealed: it asks for the conversation that the agent had, which is bound to `transcript_name`. With a
    `chosen_timeout`, a duration, the `timeout` is the most that that can be."""

    name: str
    call: Call
    named: bool = True
    timeout: int | None = None
    retry: Retry | None = None
    compensate: Compensate | None = None
    without_approval: str | None = None
    patience: int | None = None
    continues: Expression | None = None
    transcript: bool = False
    detached: bool = False
    chosen_timeout: Expression | None = None


def transcript_name(step: str) -> str:
    """What the conversation of an agent's step is bound to beside its result; no author can write such a name."""
    return f"transcript({step})"


@dataclass(frozen=True, slots=True)
class Let(Node):
    name: str
    value: Expression
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Var(Node):
    name: str
    type: Type | None
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Set(Node):
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """A condition, and what is done where it is the first that holds."""

    condition: Expression
    body: Block


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if a as name { } else if b { } else { }`. With a name, `yield` in its blocks gives it a value."""

    arms: tuple[Arm, ...]
    otherwise: Block | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`"a", "b" => { }`: what is done with one of these values."""

    values: tuple[Literal, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Match(Node):
    """`match subject as name { "a" => { } else => { } }`. With a name, `yield` in its blocks gives it a value.

    `complete`, filled in when the flow is sealed: one of its cases is always taken.
    """

    subject: Expression
    cases: tuple[Case, ...]
    otherwise: Block | None = None
    name: str | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for item in items at most 10 { }`, or with the position from 0: `for index, item in items`."""

    variable: str
    index: str | None
    source: Expression
    at_most: int | None
    body: Block


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """`branch NAME { }` inside `parallel`."""

    name: str
    body: Block


@dataclass(frozen=True, slots=True)
class Parallel(Node):
    """`parallel as name keep going { }`, or a `race`; a branch is a bare step, a bare approval or a named branch."""

    name: str | None
    keep_going: bool
    branches: tuple["Step | AwaitApproval | Branch", ...]
    first: First | None = None
    stop_when: Expression | None = None


@dataclass(frozen=True, slots=True)
class ParallelFor(Node):
    """`parallel for item in items up to 8 as results keep going { … yield value }`, in the input's order; or a race.
    `up_to_at_most`: how many `up_to` may say."""

    variable: str
    source: Expression
    at_most: int | None
    up_to: Expression | None
    name: str | None
    keep_going: bool
    body: Block
    first: First | None = None
    stop_when: Expression | None = None
    up_to_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`loop NAME budget … every 1h keep going { } on exhausted { }`. `budget` is None only in a text that does not pass
    the check, `every` a time in milliseconds. `asks`: who is asked for more when it is used up, before that is the end
    of it. With `chosen_every`, a duration, `every` is the most that that can be."""

    name: str | None
    budget: Budget | None
    body: Block
    on_exhausted: Block | None = None
    every: int | None = None
    keep_going: bool = False
    asks: tuple[Stage, ...] = ()
    chosen_every: Expression | None = None


@dataclass(frozen=True, slots=True)
class Commit(Node):
    """What the flow has done so far is not undone any more."""


@dataclass(frozen=True, slots=True)
class BudgetBlock(Node):
    """`budget 5k tokens { } on exhausted { }`: caps a block that runs once; `asks` as of a loop."""

    budget: Budget
    body: Block
    on_exhausted: Block | None = None
    asks: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class GateRound(Node):
    """`for variable in source` between an approval and a call that it opens, as it is gone through in the question."""

    variable: str
    source: Expression


@dataclass(frozen=True, slots=True)
class GatedCall(Node):
    """An irreversible call that an approval opens: once, or once for each turn of `rounds`, the outermost first. All is
    worded for the place of the approval, where it is listed; what names the approval is what its answer gives."""

    call: Call
    rounds: tuple[GateRound, ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitApproval(Node):
    """A typed question to people, who see what is sensitive of the classes that it `sees`. `gates` holds the
    irreversible calls that it opens, filled in when it is sealed."""

    name: str
    question: Expression
    show: tuple[Expression, ...]
    answer: RecordType | None
    remind: int | None
    stages: tuple[Stage, ...]
    gates: tuple[GatedCall, ...] = ()
    sees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitEvent(Node):
    """`await event … timeout 7d else { }`. `timeout` and `otherwise` are None only in a text that does not pass the
    check. With a `chosen_timeout`, a duration, the `timeout` is the most that that can be.
    """

    expected: ExpectedEvent
    timeout: int | None = None
    otherwise: Block | None = None
    chosen_timeout: Expression | None = None


@dataclass(frozen=True, slots=True)
class FirstBranch(Node):
    """A way on in `await first`, and when it is taken: an event comes; a time is over, `after` milliseconds or `until`
    a moment; or who is called `branch` is first among what runs. Exactly one is given. With `chosen_after`, a duration,
    `after` is the most that that can be.
    """

    body: Block
    expected: ExpectedEvent | None = None
    after: int | None = None
    until: Expression | None = None
    branch: str | None = None
    chosen_after: Expression | None = None


@dataclass(frozen=True, slots=True)
class AwaitFirst(Node):
    """`await first { event … { } after 3d { } approval … { } step … { } }`: whichever comes first. The approvals and
    steps run as a `race`, whose losers are undone."""

    branches: tuple[FirstBranch, ...]
    race: Parallel | None = None


@dataclass(frozen=True, slots=True)
class Respond(Node):
    """`respond order { id: made.id }`: what the sender of the event is answered who waits for that."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Sleep(Node):
    """`sleep 5m` or `sleep until moment`; exactly one is given. With a `chosen` duration, the first is the most."""

    milliseconds: int | None
    until: Expression | None
    chosen: Expression | None = None


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """`on error NotFound, Gone as e if e.step != null { }`; without kinds it takes what may be caught in general."""

    name: str | None
    condition: Expression | None
    body: Block
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finally(Node):
    """`finally { step locks.release(id: lock.id) }`: calls of tools that are made however the `try` ends."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Try(Node):
    body: Block
    handlers: tuple[Handler, ...]
    finally_: Finally | None = None


@dataclass(frozen=True, slots=True)
class CompensateStatement(Node):
    """`compensate { step audit.reopen(id: case.id) }`: what is done when what the flow has done so far is undone."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class ExclusiveBlock(Node):
    """`exclusive by account up to 2 within 10m { }`: so many at a time of all runs, as of a tool (`Exclusive`)."""

    by: Expression
    body: Block
    up_to: int
    within: int


@dataclass(frozen=True, slots=True)
class Fail(Node):
    """`fail "text"`, or a record `{ kind: "…", message: "…" }`."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Return(Node):
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Yield(Node):
    value: Expression


@dataclass(frozen=True, slots=True)
class Until(Node):
    condition: Expression


@dataclass(frozen=True, slots=True)
class Break(Node):
    loop: str | None


@dataclass(frozen=True, slots=True)
class Continue(Node):
    loop: str | None


Values = Let | Var | Set
Waiting = AwaitApproval | AwaitEvent | AwaitFirst | Respond | Sleep
Blocks = If | Match | For | Parallel | ParallelFor | Loop | BudgetBlock | ExclusiveBlock | Try
Leaving = Fail | Return | Yield | Until | Break | Continue
Statement = Step | Values | Waiting | Blocks | Leaving | Commit | CompensateStatement
