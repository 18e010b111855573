"""Durations as they are written."""

import pytest

from dsl.ast.duration import LONGEST, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("0s", 0), ("5ms", 5), ("1h30m", 5_400_000), ("1w", 604_800_000), ("2d3ms", 172_800_003), ("-90s", -90_000)],
)
def test_parse(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    "text", ["", "-", "5", "s", "1.5h", "1h 30m", "30m1h", "1h1h", "5M", "٣s", "1h\n", "100001d", "9" * 40 + "s"]
)
def test_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1000, 90_061_001, 604_800_000, -5_400_000, LONGEST, -LONGEST])
def test_what_is_written_reads_back(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds)) == milliseconds


def test_the_largest_unit_written_is_days() -> None:
    assert format_duration(8 * 86_400_000 + 60_000) == "8d1m"
