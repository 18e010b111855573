"""Ten seconds' worth of `make explore`: no rule is broken in any world that is reached."""

from itertools import islice

import pytest

from tests.explore.flows import CASES, generated, of_case
from tests.explore.search import Exploration


@pytest.mark.parametrize("name", CASES)
def test_every_order_of_what_can_come_in_the_run_cases(name: str) -> None:
    flow = of_case(name)
    exploration = Exploration.of(flow.definition, flow.input).go(40)
    assert exploration.found is None, str(exploration.found)


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_every_order_of_what_can_come_in_small_random_flows(first: int) -> None:
    for flow in islice(generated(), first, first + 10):
        exploration = Exploration.of(flow.definition, flow.input).go(70)
        assert exploration.found is None, f"{flow.name}: {exploration.found}"


def test_a_saga_is_explored_completely() -> None:
    """Three steps, two of them side by side, in a `try`: all that can happen with one fault, and every end."""
    flow = of_case("child_undone_by_parent")
    exploration = Exploration.of(flow.definition, flow.input, faults=1).go(100_000)
    assert exploration.complete
    assert exploration.found is None
    assert exploration.states > 200
    assert len(exploration.ends) > 50
