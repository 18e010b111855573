"""A step is meant by its path, or by as much of it as a screen shows."""

import pytest

from interpreter.boundary.meant import meant

PATHS = [
    "talk/for#2[1]/reply",
    "talk/for#2[13]/reply",
    "talk/for#2[13]/if#1/then/reply#2",
    "talk/refine[13]/reply",
    "talk/boss/turn#2/researcher#1",
    "talk/boss/turn#12/researcher#1",
    "talk/reply/undo",
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("talk/for#2[13]/reply", [1]),
        ("for#2[13]/reply", [1]),
        ("reply", [0, 1, 3]),
        ("for[13]/reply", [1, 2]),
        ("talk/for[13]/reply", [1, 2]),
        ("for/[13]/reply", [1, 2]),
        ("[13]/reply", [1, 2, 3]),
        ("for/reply", [0, 1, 2]),
        ("reply#2", [2]),
        ("for[13]/reply#2", [2]),
        ("refine[13]/reply", [3]),
        ("turn 2/researcher", [4]),
        ("boss/turn#2/researcher", [4]),
        ("researcher", [4, 5]),
        ("for[3]/reply", []),
        ("for#1[13]/reply", []),
        ("parallel[13]/reply", []),
        ("reply/for", []),
        ("for", []),
        ("repl", []),
        ("", []),
        ("/", []),
    ],
)
def test_what_is_typed_means(typed: str, found: list[int]) -> None:
    assert meant(PATHS, typed) == [PATHS[number] for number in found]
