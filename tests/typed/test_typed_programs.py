"""What passes the check keeps its types: thousands of programs here, any number by `python -m tests.typed NUMBER`."""

import pytest

from tests.typed.search import Look, hole_in_beside, hole_in_typed, hole_in_wider, hole_in_wild, search

FEW, MORE, MANY = range(60), range(60, 500), range(500, 5_000)
LONG = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("look", [hole_in_typed, hole_in_wider, hole_in_beside], ids=["plain", "wider", "beside"])
@pytest.mark.parametrize(
    "seeds",
    [FEW, pytest.param(MORE, marks=pytest.mark.slow), pytest.param(MANY, marks=LONG)],
    ids=["few", "more", "many"],
)
def test_typed_programs_are_taken_and_have_the_value_of_the_reference(look: Look, seeds: range) -> None:
    found, accepted = search(look, seeds)
    assert found is None, found
    assert accepted == len(seeds)


@pytest.mark.parametrize(
    "number", [pytest.param(500, marks=pytest.mark.slow), pytest.param(10_000, marks=LONG)], ids=["some", "many"]
)
def test_wild_programs_that_are_taken_do_not_fail_for_a_type(number: int) -> None:
    found, accepted = search(hole_in_wild, range(number))
    assert found is None, found
    assert accepted > number // 30
