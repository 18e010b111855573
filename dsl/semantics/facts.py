"""What was found out about a text: side tables keyed by the identity of nodes, and findings.

Keyed by `id` because equal nodes at two places may mean different things; the module that owns the nodes is kept here,
so an id stays theirs. The tables are filled in one pass and only read afterwards.
"""

from collections.abc import Iterator
from typing import Literal, TypeVar

from dsl.ast.declarations import Module, Summarise, Use
from dsl.ast.expressions import Expression, FunctionCall
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call, Step
from dsl.ast.types import Field
from dsl.dataclass import dataclass, field
from dsl.semantics.findings import Finding
from dsl.semantics.state import State
from dsl.semantics.symbols import Declarations, Signature, Symbol
from dsl.semantics.types import UNKNOWN, Type
from dsl.source import Damage

F = TypeVar("F")
N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds where a step or an approval begins, and the iterations around it, outermost first."""

    state: State
    iterations: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """A call of a type: the type's name, and the name of the argument that says what else."""

    type: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Constant:
    """What was written for a field or a parameter; `role` names the place in a message, `advice` is what to do where it
    does not hold."""

    value: Expression
    field: Field
    role: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks of a conversation: how many `messages` there are, the end of its `subject`, which the conversion
    beside it cuts off, or the `transcript` of a step."""

    what: Literal["messages", "subject", "transcript"]
    subject: Expression | None = None


@dataclass(slots=True)
class Facts:
    """`nodes` holds every node of the module by class, in source order; `versions` which assignment of a `var` each use
    of its name reads; `conversions` the types that the value of an expression becomes one of, in turn; `casts` the
    calls of types; `constants` what may turn out not to hold, without running; `sums_of_durations` calls of `sum` that
    say no start; `asked` calls of functions on conversations; `transcripts` the ids of steps whose conversation is
    asked for; `left` the units of each `budget.left`; `of_run` the ids of each `run.…`; `complete` the ids of each
    `match` that always takes a case; `envelopes` of each field that is of an event's envelope; `used` those of nodes
    whose name is read, `partly_read` those of flows that hold something which could not be read."""

    module: Module
    declarations: Declarations
    nodes: dict[type[Node], list[Node]]
    types: dict[int, Type] = field(default_factory=dict)
    conversions: dict[int, tuple[Type, ...]] = field(default_factory=dict)
    casts: dict[int, Cast] = field(default_factory=dict)
    constants: dict[int, Constant] = field(default_factory=dict)
    sums_of_durations: set[int] = field(default_factory=set)
    asked: dict[int, Asked] = field(default_factory=dict)
    transcripts: set[int] = field(default_factory=set)
    complete: set[int] = field(default_factory=set)
    envelopes: set[int] = field(default_factory=set)
    left: dict[int, tuple[str, ...]] = field(default_factory=dict)
    of_run: set[int] = field(default_factory=set)
    symbols: dict[int, Symbol] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    callees: dict[int, Signature] = field(default_factory=dict)
    arguments: dict[int, dict[str, Expression]] = field(default_factory=dict)
    moments: dict[int, Moment] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    partly_read: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    damage: Damage = field(default_factory=lambda: Damage(()))
    """Where the text could not be read as it stands."""
    constants_named: frozenset[str] = frozenset()
    """The declared constants that something names."""
    entrances: dict[int, AwaitApproval] = field(default_factory=dict)
    """What stands for the approval of a flow that requires one; see `dsl.semantics.gating.entrance`."""
    also: dict[int, list[Node]] = field(default_factory=dict)
    """The other places of a mistake, by the identity of the finding that is told."""

    def all(self, kind: type[N]) -> Iterator[N]:
        """Every node of this class, in source order."""
        yield from self.nodes.get(kind, ())  # type: ignore[misc]

    def found(self, kind: type[F]) -> Iterator[F]:
        return (finding for finding in self.findings if isinstance(finding, kind))

    def type_of(self, expression: Expression) -> Type:
        return self.types.get(id(expression), UNKNOWN)

    def symbol_of(self, name: Node) -> Symbol | None:
        """What this use of a name stands for, or what this `set` sets."""
        return self.symbols.get(id(name))

    def callee_of(self, call: Call | Use | Summarise | FunctionCall) -> Signature | None:
        """What is called, or used by an agent; None for a built-in function."""
        return self.callees.get(id(call))

    def arguments_of(self, call: Call | FunctionCall) -> dict[str, Expression]:
        """The arguments of `call` by parameter, whether they were written by name or by position."""
        return self.arguments.get(id(call), {})

    def moment_of(self, statement: Step | AwaitApproval) -> Moment | None:
        """None where the statement cannot be reached."""
        return self.moments.get(id(statement))
