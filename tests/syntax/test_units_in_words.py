"""What is taken for a number with a unit in words, and what for something else."""

import pytest

from dsl.syntax.foreign import number_with_unit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24 hours", ("24 hours", "24", None, "hours")),
        ("1.5 eur,", ("1.5 eur", "1.5", None, "eur")),
        ("5k usd", None),
        ("5k USD", ("5k USD", "5", "k", "USD")),
        ("5kUSD", ("5kUSD", "5", "k", "USD")),
        ("5Mmin", ("5Mmin", "5", "M", "min")),
        ("5 k USD", None),
        ("5kg", None),
        ("5k", None),
        ("5 Mins", None),
        ("2 days_left", None),
        ("2 days2", None),
        ("2 days: 1", None),
        ("2 days.first", None),
        ("2 days (", None),
        ("2\ndays", None),
        ("days", None),
        ("1 ms", ("1 ms", "1", None, "ms")),
    ],
)
def test_a_number_and_its_unit(text: str, found: tuple[str, str, str | None, str] | None) -> None:
    assert number_with_unit(text, 0) == found
    assert number_with_unit(f"x {text}", 2) == found
