"""What a flow comes to at most, before and after: the rows of the plan that differ."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from dsl.dataclass import dataclass
from dsl.differences.sides import Side
from dsl.models.configured import Models
from dsl.planning.amounts import Amounts

if TYPE_CHECKING:
    from dsl.analysis import Analysis

Price = Callable[[str, Models], Decimal | None]
ROWS = {
    "requests": "model requests",
    "tokens": "tokens",
    "usd": "US dollars",
    "calls": "tool calls",
    "questions": "questions to people",
    "runs": "flows started",
    "time": "time",
    "undo": "then, to undo",
    "events": "history, events",
    "bytes": "history, bytes",
}
"""Of a plan, as `dsl plan` calls them."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One row of the plan, at most; None is what the text does not bound. Times are milliseconds."""

    of: str
    before: int | Decimal | None
    after: int | Decimal | None


def costs(old: Side, old_flow: str, new: Side, new_flow: str, price: Price | None) -> tuple[Cost, ...] | None:
    """None where a side has no text to plan."""
    if old.analysis is None or new.analysis is None:
        return None
    before, after = _most(old.analysis, old.models, old_flow, price), _most(new.analysis, new.models, new_flow, price)
    return tuple(_rows(before, after))


def _most(analysis: "Analysis", models: Models, flow: str, price: Price | None) -> Amounts:
    from dsl.planning.plan import Planner  # who only wants to know what differs needs no plan

    return Planner(analysis, lambda model: None if price is None else price(model, models)).most(flow)


def _rows(before: Amounts, after: Amounts) -> Iterator[Cost]:
    for of in ROWS:
        one, other = _amount(before, of), _amount(after, of)
        if one != other:
            yield Cost(of, one, other)


def _amount(amounts: Amounts, of: str) -> int | Decimal | None:
    if of == "undo":
        return None if amounts.back is None or amounts.last is None else amounts.back + amounts.last
    found: int | Decimal | None = getattr(amounts, "size" if of == "bytes" else of)
    return found
