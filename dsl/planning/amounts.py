"""What is planned: how much of each thing, as far as the text says it.

None is what the text does not bound. Nothing of it is nothing, however often it is done; a sum with it is none, and a
budget around makes a number of it again. Times are milliseconds. What runs side by side is summed, but for its time,
which is that of the longest.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from dsl.ast.statements import Budget
from dsl.dataclass import dataclass, field, replace

LARGEST = 10**15
"""What is more bounds nothing."""

N = TypeVar("N", int, Decimal)
Merge = Callable[[int | None, int | None], int | None]
MergeMoney = Callable[[Decimal | None, Decimal | None], Decimal | None]


@dataclass(frozen=True, slots=True)
class Amounts:
    """`requests` are attempts at models, `calls` those at tools, `runs` flows that are started, `questions` those to
    people. `charges` is the money that tools cost, `usd` all of it.

    `time` passes going forward, `back` while what was done is undone; the `last` is how long a call may take that is
    under way when the time of a budget is over. `events` and `size`, in bytes, are of the history of the run itself,
    `elsewhere` are the events of those that it starts. `by_name`: calls of each tool, agent and flow; one that is made
    again counts once.
    """

    requests: int | None = 0
    calls: int | None = 0
    runs: int | None = 0
    questions: int | None = 0
    tokens: int | None = 0
    usd: Decimal | None = Decimal(0)
    charges: Decimal | None = Decimal(0)
    time: int | None = 0
    back: int | None = 0
    last: int | None = 0
    events: int | None = 0
    size: int | None = 0
    elsewhere: int | None = 0
    by_name: Mapping[str, int | None] = field(default_factory=dict)

    def __add__(self, other: "Amounts") -> "Amounts":
        return self._with(other, _sum, _sum_of_money, _sum)

    def beside(self, other: "Amounts") -> "Amounts":
        return self._with(other, _sum, _sum_of_money, _more)

    def larger(self, other: "Amounts") -> "Amounts":
        return self._with(other, _more, _more_money, _more)

    def times(self, count: int | None) -> "Amounts":
        return replace(
            self,
            **{name: _product(getattr(self, name), count) for name in (*SUMMED, "time")},
            usd=_times_money(self.usd, count),
            charges=_times_money(self.charges, count),
            by_name={name: _product(number, count) for name, number in self.by_name.items()},
        )

    def capped(self, budget: Budget | None) -> "Amounts":
        """What is under way when the time is over comes to its end, and then what was done is undone."""
        if budget is None:
            return self
        time = self.time
        if budget.time is not None:
            time = _less(time, _sum(budget.time, self.last))
        return replace(
            self,
            tokens=_less(self.tokens, budget.tokens),
            usd=_less(self.usd, budget.usd),
            charges=_less(self.charges, budget.usd),
            time=time,
        )

    def _with(self, other: "Amounts", whole: Merge, money: MergeMoney, longest: Merge) -> "Amounts":
        names = dict.fromkeys([*self.by_name, *other.by_name])
        return replace(
            self,
            **{name: whole(getattr(self, name), getattr(other, name)) for name in SUMMED},
            usd=money(self.usd, other.usd),
            charges=money(self.charges, other.charges),
            time=longest(self.time, other.time),
            last=_more(self.last, other.last),
            by_name={name: whole(self.by_name.get(name, 0), other.by_name.get(name, 0)) for name in names},
        )


SUMMED = ("requests", "calls", "runs", "questions", "tokens", "back", "events", "size", "elsewhere")


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None or one + other > LARGEST else one + other


def _sum_of_money(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None or one + other > LARGEST else one + other


def _product(one: int | None, count: int | None) -> int | None:
    if one == 0 or count == 0:
        return 0
    return None if one is None or count is None or one * count > LARGEST else one * count


def _times_money(one: Decimal | None, count: int | None) -> Decimal | None:
    if one == 0 or count == 0:
        return Decimal(0)
    return None if one is None or count is None or one * count > LARGEST else one * count


def _more(one: N | None, other: N | None) -> N | None:
    return None if one is None or other is None else max(one, other)


def _more_money(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return _more(one, other)


def _less(one: N | None, other: N | None) -> N | None:
    return one if other is None else other if one is None else min(one, other)
