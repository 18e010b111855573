"""What a fan comes to, worked out by a small model of its own: branches with two calls each, and a clock.

It knows nothing of the machine: a list of what will happen, in the order of time, and the rules of the reference in
plain words. No two things happen at one moment.
"""

import heapq
from dataclasses import dataclass, field
from typing import Literal

UNDO_TAKES = 0.01
AFTERWARDS = 1.0
"""How long the flow sleeps behind the fan."""


@dataclass(frozen=True)
class Planned:
    """A branch: it writes, then checks, which may fail. `blind`: only the answer of its write says how it is undone."""

    write: float
    check: float
    well: bool
    blind: bool = False


@dataclass(frozen=True)
class Form:
    kind: Literal["all", "keep going", "first", "stop when", "stop when, keep going"]
    over_a_list: bool
    wanted: int = 1
    several: bool = False
    finish_rest: bool = False
    at_once: int = 99


@dataclass
class Told:
    """What the run came to, the branches whose writes stand, and how many calls were made forwards."""

    outcome: str
    value: list[str] = field(default_factory=list)
    stands: set[int] = field(default_factory=set)
    uncertain: set[int] = field(default_factory=set)
    calls: int = 0


class Model:
    def __init__(self, form: Form, plan: list[Planned], budget: int | None, cancel_at: float | None) -> None:
        self.form, self.plan, self.cancel_at = form, plan, cancel_at
        self.calls_left = 10**9 if budget is None else budget
        self.told = Told("completed")
        self.ahead: list[tuple[float, int, str]] = []
        self.waiting = list(range(len(plan)))
        self.phase: dict[int, str] = {}
        self.written: set[int] = set()
        self.outcomes: dict[int, str] = {}
        self.won: list[int] = []
        self.failed: dict[int, str] = {}
        self.decided_at: float | None = None
        self.lost: set[int] = set()
        self.stopped: str | None = None
        self.now = 0.0

    def run(self) -> Told:
        self.start()
        while self.ahead and self.stopped is None:
            at, branch, what = heapq.heappop(self.ahead)
            if self.cancel_at is not None and at > self.cancel_at and not self.over_before(self.cancel_at):
                return self.cancelled()
            self.now = at
            getattr(self, what)(branch)
            self.start()
        if self.stopped is not None:
            return self.ends_failed(self.stopped)
        if self.cancel_at is not None and not self.over_before(self.cancel_at):
            return self.cancelled()
        self.told.value = self.value()
        self.told.stands = set(self.written)
        return self.told

    # -- what happens

    def start(self) -> None:
        while self.waiting and not self.is_settled and len(self.phase) < self.form.at_once:
            branch = self.waiting.pop(0)
            self.call(branch, "writing", self.plan[branch].write, "wrote")

    @property
    def is_settled(self) -> bool:
        return self.decided_at is not None or self.stopped is not None

    def call(self, branch: int, phase: str, takes: float, then: str) -> None:
        if not self.calls_left:
            self.fails(branch, "BudgetExceeded")
            return
        self.calls_left -= 1
        self.told.calls += 1
        self.phase[branch] = phase
        heapq.heappush(self.ahead, (self.now + takes, branch, then))

    def wrote(self, branch: int) -> None:
        self.written.add(branch)
        if branch in self.lost:
            self.is_over(branch)
        else:
            self.call(branch, "checking", self.plan[branch].check, "checked")

    def checked(self, branch: int) -> None:
        if self.plan[branch].well:
            self.comes_to_a_value(branch)
        else:
            self.fails(branch, "Wrong")

    def undone(self, branch: int) -> None:
        self.is_over(branch)

    def is_over(self, branch: int) -> None:
        del self.phase[branch]

    def comes_to_a_value(self, branch: int) -> None:
        self.is_over(branch)
        if self.decided_at is not None:
            return  # it finishes the rest
        self.outcomes[branch] = f"v{branch}"
        self.won.append(branch)
        if self.form.kind == "first" and len(self.won) == self.form.wanted:
            self.decide()
        self.look()

    def fails(self, branch: int, kind: str) -> None:
        self.phase.pop(branch, None)
        if self.form.kind in ("all", "stop when"):
            self.stopped = kind
            return
        if branch in self.written:
            self.written.discard(branch)
            self.phase[branch] = "undoing"
            heapq.heappush(self.ahead, (self.now + UNDO_TAKES, branch, "undone"))
        if self.form.kind != "first":
            self.outcomes[branch] = kind
            self.look()
        elif self.decided_at is None:
            self.failed[branch] = kind
            if len(self.plan) - len(self.failed) < self.form.wanted:
                exhausted = "BudgetExceeded" in self.failed.values()
                self.stopped = "BudgetExceeded" if exhausted else "AllFailed"

    def look(self) -> None:
        """`stop when`: two have come to a value; of branches, the second and third have."""
        if not self.form.kind.startswith("stop when") or self.decided_at is not None:
            return
        well = {branch for branch, outcome in self.outcomes.items() if outcome.startswith("v")}
        if len(well) >= 2 if self.form.over_a_list else {1, 2} <= well:
            self.decide()

    def decide(self) -> None:
        """The others have lost: a read is left alone, a write that is not blind is cancelled, a blind one awaited."""
        self.decided_at = self.now
        self.waiting = []
        if self.form.finish_rest:
            return
        self.lost = {branch for branch, phase in self.phase.items() if phase != "undoing"}
        for branch in sorted(self.lost):
            if self.phase[branch] != "writing" or not self.plan[branch].blind:
                if self.phase[branch] == "writing":
                    self.written.add(branch)  # perhaps: it is undone all the same
                self.is_over(branch)
                self.ahead = [each for each in self.ahead if each[1] != branch]
        heapq.heapify(self.ahead)

    # -- how it ends

    def over_before(self, moment: float) -> bool:
        """Whether the whole run is over before `moment`."""
        if self.phase or self.waiting:
            return False
        if self.form.finish_rest and self.decided_at is not None:
            return max(self.now, self.decided_at + AFTERWARDS) < moment
        return self.now + len(self.written & self.lost) * UNDO_TAKES + AFTERWARDS < moment

    def interrupted(self) -> None:
        """All that is under way and has not lost is cancelled: what was written blind is not known."""
        for branch, phase in self.phase.items():
            if phase == "writing" and self.plan[branch].blind and branch not in self.lost:
                self.told.uncertain.add(branch)

    def cancelled(self) -> Told:
        self.interrupted()
        self.told.outcome = "OutcomeUnknown" if self.told.uncertain else "cancelled"
        return self.told

    def ends_failed(self, kind: str) -> Told:
        self.interrupted()
        self.told.outcome = "OutcomeUnknown" if self.told.uncertain else kind
        return self.told

    def value(self) -> list[str]:
        self.written -= self.lost
        if self.form.kind == "first":
            return [f"v{branch}" for branch in self.won]
        return [self.outcomes.get(branch, "Withdrawn") for branch in range(len(self.plan))]
