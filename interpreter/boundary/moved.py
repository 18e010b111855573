"""What is kept of a move of a run to another definition (`interpreter.boundary.move`)."""

from dataclasses import dataclass


@dataclass
class Moved:
    """A run went on, `at` that time, with the definition of the hash `now` instead of `before`: who wanted it, and why.
    With `refused` it did not, for that reason.
    """

    id: str
    before: str
    now: str
    by: str
    at: float
    note: str = ""
    refused: str = ""
