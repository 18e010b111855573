"""What a repair of a run that has ended is given, and what people have settled of it; both stand in histories."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Resolution:
    """What somebody knows of the effect of the step at `path`: `stands`, or not (it never happened, or was undone by
    hand). `by` is who says so, for people. `result`: what the step answered, where it stands and that is known, plain
    JSON in a list of one; nothing where it is not said.
    """

    path: str
    stands: bool
    by: str
    note: str = ""
    result: list[Any] = field(default_factory=list)


@dataclass
class Repair:
    """What is left of the run `run`, whose first execution was `first_run`: the `ledger` as it stands before this, and
    what people have settled of it now. `undoes`: what is due is undone; otherwise this only records.
    """

    run: str
    first_run: str
    ledger: list[Any] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    undoes: bool = False
