"""Type expressions as written. What they denote is decided in `dsl.semantics` and, at run time, in `dsl.values`."""

from decimal import Decimal

from dsl.ast import expressions
from dsl.ast.node import Node
from dsl.dataclass import dataclass

SENSITIVE = "sensitive"
"""The class of what is `sensitive` without one."""


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """A basic type (`text int number decimal bool time duration json file`) or a declared one."""

    name: str


@dataclass(frozen=True, slots=True)
class LiteralType(Node):
    """One value of an enumeration: `"refund"`."""

    value: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a record or a parameter of a call: `amount: decimal at least 0 = 5`.

    What is `sensitive`, of a class, is given only to who sees that; a `trusted` parameter takes nothing that a model
    or a message has chosen.
    """

    name: str
    type: "Type"
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    matches: str | None = None
    default: "expressions.Expression | None" = None
    doc: str | None = None
    sensitive: str | None = None
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class RecordType(Node):
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ListType(Node):
    """`[text]`, or bounded: `[text at most 12]`."""

    item: "Type"
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class GenericType(Node):
    """`map[T]` (text keys) or `Outcome[T]`."""

    name: str
    argument: "Type"


@dataclass(frozen=True, slots=True)
class OptionalType(Node):
    """`T?`: a `T` or null; a field of this type may be left out."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class ConversationType(Node):
    """`conversation`, or one of which no more than the last messages are kept: `conversation at most 60 messages`."""

    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class UnionType(Node):
    """`"a" | "b"` (an enumeration), or records told apart by a field."""

    options: tuple["Type", ...]


Type = NamedType | LiteralType | RecordType | ListType | GenericType | OptionalType | UnionType | ConversationType
