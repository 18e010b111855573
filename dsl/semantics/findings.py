"""What is wrong, as it was found out: the data of a message, apart from its wording (which is the checks').

Semantics finds these in passing, because finding them needs the state of names and types at each place; a check that
needs only the tree finds its own.
"""

from typing import Literal

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.dataclass import dataclass
from dsl.semantics.types import Type

TOLD_APART = "what is told apart"
"""Wanted of a value that is one of several, to read a part of it."""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """`name` in `node` names nothing. `kind` says what was looked for, `known` are the names that could be meant."""

    node: Node
    kind: str
    name: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefinedTwice:
    node: Node
    name: str
    earlier: Node | None
    """None: a name that the language itself gives a meaning."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """A name that exists in this flow, but has no value here for certain."""

    node: Node
    name: str
    defined: Node
    reason: Literal["later", "elsewhere", "unassigned"]


ArgumentProblem = Literal["unknown", "missing", "twice", "too many", "positional after named", "key", "sign"]


@dataclass(frozen=True, slots=True)
class BadArgument:
    """`parameter` is the declaration that is concerned, `callee` is how the author names what is called."""

    node: Node
    callee: str
    reason: ArgumentProblem
    name: str
    known: tuple[str, ...] = ()
    declared: Node | None = None


@dataclass(frozen=True, slots=True)
class UnknownField:
    node: Node
    name: str
    type: Type
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongKind:
    """`name` is a `found` (a tool, a type …) where a `wanted` must stand."""

    node: Node
    name: str
    found: str
    wanted: str
    declared: Node | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`role` names the place that asks (an argument, a field), `wanted` its type in words, `reason` what differs;
    `beside` is the other side of an operator; `as_before` what those are that it stands with (other items, the other
    way of an `if`)."""

    node: Node
    role: str
    wanted: str
    found: Type
    reason: str | None = None
    declared: Node | None = None
    beside: Expression | None = None
    as_before: Type | None = None


@dataclass(frozen=True, slots=True)
class MaybeNull:
    """A value that may be null is used where null has no meaning; `use` says how."""

    node: Node
    use: str
    declared: Node | None = None


@dataclass(frozen=True, slots=True)
class InvalidType:
    node: Node
    message: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    node: Node
    after: Node


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A `match` that has no case for what its subject may be: for `left`, or for values without end."""

    node: Node
    type: Type
    left: tuple[str | int | bool | None, ...]


@dataclass(frozen=True, slots=True)
class IdleCase:
    """A value of a case that the subject of its `match` never is, or that stands in an `earlier` case; or an `else`
    that is left nothing."""

    node: Node
    type: Type
    earlier: Node | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A condition that always comes out as `truth`; `because` is the place that says so, when it is another one."""

    node: Node
    truth: bool
    because: Node | None = None


@dataclass(frozen=True, slots=True)
class IdleElse:
    """The last condition of a chain, which takes all that is left, so the `else` behind it is never done."""

    node: Node


@dataclass(frozen=True, slots=True)
class SetInParallel:
    node: Node
    name: str
    declared: Node
    branch: Node


@dataclass(frozen=True, slots=True)
class Misplaced:
    node: Node
    message: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class NoReturn:
    """The end of this flow's body can be reached, and the flow declares a result."""

    flow: Node


@dataclass(frozen=True, slots=True)
class Unbounded:
    node: Node
    type: Type


Finding = (
    UnknownName
    | DefinedTwice
    | NoValue
    | BadArgument
    | UnknownField
    | WrongKind
    | Mismatch
    | MaybeNull
    | InvalidType
    | Unreachable
    | Uncovered
    | IdleCase
    | Settled
    | IdleElse
    | SetInParallel
    | Misplaced
    | NoReturn
    | Unbounded
)


def no_value(node: Node, name: str, defined: Node) -> NoValue:
    """Why a name of the flow has no value at `node`: it comes later, or belongs to a block that is over."""
    return NoValue(node, name, defined, "later" if defined.span.start > node.span.start else "elsewhere")
