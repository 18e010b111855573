"""One validation under way: what is known about types, and the problems found so far."""

from typing import Any

from dsl.expressions.values import Reference
from dsl.values.problems import MOST_PROBLEMS, Place, Problem, place_text, shown
from dsl.values.structure import Types

MOST_DEPTH = 100
"""Values are nested at most this deep."""


def is_reference(value: Any) -> bool:
    """Whether this is how a reference is written on the wire."""
    return (
        type(value) is dict
        and value.keys() == {"$ref", "$size"}
        and type(value["$ref"]) is str
        and type(value["$size"]) is int
    )


class Checking:
    """`references`: whether the data may hold references; only for data that a run has written."""

    __slots__ = ("problems", "references", "types")

    def __init__(self, types: Types, references: bool) -> None:
        self.types = types
        self.references = references
        self.problems: list[Problem] = []

    def problem(self, place: Place | None, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(place_text(place), message))

    def unfit(self, place: Place | None, expected: str, value: Any) -> None:
        self.problem(place, f"expected {expected}, not {shown(value)}")

    def reference(self, value: dict[Any, Any], place: Place | None) -> Reference | None:
        """The reference that this is. None may come from outside: a hash that is named could be read by it."""
        if not self.references:
            self.problem(
                place, "an object of just `$ref` and `$size` stands for a large value, and cannot come from outside"
            )
            return None
        return Reference(value["$ref"], value["$size"])

    def attempt(self) -> "Checking":
        """The same, with no problems yet: to try one option of several."""
        return Checking(self.types, self.references)
