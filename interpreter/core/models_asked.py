"""Which models an agent's step has asked, how they failed, and so which is asked next. Pure decisions over a small
memory.
"""

from dataclasses import dataclass, field

from dsl.ast.defaults import MOST_REASKS
from dsl.expressions.values import Value
from interpreter.boundary.failures import EVERY_MODEL_FAILED, INVALID_REQUEST, MALFORMED_OUTPUT, NOT_ASKED
from interpreter.core import caps, reservations
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class ModelsAsked:
    """`model` is the place in the list of the one that is asked, and `reasks` how often it was because its answer could
    not be used. Its latest was `refused`, for the reason that it is told as `feedback`; `problem` is why it is asked
    again, also where it is not told. `ceiling`: how long its answer may be now, if longer than usual, because one was
    cut off at `cut_at` tokens. `causes` tell how the models failed.
    """

    model: int = 0
    reasks: int = 0
    feedback: str | None = None
    causes: list[dict[str, Value]] = field(default_factory=list)
    refused: str | None = None
    problem: str | None = None
    ceiling: int = 0
    cut_at: int = 0

    def ask_again(self, problem: str, refused: str | None) -> bool:
        """Whether the model is asked again because of a `problem` with its answer."""
        if self.reasks == MOST_REASKS:
            return False
        self.reasks += 1
        self.feedback = self.problem = problem
        self.refused = refused
        return True

    def ask_for_more(self, problem: str, ceiling: int, cut_at: int) -> bool:
        """Whether the model is asked the same again, because its answer was cut off and the next may be longer."""
        if self.reasks == MOST_REASKS:
            return False
        self.reasks += 1
        self.problem, self.ceiling, self.cut_at = problem, ceiling, cut_at
        return True

    def next_model(self, models: tuple[str, ...], failure: Failure, budget: Value) -> bool:
        """Whether there is another after this one, which failed; `budget` is what it had no room in."""
        message = failure.message
        if self.ceiling and failure.kind == INVALID_REQUEST:
            message = f"{self.problem}; with room for {self.ceiling}, its server refuses: {message}"
        self._remember(models, failure.kind, message, budget)
        if self.model + 1 == len(models):
            return False
        self.model += 1
        self.reasks, self.ceiling, self.cut_at = 0, 0, 0
        self.feedback = self.refused = self.problem = None
        return True

    def out_of_budget(self, models: tuple[str, ...], failure: Failure) -> Failure:
        """How the step fails when its next question does not fit: as what came first did, if anything failed before."""
        first = not self.causes and self.problem is None
        if not reservations.did_not_fit(failure) or caps.is_reached(failure) or first:
            return failure
        if self.problem is None:
            self._remember(models, NOT_ASKED, failure.message, failure.details)
        else:
            message = f"{self.problem}; the budget has no room to ask again: {failure.message}"
            self._remember(models, MALFORMED_OUTPUT, message, failure.details)
        return self.every_model_failed()

    def every_model_failed(self) -> Failure:
        message = "; ".join(f"{cause['model']}: {cause['kind']} ({cause['message']})" for cause in self.causes)
        return Failure(EVERY_MODEL_FAILED, message, details=self.causes)

    def _remember(self, models: tuple[str, ...], kind: str, message: str, budget: Value) -> None:
        cause: dict[str, Value] = {"model": models[self.model], "kind": kind, "message": message}
        self.causes.append(cause if budget is None else cause | {"budget": budget})
