"""Patterns are RE2: linear in the text, and they match all of it."""

import time

import pytest

from dsl.values.patterns import matches, pattern_problem


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [("[a-z]+", "abc", True), ("[a-z]+", "abc1", False), ("a|b", "b", True), (".", "é", True), (r"\d+", "٣", False)],
)
def test_the_whole_text_matches(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("pattern", ["(", "[a", r"(a)\1", "(?=a)b", "*"])
def test_what_is_no_pattern_is_said_and_matches_nothing(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert pattern_problem(pattern)
    assert not matches(pattern, pattern)
    assert capfd.readouterr() == ("", "")


def test_a_pattern_without_a_problem() -> None:
    assert pattern_problem("(a+)+b") is None


def test_no_text_takes_long() -> None:
    begun = time.process_time()
    assert not matches("(a+)+b", "a" * 50_000)
    assert not matches("(x+x+)+y", "x" * 50_000)
    assert time.process_time() - begun < 20  # a backtracking engine takes longer than the age of the universe
