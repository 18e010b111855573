"""What a name stands for: declarations of the file, and the names that the statements of a flow define."""

from typing import Literal

from dsl.ast.declarations import (
    AgentDeclaration,
    ConfigDeclaration,
    ConstantDeclaration,
    FlowDeclaration,
    FunctionDeclaration,
    ToolDeclaration,
    TypeDeclaration,
)
from dsl.ast.node import Node
from dsl.dataclass import dataclass, field
from dsl.semantics.types import Member, Type

SymbolKind = Literal[
    "parameter",
    "config",
    "step",
    "approval",
    "event",
    "let",
    "var",
    "item",
    "index",
    "parallel",
    "race",
    "so far",
    "choice",
    "error",
    "result",
    "key",
    "heard",
]
CalleeKind = Literal["tool", "agent", "flow", "function"]


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A name of a flow. `branch` is the innermost parallel branch that it belongs to."""

    name: str
    kind: SymbolKind
    type: Type
    node: Node
    branch: Node | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a step may call, or an expression. `returns` is NOTHING when no result is declared. One that is `damaged`
    could not be read as it stands, so nothing is said about its calls."""

    kind: CalleeKind
    name: str
    parameters: tuple[Member, ...]
    returns: Type
    node: ToolDeclaration | AgentDeclaration | FlowDeclaration | FunctionDeclaration
    damaged: bool = False


@dataclass(slots=True)
class Declarations:
    """The names of a file; `callees` are what a step may call. `lost` are names of declarations that could not be
    read: an alias of another file stands for all names behind its dot. `open` says that a file brings
    names nobody knows."""

    types: dict[str, Type] = field(default_factory=dict)
    type_nodes: dict[str, TypeDeclaration] = field(default_factory=dict)
    callees: dict[str, Signature] = field(default_factory=dict)
    functions: dict[str, Signature] = field(default_factory=dict)
    constants: dict[str, ConstantDeclaration] = field(default_factory=dict)
    configs: dict[str, ConfigDeclaration] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    open: bool = False

    def excused(self, name: str) -> bool:
        """Whether `name` may well be declared, only not where it could be read."""
        return self.open or name in self.lost or name.split(".", 1)[0] in self.lost

    def kind_of(self, name: str) -> tuple[str, Node] | None:
        """What `name` is declared as, with the declaration."""
        called = self.callees.get(name) or self.functions.get(name)
        if called is not None:
            return called.kind, called.node
        if name in self.constants:
            return "constant", self.constants[name]
        if name in self.configs:
            return "value of the deployment", self.configs[name]
        return ("type", self.type_nodes[name]) if name in self.type_nodes else None
