"""Batches of a simulated provider: planned, found again by their keys, and a record of each question."""

from collections.abc import Callable
from dataclasses import dataclass, field

from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.failures import BATCH_CANCELLED, BATCH_EXPIRED
from interpreter.boundary.payloads import ChatRequest


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """It is over after so many `looks`, when it `ends` (`completed`, `expired`, `cancelled`) with so many `answers`, or
    all. `fails`: it is not made, as a failure of that kind says; with `made` it is, and nobody hears of it.
    """

    looks: int = 0
    answers: int | None = None
    ends: str = "completed"
    fails: str = ""
    made: bool = False


@dataclass
class _Made:
    id: str
    plan: BatchPlan
    answers: list[BatchAnswer]
    looks: int
    cancelled: bool = False


@dataclass
class Batches:
    """`plans` for one batch after the other, `answer` for each question with its place. `asked` is what was heard."""

    plans: list[BatchPlan] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _made: dict[str, _Made] = field(default_factory=dict)
    _numbers: int = 0

    def told(self, request: BatchRequest, answer: Callable[[ChatRequest, int], BatchAnswer]) -> BatchReply | BatchPlan:
        """What comes of a call; a plan where it fails as that says."""
        self.asked.append(request.what)
        made = self._made.get(request.key)
        if request.what == "submit" and made is None:
            plan = self.plans[min(self._numbers, len(self.plans) - 1)] if self.plans else BatchPlan()
            self._numbers += 1
            if plan.fails and not plan.made:
                return plan
            made = self._submitted(request, plan, answer)
            if plan.fails:
                return plan
        if made is None:
            return BatchReply("", over=True)
        if request.what == "cancel":
            made.cancelled = True
            return BatchReply(made.id)
        if request.what == "look":
            made.looks -= 1
        return self._stands(made)

    def _submitted(
        self, request: BatchRequest, plan: BatchPlan, answer: Callable[[ChatRequest, int], BatchAnswer]
    ) -> _Made:
        questions = list(enumerate(request.requests))[: plan.answers]
        answers = [answer(each, place) for place, each in questions if each.model]
        made = self._made[request.key] = _Made(f"b-{len(self._made) + 1}", plan, answers, plan.looks)
        return made

    def _stands(self, made: _Made) -> BatchReply:
        if made.looks > 0:
            return BatchReply(made.id, counts=f"0 of {len(made.answers)}")
        kind = {"expired": BATCH_EXPIRED, "cancelled": BATCH_CANCELLED}.get(made.plan.ends, "")
        return BatchReply(
            made.id, over=True, answers=made.answers, kind=kind, message=kind and f"it has {made.plan.ends}"
        )
