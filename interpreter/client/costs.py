"""What runs have spent, from what they recorded: put together by step, agent, flow, hash, requester, day, run or model.

A run tells what was spent in it and in the runs below it that have ended, each charge once. A step that still waits for
a run below has not been charged, so that run is asked itself. What a detached run may spend, its parent was charged
when it started; it tells its own, and counts by that alone.

Unknown is not zero: of a run that left no record and cannot be replayed nothing is known, and it is named. What a run
was charged without a record of what for, because an earlier version has kept it or a run below was lost, has no name.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol, get_args

from interpreter.boundary.costs import Cost
from interpreter.boundary.persons import person_form
from interpreter.boundary.view import RunView
from interpreter.client.ending import ending
from interpreter.client.errors import ClientError, UnknownRun
from interpreter.client.listing import RunSummary
from interpreter.client.run import Run
from interpreter.encryption.errors import EncryptionError

By = Literal["step", "agent", "flow", "hash", "requester", "day", "run", "model"]
WAYS: tuple[By, ...] = get_args(By)
NOT_RECORDED = "(not recorded)"
TOLD_BY_NOBODY = "it left no record, and its history cannot be replayed here"

Tell = Callable[[Run], Awaitable[RunView | None]]
"""How a run stands, or stood at its end; None where nobody can say."""


class Runs(Protocol):
    """Where runs are listed and found: a client."""

    def runs(self, *, flow: str | None = None) -> AsyncIterator[RunSummary]: ...

    def run(self, id: str) -> Run: ...


@dataclass
class Spending:
    """What one run that people started has spent. `untold`: why that, or a part of it, is not known. `under_way`: so
    much had been set aside when it was broken off, and may have been spent besides, in US dollars.
    """

    run: str
    flow: str
    hash: str
    status: str
    requester: str = ""
    rehearsal: bool = False
    costs: list[Cost] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    under_way: Decimal = Decimal(0)


@dataclass
class Group:
    """A line of the table: what is the same for all of it, and the sums."""

    key: tuple[str, ...]
    usd: Decimal = Decimal(0)
    tokens: int = 0
    unpriced: int = 0
    attempts: int = 0
    runs: set[str] = field(default_factory=set)

    def add(self, run: str, cost: Cost) -> None:
        self.usd += Decimal(cost.usd)
        self.tokens += cost.tokens
        self.unpriced += cost.unpriced
        self.attempts += cost.attempts
        self.runs.add(run)

    def include(self, other: "Group") -> None:
        self.usd += other.usd
        self.tokens += other.tokens
        self.unpriced += other.unpriced
        self.attempts += other.attempts
        self.runs |= other.runs


@dataclass(frozen=True)
class CostRow:
    """What was spent on what is the same for all of it: each way that was asked for is given, the others are None.

    `usd` is in US dollars, `unpriced` how many of the `tokens` have no price that was known, `charged` how many
    attempts cost something, and `runs` how many there were.
    """

    usd: Decimal
    tokens: int
    unpriced: int
    charged: int
    runs: int
    step: str | None = None
    agent: str | None = None
    flow: str | None = None
    hash: str | None = None
    requester: str | None = None
    day: str | None = None
    run: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class Costs:
    """`rows`: the dearest first; by day, the latest. `runs` are those that were looked at, of which `rehearsals` cost
    nothing. `not_known` says of which nothing, or not all, is known, and why; `may_have_cost_more` how many US dollars
    had been set aside for calls under way when a run was broken off.
    """

    rows: list[CostRow]
    total: CostRow
    runs: list[str]
    rehearsals: list[str]
    not_known: list[str]
    may_have_cost_more: dict[str, Decimal]


async def spendings(
    client: Runs, tell: Tell, *, since: str = "", flow: str | None = None, id: str | None = None
) -> list[Spending]:
    """Of the runs that people started, also of one by its id, that were not over before the day `since`. Raises
    `UnknownRun` when there is none of that id.
    """
    found = []
    async for summary in client.runs(flow=flow):
        is_meant = id is None or summary.id == id
        if is_meant and (summary.closed is None or summary.closed.strftime("%Y-%m-%d") >= since):
            found.append(await spending_of(client.run(summary.id), summary, tell))
    if id is not None and not found:
        await client.run(id).describe()
    return found


async def told_by_workers(run: Run) -> RunView | None:
    """By what it left behind, or by a worker that carries it out, or replays it."""
    if (await run.describe()).close_time is not None and (kept := await ending(run)) is not None:
        return kept
    try:
        return await run.asked_how_it_stands()
    except ClientError:
        return None


def costs_of(found: list[Spending], by: Sequence[By], since: str = "") -> Costs:
    groups = grouped(found, by, since)
    whole = Group(())
    for group in groups:
        whole.include(group)
    return Costs(
        [_row(group, by) for group in groups],
        _row(whole, ()),
        [each.run for each in found],
        [each.run for each in found if each.rehearsal],
        [reason for each in found for reason in each.untold],
        {each.run: each.under_way for each in found if each.under_way},
    )


def _row(group: Group, by: Sequence[By]) -> CostRow:
    named = dict(zip(by, group.key, strict=True))
    return CostRow(group.usd, group.tokens, group.unpriced, group.attempts, len(group.runs), **named)


async def spending_of(run: Run, summary: RunSummary, tell: Tell) -> Spending:
    found = Spending(summary.id, summary.flow, summary.hash, summary.status)
    view = await _add(run, found, tell, over=summary.closed is not None)
    if view is not None:
        found.requester, found.rehearsal = view.requester or "", view.rehearsal
    return found


async def _add(run: Run, found: Spending, tell: Tell, *, over: bool) -> RunView | None:
    try:
        view, why = await tell(run), TOLD_BY_NOBODY
    except (EncryptionError, UnknownRun) as error:  # others have its key; it was removed meanwhile
        view, why = None, str(error)
    if view is None:
        found.untold.append(f"{run.id}: {why}")
        return None
    found.costs += [*(cost for cost in view.costs if not cost.detached), *_not_recorded(view)]
    own = [purse for purse in view.purses if purse.path == view.flow]
    waiting = [step.path for step in view.steps if step.node == "flow"]
    if over and own and not waiting:
        found.under_way += Decimal(own[0].reserved.usd)
    for path in waiting:
        child = await run.child(path)
        try:
            closed = (await child.describe()).close_time is not None
        except UnknownRun:  # it waits for its turn
            continue
        await _add(child, found, tell, over=closed)
    return view


def _not_recorded(view: RunView) -> list[Cost]:
    """What it was charged beside its rows. What was made up is charged, and recorded nowhere."""
    usd = Decimal(view.spent.usd) - sum((Decimal(cost.usd) for cost in view.costs), Decimal(0))
    tokens = view.spent.tokens - sum(cost.tokens for cost in view.costs)
    if view.rehearsal or (usd <= 0 and tokens <= 0):
        return []
    return [Cost(view.flow, usd=str(max(usd, Decimal(0))), tokens=max(tokens, 0))]


def grouped(spendings: Iterable[Spending], by: Sequence[By], since: str = "") -> list[Group]:
    """The dearest first; by day, the latest. `since` is a day. Who asks is one, however the name is spelt."""
    groups: dict[tuple[str, ...], Group] = {}
    people: dict[str, str] = {}
    for spending in spendings:
        person = people.setdefault(person_form(spending.requester), spending.requester)
        for cost in spending.costs:
            if cost.day >= since:
                key = tuple(_part(way, spending, cost, person) for way in by)
                groups.setdefault(key, Group(key)).add(spending.run, cost)
    if by and by[0] == "day":
        return sorted(groups.values(), key=lambda group: group.key, reverse=True)
    return sorted(groups.values(), key=lambda group: (-group.usd, -group.tokens, group.key))


def _part(way: By, spending: Spending, cost: Cost, person: str) -> str:
    match way:
        case "step":
            return cost.step or NOT_RECORDED
        case "agent":
            return cost.name or NOT_RECORDED
        case "model":
            return cost.model or ("(tool)" if cost.name else NOT_RECORDED)
        case "flow":
            return cost.flow
        case "day":
            return cost.day or "(earlier)"
        case "hash":
            return spending.hash
        case "requester":
            return person or "(nobody)"
        case "run":
            return spending.run
