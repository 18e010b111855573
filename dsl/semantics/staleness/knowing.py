"""What is known while a flow is walked (`walk.py`), and what is decided by it."""

from collections.abc import Iterable, Iterator, Sequence

from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Comprehension, Expression, Get, Index, ListLiteral, Name, RecordLiteral
from dsl.ast.node import Node, children, walk
from dsl.ast.statements import Statement, Step
from dsl.dataclass import dataclass, field, replace
from dsl.semantics.facts import Facts
from dsl.semantics.provenance.marks import Mark
from dsl.semantics.provenance.values import Values
from dsl.semantics.staleness.deciding import (
    Deciding,
    Part,
    Stale,
    asked_anew,
    confirmed,
    is_open,
    judged,
    parted,
)
from dsl.semantics.staleness.effects import Effects
from dsl.semantics.staleness.names import Branch, Key, Names
from dsl.semantics.staleness.readings import Held, Reading, Received, by_choice, held, mapped
from dsl.semantics.symbols import Symbol

DEEPEST_ROUNDS = 3
"""Rounds inside of each other that are walked twice."""
MOST_KEPT = 200
"""Decisions of a flow that are kept for those that call it."""
LONGEST_WAY = 10


@dataclass
class Summary:
    """What a flow gives, and what it decides by its parameters; those over lists apart, which people may have seen."""

    returns: Mark = field(default_factory=Mark)
    decisions: list[Deciding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rest:
    """The first write that is not made when a statement leads away: by `return` or `fail`, `break`, `continue`,
    `yield`."""

    returning: Step | None = None
    breaking: Step | None = None
    continuing: Step | None = None
    yielding: Step | None = None

    def after(self, write: Step | None) -> "Rest":
        """With what stands before it."""
        if write is None:
            return self
        return Rest(write, write, write, write)


@dataclass
class Round:
    """A round that is walked: of which loop, since when, and what was known where something led to the next one, or
    out of it. `shown` is what people had seen last where it was left."""

    name: str | None
    begun: int
    depth: int
    continued: list[Branch] = field(default_factory=list)
    left: list[Branch] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)


class Knowing:
    """One flow. `summaries` are those of all flows, by identity, as far as they are known."""

    def __init__(self, flow: FlowDeclaration, facts: Facts, effects: Effects, summaries: dict[int, Summary]) -> None:
        self.of, self._facts, self._effects, self._summaries = flow, facts, effects, summaries
        self._names = Names()
        self._values = Values(facts, self._look)
        self._choices: list[Key] = []
        self._depths: dict[int, int] = {}
        self._targets: list[tuple[Key, int]] = []
        self._shown: dict[int, int] = {}
        self._walked: list[Round] = []
        self._locked = 0
        self._waited_locked: Node | None = None
        self._twice = 0
        self.summary = Summary()
        self.found: dict[int, Stale] = {}

    # -- names

    def _look(self, symbol: Symbol) -> Mark:
        mark = self._names.of((id(symbol.node), symbol.kind))
        if symbol.kind == "parameter" and not mark.sources:
            return Mark(frozenset({Received(symbol.name)}))
        return mark

    def _value(self, node: Expression) -> Mark:
        """As of now; without what is old of what was read anew for it."""
        mark = self._names.settled(self._values.of(node))
        if not any(each.old is not None for each in held(mark)) or isinstance(node, RecordLiteral | ListLiteral):
            return mark
        parts = tuple(self._part(each) for each in parted(node))
        return without_old_of(mark, asked_anew(Deciding(parts, self._around(), NOBODY)))

    def _part(self, node: Expression) -> Part:
        return tuple((name, self._names.settled(mark)) for name, mark in self._paths(node))

    def _paths(self, node: Node) -> Iterator[tuple[Name, Mark]]:
        """What is read in an expression: names, or parts of them."""
        match node:
            case Comprehension():
                name = next((each for each in walk(node.source) if isinstance(each, Name)), None)
                if name is not None:
                    yield name, self._values.of(node)
            case Name() | Get() | Index():
                root: Node = node
                while isinstance(root, Get | Index):
                    if isinstance(root, Index):
                        yield from self._paths(root.index)
                    root = root.subject
                if isinstance(root, Name):
                    yield root, self._values.of(node)
                else:
                    yield from self._paths(root)
            case _:
                for each in children(node):
                    yield from self._paths(each)

    def _around(self) -> tuple[Mark, ...]:
        return tuple(self._names.settled(self._names.of(key)) for key in self._choices)

    def _chosen(self, depth: int) -> Mark:
        """What decides that this is done, below the choice at `depth`."""
        return Mark(frozenset().union(*(by_choice(held(mark)) for mark in self._around()[depth:])))

    # -- decisions

    def _decides(self, conditions: Sequence[Expression], about: Step | None, *, is_list: bool = False) -> None:
        parts = tuple(self._part(part) for each in conditions for part in parted(each))
        if about is not None and any(mark.sources or mark.fields for part in parts for _, mark in part):
            self._decided(Deciding(parts, self._around(), about, is_list=is_list))
        decision = Deciding(parts, (), NOBODY)
        for name in confirmed(decision):
            symbol = self._facts.symbol_of(name)
            if symbol is not None:
                key = (id(symbol.node), symbol.kind)
                self._names.put(key, mapped(self._look(symbol), self._as_new))

    def _as_new(self, each: Held) -> Held:
        return replace(each, born=self._names.now, waited=0, old=None)

    def _decided(self, decision: Deciding) -> None:
        stale = judged(decision)
        if stale is not None:
            self.found.setdefault(id(stale.name), stale)
        kept = self.summary.decisions
        if is_open(decision) and len(kept) < MOST_KEPT and len(decision.way) < LONGEST_WAY:
            kept.append(decision)

    def _about(self, node: Statement, rest: Rest) -> Step | None:
        effect = self._effects.of(node)
        if effect.write is not None:
            return effect.write
        missed = {
            ast.Return: rest.returning,
            ast.Fail: rest.returning,
            ast.Break: rest.breaking,
            ast.Continue: rest.continuing,
            ast.Yield: rest.yielding,
        }
        return next((write for kind, write in missed.items() if kind in effect.leaves and write is not None), None)

    def _are_shown(self, names: Iterable[Name]) -> bool:
        """Whether people have seen it in the approval that was waited for last, or what it was made of."""
        symbols = [symbol for each in names if (symbol := self._facts.symbol_of(each)) is not None]
        return any(self._is_shown(id(each.node)) or self._is_made_of_shown(each) for each in symbols)

    def _is_shown(self, what: int) -> bool:
        return self._shown.get(what) == self._names.now

    def _is_made_of_shown(self, symbol: Symbol) -> bool:
        readings = [each for each in held(self._look(symbol)) if isinstance(each, Reading)]
        return bool(readings) and all(self._is_shown(each.at) for each in readings)


def sources_of(decision: Deciding) -> Iterator[Held]:
    return (each for part in decision.parts for _, mark in part for each in held(mark))


def without_old_of(mark: Mark, anew: frozenset[ast.Call]) -> Mark:
    def kept(each: Held) -> Held | None:
        step = each.step if isinstance(each, Reading) and each.old is not None else None
        return None if step is not None and step.call in anew else each

    return mapped(mark, kept) if anew else mark


def settled_for_callers(mark: Mark) -> Mark:
    """Moments mean nothing outside of the flow."""
    return mapped(mark, lambda each: replace(each, born=0))


UNCHANGED = Branch({}, None, left=False)
NOBODY = Step("", ast.Call("", ()))
