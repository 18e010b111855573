"""What one call of a tool comes to: its attempts, the waits between them, and how an unknown outcome is settled.

A worker that has the tool is taken to be there, the store to be within reach, and no cap over runs to be used up: how
long those are waited for is not in the text.
"""

from collections.abc import Iterable
from decimal import Decimal

from dsl.ast import defaults
from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Retry, Step
from dsl.dataclass import replace
from dsl.planning.amounts import Amounts
from dsl.planning.history import ACTIVITY, CARRIED, CARRIER, CHECK, HOUR, LOCAL, LOCK, TIMER, largest
from dsl.semantics.spending import charges_of
from dsl.values.structure import Types

REFUSALS = 14
"""Waits of a server that takes no request for now, before they are as long as they get."""
LONGEST_REFUSAL = 30_000
LONGEST_LOCK_WAIT = 600_000


def backoffs(retry: Retry | None, tries: int) -> int:
    """Milliseconds of the waits between so many attempts."""
    first = (retry.backoff_initial if retry else None) or defaults.FIRST_BACKOFF
    longest = (retry.backoff_maximum if retry else None) or max(first, defaults.LONGEST_BACKOFF)
    doubling = [min(first << number, longest) for number in range(min(tries - 1, 31))]
    return sum(doubling) + longest * max(tries - 1 - len(doubling), 0)


def timeout_of(tool: ToolDeclaration, step: Step | None) -> int:
    usual = defaults.QUICK_TIMEOUT if tool.effect.quick else defaults.TIMEOUT
    return (step.timeout if step else None) or tool.timeout or usual


class ToolCalls:
    """`rough`: everything goes wrong that may; else nothing does. `carries`: what takes long may be carried, since
    something may come beside it."""

    def __init__(self, tools: dict[str, ToolDeclaration], types: Types, *, rough: bool, carries: bool) -> None:
        self._tools = tools
        self._types = types
        self._rough = rough
        self._carries = carries

    def carried(self, timeout: int) -> Amounts:
        """What comes to an attempt of so many milliseconds, which may have to be carried by a run of its own."""
        if timeout <= defaults.LONGEST_IN_PLACE or not self._carries:
            return Amounts()
        looks = Amounts(events=CHECK.rough, size=CHECK.size).times(timeout // HOUR + 8)
        return Amounts(events=CARRIED.rough, size=CARRIED.size, elsewhere=CARRIER.rough) + looks

    def step(self, tool: ToolDeclaration, step: Step | None) -> Amounts:
        """Called by a step, or by an agent: with its lock, its verification, and what undoes it."""
        found = self._effective(tool, step)
        undo = (step.compensate if step else None) or tool.compensate
        if self._rough and undo is not None and undo.calls:
            found += self.undo(undo.calls)
        if tool.exclusive is not None:
            found += self.lock(tool.exclusive.within)
        return found

    def undo(self, calls: Iterable[Call]) -> Amounts:
        """Where nothing goes wrong nothing is undone. What is not known to be over is waited for first."""
        found = Amounts()
        for tool in self._called(calls) if self._rough else ():
            waits = Amounts(time=defaults.LONGEST_SETTLING + timeout_of(tool, None))
            found += self._tries(tool, None) + self._refused(tool, _LOOKS) + waits
        return replace(found, time=0, back=found.time)

    def owed(self, calls: Iterable[Call]) -> Amounts:
        """What a `finally` does, however its `try` ends."""
        if self._rough:
            return self.undo(calls)
        return sum(map(self._attempt, self._called(calls)), Amounts())

    def lock(self, within: int) -> Amounts:
        """Asked for again while it is waited for: after half a minute, twice that, and in the end every ten."""
        if not self._rough:
            return Amounts(events=LOCK.smooth, size=LOCK.size)
        again = Amounts(events=ACTIVITY.rough + TIMER.rough, size=ACTIVITY.size + TIMER.size)
        return Amounts(time=within, events=LOCK.rough, size=LOCK.size) + again.times(6 + within // LONGEST_LOCK_WAIT)

    # -- attempts

    def _effective(self, tool: ToolDeclaration, step: Step | None) -> Amounts:
        once = tool.costs.at_most if tool.costs is not None else Decimal(0)
        charges = charges_of(tool) if self._rough else once
        money = Amounts(usd=charges, charges=charges)
        if not self._rough:
            return self._attempt(tool) + money
        found = self._tries(tool, step)
        may_be_unknown = tool.effect.kind in ("write", "irreversible")
        if may_be_unknown and (tool.effect.keyed or (tool.verify is not None and tool.verify.call is not None)):
            found = found.times(1 + defaults.MOST_RERUNS)
        if may_be_unknown and tool.verify is not None and tool.verify.call is not None:
            found += self._verification(tool, step)
        return found + money

    def _attempt(self, tool: ToolDeclaration) -> Amounts:
        written = LOCAL if tool.effect.quick and tool.queue is None else ACTIVITY
        size = written.size
        if self._rough:
            size += largest(tool.returns, self._types)
            size += sum(largest(each.type, self._types) for each in tool.parameters)
        return Amounts(calls=1, events=written.rough if self._rough else written.smooth, size=size)

    def _tries(self, tool: ToolDeclaration, step: Step | None) -> Amounts:
        retry, timeout = (step.retry if step else None) or tool.retry, timeout_of(tool, step)
        tries = (retry.times if retry is not None else defaults.RETRIES) + 1
        attempt = self._attempt(tool) + self.carried(timeout)
        between = Amounts(events=TIMER.rough, size=TIMER.size)
        doubt = 2 if tool.effect.kind in ("write", "irreversible") else 1
        found = attempt.times(tries) + between.times(tries * doubt)
        found += Amounts(time=timeout * tries * doubt + backoffs(retry, tries), last=timeout)
        if tool.http is not None:
            patience = (step.patience if step else None) or tool.patience or defaults.LONGEST_PROVIDER_WAIT
            refusals = REFUSALS + patience // LONGEST_REFUSAL
            found += (attempt + between).times(refusals) + Amounts(time=patience + timeout * refusals)
        return found

    def _verification(self, tool: ToolDeclaration, step: Step | None) -> Amounts:
        """Asked again as long as a worker says that the call still runs, or until it may be believed."""
        assert tool.verify is not None
        assert tool.verify.call is not None
        settling = tool.verify.after or timeout_of(tool, step)
        longest = max(defaults.LONGEST_SETTLING, 10 * settling)
        looks = _LOOKS + longest // defaults.LONGEST_BACKOFF
        found = Amounts(time=longest + settling)
        for reader in self._called([tool.verify.call]):
            found += self._tries(reader, None).times(2) + self._refused(reader, looks)
        return found.times(1 + defaults.MOST_RERUNS)

    def _refused(self, tool: ToolDeclaration, looks: int) -> Amounts:
        """Its worker says so often that what it is asked about still runs, and does nothing."""
        attempt = self._attempt(tool)
        size = (attempt.size or 0) + TIMER.size
        return Amounts(events=((attempt.events or 0) + TIMER.rough) * looks, size=size * looks)

    def _called(self, calls: Iterable[Call]) -> list[ToolDeclaration]:
        return [self._tools[call.target] for call in calls if call.target in self._tools]


_LOOKS = 8 + defaults.LONGEST_SETTLING // defaults.LONGEST_BACKOFF
"""How often what still runs is asked after: first in doubling waits, then every minute, for ten minutes."""
