"""How a piece of a run ends: the exit of a frame, and the failure that it may carry."""

from dataclasses import dataclass
from typing import Literal

from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value
from interpreter.boundary.failures import EXPRESSION_FAILED
from interpreter.boundary.payloads import JSON
from interpreter.core.recorded import recorded


@recorded
@dataclass(frozen=True, slots=True)
class Failure:
    """A failure with a kind that `on error` can tell apart.

    `path` is the step where it happened. `purse` is the path of the exhausted budget, so that only those outside of it
    may handle it. `unknown` says that an effect may or may not have happened, `running` that it may still be under
    way, `said` that a `fail` of this run said it.
    """

    kind: str
    message: str
    path: str = ""
    details: JSON = None
    purse: str | None = None
    unknown: bool = False
    running: bool = False
    said: bool = False

    def as_value(self) -> dict[str, Value]:
        """The record that `on error e` binds, and that an `Outcome` holds."""
        return {"kind": self.kind, "message": self.message, "step": self.path, "details": self.details}


@recorded
@dataclass(frozen=True, slots=True)
class Exit:
    """How a frame ended. `label` names the loop of a `break` or `continue`; None is the innermost. `unseen`: of the
    value, what lies in the store has not been held against the type that is declared for it.
    """

    kind: Literal["done", "failed", "cancelled", "return", "yield", "break", "continue"]
    value: Value = None
    label: str | None = None
    failure: Failure | None = None
    unseen: bool = False


DONE = Exit("done")
CANCELLED = Exit("cancelled")


def done(value: Value) -> Exit:
    return Exit("done", value)


def failed(failure: Failure) -> Exit:
    return Exit("failed", failure=failure)


class FlowFailed(Exception):
    """Raised by a construct while it handles a task: the frame it handles ends with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def mistake(error: EvaluationError, path: str) -> Failure:
    """The failure of an expression that has no value."""
    return Failure(EXPRESSION_FAILED, error.message, path, {"reason": error.kind})


class Suspended(Exception):
    """Raised by an evaluation whose operand is a reference: the task runs again when the command is answered."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command
