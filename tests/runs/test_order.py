"""The comparison of two drivers finds what it is there to find."""

import pytest

from tests.runs.order import differences

BESIDE = frozenset({"/main/parallel#1", "/main/all", "/chapter/parallel#1", "/main/long/"})


@pytest.mark.parametrize(
    ("expected", "seen", "told"),
    [
        (["a @main/x", "b @main/y"], ["a @main/x", "b @main/y"], ""),
        (["a @main/x", "b @main/y"], ["b @main/y", "a @main/x"], "the other way round: a @main/x | b @main/y"),
        (["a @main/long/y/z", "b @main/x"], ["b @main/x", "a @main/long/y/z"], ""),
        (["b @main/x", "a @main/long/y"], ["a @main/long/y", "b @main/x"], ""),
        (["a @main/long/y", "b @main/long/x"], ["b @main/long/x", "a @main/long/y"], "the other way round"),
        (["a @main/x", "b @main/long"], ["b @main/long", "a @main/x"], ""),
        (["a @main/long2/y", "b @main/x"], ["b @main/x", "a @main/long2/y"], "the other way round"),
        (["a @main/x"], ["a @main/x~again1"], "missing: a @main/x"),
        (["a @main/x", "a @main/x"], ["a @main/x"], "missing: a @main/x"),
        (["a @main/x"], ["a @main/x", "a @main/x"], "not expected: a @main/x"),
        (["a @main/parallel#1/x", "b @main/parallel#1/y"], ["b @main/parallel#1/y", "a @main/parallel#1/x"], ""),
        (["a @main/all[0]/x", "b @main/all[1]/x"], ["b @main/all[1]/x", "a @main/all[0]/x"], ""),
        (["a @main/all[0]/x", "b @main/all[0]/y"], ["b @main/all[0]/y", "a @main/all[0]/x"], "the other way round"),
        (
            ["a @main/parallel#1/b/x", "b @main/parallel#1/b/y"],
            ["b @main/parallel#1/b/y", "a @main/parallel#1/b/x"],
            "the",
        ),
        (["a @main/for#1[0]/x", "b @main/for#1[1]/x"], ["b @main/for#1[1]/x", "a @main/for#1[0]/x"], "the other way"),
        (
            ["a @main/for#1[0]/c/chapter/parallel#1/x", "b @main/for#1[0]/c/chapter/parallel#1/y"],
            ["b @main/for#1[0]/c/chapter/parallel#1/y", "a @main/for#1[0]/c/chapter/parallel#1/x"],
            "",
        ),
        (["a @main/parallel#1/x", "b @main/z"], ["b @main/z", "a @main/parallel#1/x"], "the other way round"),
    ],
)
def test_what_is_told(expected: list[str], seen: list[str], told: str) -> None:
    found = differences(expected, seen, BESIDE, r" @(\S+)$")
    assert bool(found) == bool(told)
    assert not told or found[0].startswith(told)
