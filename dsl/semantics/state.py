"""What is known at one place of a flow: which names have a value, and what conditions told about them.

A state is a frozen value; statements make new ones. Where two ways meet, `join` keeps what both agree on, so that
everything in a state holds on every way that leads there. A way that leaves (`return`, `fail`, `break`) has no state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from itertools import count

from dsl.ast.expressions import Expression
from dsl.ast.left import limited
from dsl.ast.statements import Budget
from dsl.dataclass import dataclass
from dsl.expressions.names import names as names_in
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import Type

Path = tuple[str, ...]
"""A name and fields below it: `("refund", "approved")`."""


def place_by_name(name: str) -> str:
    """`[name]` in a path: an item at the place, or of the key, that `name` stands for."""
    return f"[{name}]"


def _is_about(path: Path, names: frozenset[str]) -> bool:
    return path[0] in names or any(place_by_name(name) in path for name in names)


_versions = count(1)
"""Versions are only compared for equality, so it does not matter how far the count has come."""


@dataclass(frozen=True, slots=True)
class State:
    """`refined` holds types that are narrower than declared, `truths` the bool paths whose value is known, `versions`
    which assignment a `var` holds (a new number for each), `unassigned` the vars that have no value yet, `meant` what a
    `let` of a condition says of other names. `limited` are the units that a budget around limits; None outside of
    flows."""

    names: Mapping[str, Symbol] = field(default_factory=dict)
    unassigned: frozenset[str] = frozenset()
    refined: Mapping[Path, Type] = field(default_factory=dict)
    truths: Mapping[Path, bool] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    meant: Mapping[str, Expression] = field(default_factory=dict)
    limited: frozenset[str] | None = None

    def within(self, budget: Budget | None) -> "State":
        return replace(self, limited=(self.limited or frozenset()) | limited(budget))

    def mean(self, name: str, condition: Expression) -> "State":
        """The `let` `name` is true where `condition` holds, for as long as what that reads stays as it is."""
        return replace(self, meant={**self.meant, name: condition})

    def define(self, symbol: Symbol, *, assigned: bool = True) -> "State":
        clean = self._untold(frozenset((symbol.name,)))
        unassigned = clean.unassigned - {symbol.name} if assigned else clean.unassigned | {symbol.name}
        return replace(clean, names={**clean.names, symbol.name: symbol}, unassigned=unassigned)

    def forget(self, names: Iterable[str]) -> "State":
        """The vars `names` may have been set: nothing that was known about their values holds any more."""
        gone = frozenset(names)
        if not gone:
            return self
        versions = {**self.versions, **{name: next(_versions) for name in sorted(gone)}}
        return replace(self._untold(gone), versions=versions)

    def _untold(self, names: frozenset[str]) -> "State":
        return replace(
            self,
            refined={path: type_ for path, type_ in self.refined.items() if not _is_about(path, names)},
            truths={path: truth for path, truth in self.truths.items() if not _is_about(path, names)},
            meant={
                name: condition
                for name, condition in self.meant.items()
                if name not in names and names_in(condition).isdisjoint(names)
            },
        )

    def assign(self, name: str) -> "State":
        return replace(self.forget((name,)), unassigned=self.unassigned - {name})

    def refine(self, path: Path, type_: Type) -> "State":
        return replace(self, refined={**self.refined, path: type_})

    def tell(self, path: Path, truth: bool) -> "State":
        return replace(self, truths={**self.truths, path: truth})

    def leave(self, outer: "State") -> "State":
        """This state without the names that were defined since `outer`."""
        names = {name: symbol for name, symbol in self.names.items() if name in outer.names}
        return replace(self, names=names, limited=outer.limited)


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
        names={name: symbol for name, symbol in left.names.items() if right.names.get(name) is symbol},
        unassigned=left.unassigned | right.unassigned,
        refined={path: type_ for path, type_ in left.refined.items() if right.refined.get(path) == type_},
        truths={path: truth for path, truth in left.truths.items() if right.truths.get(path) is truth},
        versions=_join_versions(left.versions, right.versions),
        meant={name: condition for name, condition in left.meant.items() if right.meant.get(name) is condition},
        limited=left.limited if right.limited is None else right.limited & (left.limited or frozenset()),
    )


def _join_versions(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    agreed = {name: version for name, version in left.items() if right.get(name) == version}
    return agreed | {name: next(_versions) for name in (left.keys() | right.keys()) - agreed.keys()}
