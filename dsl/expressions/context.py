"""What an evaluation may ask of the world (the time, a unique id), and what it may cost."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn, TypeAlias

from dsl.ast.types import Type
from dsl.dataclass import dataclass
from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value

STEPS = 1_000_000
SIZE = 4_000_000


@dataclass(slots=True)
class Meter:
    """Counts the work of evaluations: `spent` is how many steps they took so far, also those that failed or were broken
    off. The steps of one expression over one scope are always the same."""

    spent: int = 0


Conversion: TypeAlias = Callable[[Value, Type], Value]
"""A value as one of a type. Raises `EvaluationError` when it is none, `NeedsReference` where it cannot be seen."""


def _not_here(value: Value, type_: Type) -> NoReturn:
    raise AssertionError("this context has no types")


@dataclass(frozen=True, slots=True)
class Context:
    """`now` and `uuid` must be deterministic in a workflow. `steps` bounds the work: nodes visited in repetition, and
    what is walked over, compared or produced. `size` bounds each value that is produced, in characters. A `meter`,
    where there is one, is told what each evaluation took. `widen` and `convert` do what `Widen` and `Convert` say, with
    the declared types of the definition (`dsl.values.conversions`)."""

    now: Callable[[], datetime]
    uuid: Callable[[], str]
    steps: int = STEPS
    size: int = SIZE
    meter: Meter | None = None
    widen: Conversion = _not_here
    convert: Conversion = _not_here


class Evaluation:
    """One evaluation under way: its context and the steps that are left."""

    __slots__ = ("context", "left")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.left = context.steps

    def charge(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise EvaluationError("LimitExceeded", f"this takes more than {self.context.steps} steps")

    def searched(self, text: str) -> str:
        """`text`, which is about to be gone through from one end to the other."""
        self.charge(len(text) >> 5)
        return text

    def fits(self, characters: int) -> None:
        """Refuse to make a text that is too long, before it takes time and memory."""
        if characters > self.context.size:
            raise EvaluationError("LimitExceeded", f"this makes a text of more than {self.context.size} characters")

    def produced(self, text: str) -> str:
        """`text`, which was just made: within the size, and paid for by its length."""
        self.fits(len(text))
        self.charge(len(text) >> 6)
        return text


def _not_constant() -> NoReturn:
    raise EvaluationError("InvalidArgument", "a constant cannot use now() or uuid()")


CONSTANT = Context(now=_not_constant, uuid=_not_constant)
"""For defaults and other constants: no clock, no ids."""
