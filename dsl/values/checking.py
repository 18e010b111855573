"""One validation under way: what is known about types, and the problems found so far."""

from collections.abc import Callable
from typing import Any

from dsl.ast.types import Type
from dsl.expressions.values import Reference
from dsl.values.problems import MOST_PROBLEMS, Place, Problem, place_text, shown
from dsl.values.structure import Types

MOST_DEPTH = 100
"""Values are nested at most this deep."""


class Enough(Exception):
    """So many problems were found that no more are looked for."""


def unseen(reference: Reference, type_: Type) -> Reference:
    """What was validated where it was made."""
    return reference


class Checking:
    """`bounded`: whether constraints are looked at, or types alone. `reference` says what becomes of a reference."""

    __slots__ = ("bounded", "most", "problems", "received", "reference", "types")

    def __init__(
        self,
        types: Types,
        received: bool = False,
        *,
        bounded: bool = True,
        reference: Callable[[Reference, Type], Any] = unseen,
        most: int = MOST_PROBLEMS,
    ) -> None:
        self.types = types
        self.received = received
        self.bounded = bounded
        self.reference = reference
        self.most = most
        self.problems: list[Problem] = []

    def problem(self, place: Place | None, message: str) -> None:
        """Raises `Enough` with the last one that is wanted."""
        self.problems.append(Problem(place_text(place), message))
        if len(self.problems) >= self.most:
            raise Enough

    def unfit(self, place: Place | None, expected: str, value: Any) -> None:
        self.problem(place, f"expected {expected}, not {shown(value)}")

    def attempt(self, *, received: bool) -> "Checking":
        """The same, with no problems yet: to try one option of several, which the first problem decides."""
        return Checking(self.types, received, bounded=self.bounded, reference=self.reference, most=1)
