"""Goes through the statements of a flow in the order in which they run, with the state of names and types.

Each statement takes the state before it and gives the state after it, or None when nothing goes on from there. What a
class of statement does stands in `walk_*.py`; `flows.py` has the table.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.statements import Block, For, Loop
from dsl.dataclass import dataclass, field, replace
from dsl.semantics.facts import Facts
from dsl.semantics.findings import DefinedTwice, InvalidType, Misplaced, Unreachable
from dsl.semantics.gathered import Gathering
from dsl.semantics.inference import Inference
from dsl.semantics.resolve import Resolver
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol, SymbolKind
from dsl.semantics.types import DEEPEST, UNKNOWN, Type, is_deep


@dataclass(frozen=True, slots=True)
class Round:
    """A `loop` or `for` that a statement inside may leave or go round; gathers the states in which that happens."""

    node: Loop | For
    exits: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        return self.node.name if isinstance(self.node, Loop) else None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a statement: the rounds it may leave, all iterations (outermost first), the parallel branch it
    belongs to, and where `yield` gives its value: what gives one, of which type, and what is known there."""

    rounds: tuple[Round, ...] = ()
    iterations: tuple[Node, ...] = ()
    branch: Node | None = None
    yields: list[tuple[Node, Type, State]] | None = None

    def inside(self, round_: Round) -> "Around":
        return replace(self, rounds=(*self.rounds, round_), iterations=(*self.iterations, round_.node))

    def in_branch(self, branch: Node, *, iteration: Node | None = None) -> "Around":
        """A branch is left by nothing but its end; its `yield` gives a value of its own."""
        iterations = self.iterations if iteration is None else (*self.iterations, iteration)
        return Around(iterations=iterations, branch=branch, yields=[])

    def choosing(self) -> "Around":
        """Inside a choice that has a value, `yield` gives that, and goes on behind it."""
        return replace(self, yields=[])


Walk = Callable[["Walker", Any, State, Around], State | None]


@dataclass(frozen=True, slots=True)
class Walker:
    """One walk through one flow. `claimed` are the names that may stand only once in it, because they name a place.
    `held` is what a `var` without a written type is known to hold from an earlier walk; where this one finds that it
    holds more, the `var` is `growing`, and another walk is needed. `gatherings` is added to lists with a bound."""

    flow: FlowDeclaration
    returns: Type
    inference: Inference
    resolver: Resolver
    table: Mapping[type, Walk]
    claimed: dict[str, Node] = field(default_factory=dict)
    held: dict[int, Type] = field(default_factory=dict)
    growing: list[Node] = field(default_factory=list)
    gatherings: list[Gathering] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        return self.inference.facts

    def block(self, block: Block, state: State, around: Around) -> State | None:
        """Statements in turn. What stands after the end of the way is reported once and looked at all the same."""
        now: State | None = state
        known, left_by, dead = state, None, False
        for statement in block.statements:
            if now is None and left_by is not None and not dead:
                self.inference.report(Unreachable(statement, left_by))
                dead = True
            known = known if now is None else now
            now = self.statement(statement, known, around)
            left_by = statement if now is None and not dead else left_by
        return None if dead else now

    def statement(self, statement: Node, state: State, around: Around) -> State | None:
        return self.table[type(statement)](self, statement, state, around)

    def define(self, node: Node, name: str, kind: SymbolKind, type_: Type, state: State, around: Around) -> State:
        """`state` with a new name; one that has a meaning here already is reported."""
        if name in state.names:
            self.inference.report(DefinedTwice(node, name, state.names[name].node))
            type_ = self._either(node, state.names[name].node)
        return self._with_name(node, name, kind, type_, state, around)

    def define_once(self, node: Node, name: str, kind: SymbolKind, type_: Type, state: State, around: Around) -> State:
        """As `define`, for a name that is also a place in the flow."""
        if self.claim(node, name):
            return self.define(node, name, kind, type_, state, around)
        type_ = self._either(node, self.claimed[name])
        return self._with_name(node, name, kind, type_, state, around)

    def _with_name(self, node: Node, name: str, kind: SymbolKind, type_: Type, state: State, around: Around) -> State:
        if is_deep(type_, DEEPEST):
            message = f"`{name}` holds types inside types, more than {DEEPEST} deep"
            self.inference.report(InvalidType(node, message, "make it flatter"))
            type_ = UNKNOWN
        if self.facts.damage.touches(node.span):
            type_ = UNKNOWN
        return state.define(Symbol(name, kind, type_, node, around.branch))

    def _either(self, *nodes: Node) -> Type:
        """Of two things with one name, which one a use means is not known: both count as used."""
        self.facts.used.update(map(id, nodes))
        return UNKNOWN

    def claim(self, node: Node, name: str) -> bool:
        """Take a name that may stand once in a flow."""
        earlier = self.claimed.setdefault(name, node)
        if earlier is node:
            return True
        self.inference.report(DefinedTwice(node, name, earlier))
        return False

    def misplaced(self, node: Node, message: str, advice: str | None = None) -> None:
        self.inference.report(Misplaced(node, message, advice))
