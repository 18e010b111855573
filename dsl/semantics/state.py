"""What is known at one place of a flow: which names have a value, and what conditions told about them.

A state is a frozen value; statements make new ones. Where two ways meet, `join` keeps what both agree on, so that
everything in a state holds on every way that leads there. A way that leaves (`return`, `fail`, `break`) has no state.
"""

from collections.abc import Iterable
from itertools import count
from typing import TypeVar

from dsl.ast.expressions import Expression
from dsl.ast.left import limited
from dsl.ast.statements import Budget
from dsl.dataclass import dataclass, field, replace
from dsl.expressions.names import names as names_in
from dsl.semantics.persistent import PersistentMap
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import Type

Path = tuple[str, ...]
"""A name and fields below it: `("refund", "approved")`."""


MEANT = "="
"""The last part of a path that stands for what a `let` means, and for no field."""


def place_by_name(name: str) -> str:
    """`[name]` in a path: an item at the place, or of the key, that `name` stands for."""
    return f"[{name}]"


def _told_of(path: Path) -> frozenset[str]:
    """The names that a path is about: its first, and those that stand for a place."""
    return frozenset((path[0], *(part[1:-1] for part in path if part.startswith("["))))


_versions = count(1)
"""Versions are only compared for equality, so it does not matter how far the count has come."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known at one place.

    `refined` holds types that are narrower than declared, `truths` the bool paths whose value is known, `versions`
    which assignment a `var` holds (a new number for each), `unassigned` the vars that have no value yet, `meant` what a
    `let` of a condition says of other names, `told` the paths by which these say something of a name. `limited` are the
    units that a budget around limits; None outside of flows.
    """

    names: PersistentMap[str, Symbol] = field(default_factory=PersistentMap)
    unassigned: frozenset[str] = frozenset()
    refined: PersistentMap[Path, Type] = field(default_factory=PersistentMap)
    truths: PersistentMap[Path, bool] = field(default_factory=PersistentMap)
    versions: PersistentMap[str, int] = field(default_factory=PersistentMap)
    meant: PersistentMap[str, Expression] = field(default_factory=PersistentMap)
    told: PersistentMap[str, frozenset[Path]] = field(default_factory=PersistentMap)
    limited: frozenset[str] | None = None

    def within(self, budget: Budget | None) -> "State":
        return replace(self, limited=(self.limited or frozenset()) | limited(budget))

    def mean(self, name: str, condition: Expression) -> "State":
        """The `let` `name` is true where `condition` holds, for as long as what that reads stays as it is."""
        told = self._with_told((name, MEANT), names_in(condition) | {name})
        return replace(self, meant=self.meant.added(name, condition), told=told)

    def define(self, symbol: Symbol, *, assigned: bool = True) -> "State":
        clean = self._untold((symbol.name,))
        unassigned = clean.unassigned - {symbol.name} if assigned else clean.unassigned | {symbol.name}
        return replace(clean, names=clean.names.added(symbol.name, symbol), unassigned=unassigned)

    def forget(self, names: Iterable[str]) -> "State":
        """The vars `names` may have been set: nothing that was known about their values holds any more."""
        gone = sorted(set(names))
        if not gone:
            return self
        versions = self.versions.updated({name: next(_versions) for name in gone})
        return replace(self._untold(gone), versions=versions)

    def _untold(self, names: Iterable[str]) -> "State":
        told = self.told
        gone = {path for name in names for path in told.get(name, ())}
        if not gone:
            return self
        return replace(
            self,
            refined=self.refined.without(gone),
            truths=self.truths.without(gone),
            meant=self.meant.without(path[0] for path in gone if path[1:] == (MEANT,)),
            told=told.without(names),
        )

    def _with_told(self, path: Path, names: Iterable[str]) -> PersistentMap[str, frozenset[Path]]:
        told = self.told
        return told.updated({name: told.get(name, frozenset()) | {path} for name in sorted(names)})

    def assign(self, name: str) -> "State":
        return replace(self.forget((name,)), unassigned=self.unassigned - {name})

    def refine(self, path: Path, type_: Type) -> "State":
        return replace(self, refined=self.refined.added(path, type_), told=self._with_told(path, _told_of(path)))

    def tell(self, path: Path, truth: bool) -> "State":
        return replace(self, truths=self.truths.added(path, truth), told=self._with_told(path, _told_of(path)))

    def leave(self, outer: "State") -> "State":
        """This state without the names that were defined since `outer`."""
        return replace(self, names=self.names.without(self.names.since(outer.names)), limited=outer.limited)


def join(states: Iterable[State | None]) -> State | None:
    """What holds in every one of `states`; None when none of them goes on."""
    ways = [state for state in states if state is not None]
    if not ways:
        return None
    joined = ways[0]
    for state in ways[1:]:
        joined = _join(joined, state)
    return joined


def _join(left: State, right: State) -> State:
    return State(
        names=left.names.agreed(right.names, _same),
        unassigned=left.unassigned | right.unassigned,
        refined=left.refined.agreed(right.refined, _equal),
        truths=left.truths.agreed(right.truths, _equal),
        versions=_join_versions(left.versions, right.versions),
        meant=left.meant.agreed(right.meant, _same),
        told=left.told.agreed(right.told, frozenset.intersection),
        limited=left.limited if right.limited is None else right.limited & (left.limited or frozenset()),
    )


_T = TypeVar("_T")


def _same(left: _T, right: _T) -> _T | None:
    return left if left is right else None


def _equal(left: _T, right: _T) -> _T | None:
    return left if left == right else None


def _join_versions(left: PersistentMap[str, int], right: PersistentMap[str, int]) -> PersistentMap[str, int]:
    agreed = left.agreed(right, _equal)
    others = {**left.since(agreed), **right.since(agreed)}
    return agreed.updated({name: next(_versions) for name in sorted(others)})
