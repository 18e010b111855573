"""One validation under way: what is known about types, and the problems found so far."""

from typing import Any

from dsl.expressions.values import Reference
from dsl.values.problems import MOST_PROBLEMS, Place, Problem, place_text, shown
from dsl.values.structure import Types

MOST_DEPTH = 100
"""Values are nested at most this deep."""


class Checking:
    """`references`: whether `{"$ref", "$size"}` in the data is a reference; only for data that a run has written."""

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

    def reference(self, value: Any) -> Reference | None:
        """The reference that this data is, if it is one and references are expected."""
        if not self.references or type(value) is not dict or value.keys() != {"$ref", "$size"}:
            return None
        hash_, size = value["$ref"], value["$size"]
        return Reference(hash_, size) if type(hash_) is str and type(size) is int else None

    def attempt(self) -> "Checking":
        """The same, with no problems yet: to try one option of several."""
        return Checking(self.types, self.references)
