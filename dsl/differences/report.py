"""All that is told of two versions: what has changed, and what follows from it for callers, cost, the world outside,
and runs that are under way."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from dsl.dataclass import dataclass, replace
from dsl.differences.changes import VERDICTS, Change, Of, Verdict, verdict_of
from dsl.differences.costing import Cost, costs
from dsl.differences.differences import Differences, differences
from dsl.differences.reaching import reaching
from dsl.differences.sides import Side
from dsl.differences.waits import Wait, waits
from dsl.models.configured import Models

Price = Callable[[str, Models], Decimal | None]
"""The most that one token of a model costs, in US dollars, by what is known of models; None where nobody knows."""


@dataclass(frozen=True)
class FlowReport:
    """A flow that has another hash, or is gone or new. `because` are the declarations that it reaches and that have
    changed; `callers` are the flows that reach it, on the side where it is. `cost` is None where one side has no text,
    and has the rows that differ; `waits` is empty where runs of it are of no interest."""

    old: str | None
    new: str | None
    old_hash: str | None
    new_hash: str | None
    because: tuple[tuple[Of, str], ...]
    callers: tuple[str, ...]
    cost: tuple[Cost, ...] | None
    waits: tuple[Wait, ...]

    @property
    def name(self) -> str:
        return self.new or self.old or ""


@dataclass(frozen=True)
class Report:
    """`changes` are what was written otherwise, `follows` what comes of it. `same` are the flows whose hash is that
    which it was."""

    old: Side
    new: Side
    changes: tuple[Change, ...]
    follows: tuple[Change, ...]
    flows: tuple[FlowReport, ...]
    same: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict_of((*self.changes, *self.follows))

    @property
    def without_text(self) -> tuple[str, ...]:
        """The sides of which plan and sensitive data are not known."""
        return tuple(side.name for side in (self.old, self.new) if side.analysis is None and side.parts.flows)


@dataclass(frozen=True, slots=True)
class PinnedRun:
    """A run under way that keeps an old definition; `started` is a moment as RFC 3339 has it."""

    run: str
    flow: str
    hash: str
    started: str


@dataclass(frozen=True)
class Comparison:
    """One file with another, or each file of a folder. `runs` is None where no server was asked."""

    reports: tuple[Report, ...]
    runs: tuple[PinnedRun, ...] | None = None

    @property
    def verdict(self) -> Verdict:
        return max((each.verdict for each in self.reports), key=VERDICTS.index, default="layout")

    @property
    def told(self) -> tuple[Report, ...]:
        """Those that say something; of one alone, that too that it says nothing."""
        alone = len(self.reports) == 1
        return tuple(each for each in self.reports if alone or each.verdict != "layout")


def comparison(reports: Iterable[Report], runs: Iterable[PinnedRun] | None = None) -> Comparison:
    """What has changed in a file that others use is told there, and not in each of them once more."""
    given = tuple(reports)
    own = {name for each in given for side in (each.old, each.new) for name in side.own}
    if len(given) > 1:
        given = tuple(replace(each, changes=tuple(_of_its_own(each, own))) for each in given)
    return Comparison(given, None if runs is None else tuple(runs))


def _of_its_own(of: Report, told_elsewhere: set[str]) -> Iterator[Change]:
    linked = of.old.linked | of.new.linked
    for each in of.changes:
        if each.name not in linked or each.name not in told_elsewhere or each.aspect == "documentation":
            yield each


def report(old: Side, new: Side, price: Price | None = None) -> Report:
    """`price`: without it, money is what budgets say."""
    found = differences(old, new)
    changed = [(one, other) for one, other in found.pairs["flows"].both if old.hashes[one] != new.hashes[other]]
    same = tuple(sorted(other for one, other in found.pairs["flows"].both if old.hashes[one] == new.hashes[other]))
    flows = [_changed(found, one, other, price) for one, other in sorted(changed, key=lambda each: each[1])]
    flows += [_alone(found, name, gone=True) for name in found.pairs["flows"].gone]
    flows += [_alone(found, name, gone=False) for name in found.pairs["flows"].come]
    return Report(old, new, found.changes, tuple(reaching(found)), tuple(flows), same)


def _changed(found: Differences, old: str, new: str, price: Price | None) -> FlowReport:
    because = dict.fromkeys((each.of, each.name) for each in found.changes if new in each.flows)
    return FlowReport(
        old,
        new,
        found.old.hashes[old],
        found.new.hashes[new],
        tuple(because),
        _callers(found.new, new),
        costs(found.old, old, found.new, new, price),
        waits(found, found.flows[new]),
    )


def _alone(found: Differences, name: str, *, gone: bool) -> FlowReport:
    side = found.old if gone else found.new
    hash_ = side.hashes[name]
    return FlowReport(
        name if gone else None,
        None if gone else name,
        hash_ if gone else None,
        None if gone else hash_,
        (),
        _callers(side, name),
        None,
        (),
    )


def _callers(side: Side, flow: str) -> tuple[str, ...]:
    return tuple(sorted(other for other, parts in side.reached.items() if flow in parts.flows and other != flow))
