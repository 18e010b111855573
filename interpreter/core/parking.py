"""What is remembered where people are asked for more of a budget (`more.py`)."""

from dataclasses import dataclass

from interpreter.core.outcomes import Exit, Failure
from interpreter.core.recorded import recorded


@recorded
@dataclass(slots=True)
class Parking:
    """`asking`: people are asked for more, for the `asked`th time; `refused`: they gave none. `held` is how what is
    below has ended while that question was still open, and `held_from` its path; `short` how that ends of which people
    are asked for more rounds or turns.
    """

    asked: int = 0
    asking: bool = False
    refused: bool = False
    held: Exit | None = None
    held_from: str = ""
    short: Failure | None = None
