"""What passes the check keeps its types: thousands of programs here, any number by `python -m tests.typed NUMBER`."""

import pytest

from tests.typed.search import hole_in_typed, hole_in_wild, search

FEW, MANY = range(200), range(200, 2_000)
WILD = 1500


@pytest.mark.parametrize("seeds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_typed_programs_are_taken_and_have_the_value_of_the_reference(seeds: range) -> None:
    found, accepted = search(hole_in_typed, seeds)
    assert found is None, found
    assert accepted == len(seeds)


@pytest.mark.slow
def test_wild_programs_that_are_taken_do_not_fail_for_a_type() -> None:
    found, accepted = search(hole_in_wild, range(WILD))
    assert found is None, found
    assert accepted > WILD // 20
