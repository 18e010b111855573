"""What the check lets through tells nothing of what is sensitive; what it refuses for SF701 often does."""

from itertools import count

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from tests.leaks.flows import larger_flow, some_flow
from tests.leaks.monitor import differs, sealed

QUICK, SLOW, SOAK = 4, 8, 5000


def look(passing: int, first: int) -> tuple[int, int, int]:
    """Over so many flows that pass: how many of them leak, how many are refused for SF701 alone (of the
    first twice as many), and of these leak."""
    passed = leaking = refused = refused_leaking = 0
    for seed in count(first):
        source = Source("random.flow", (larger_flow if seed % 4 == 3 else some_flow)(seed))
        analysis = analyse(source)
        codes = {each.code for each in analysis.diagnostics if each.severity == "error"}
        if not codes:
            passed += 1
            assert not differs(sealed(source, analysis)), f"seed {seed} leaks, and the check lets it through"
        elif codes == {"SF701"} and refused < 2 * passing:
            refused += 1
            refused_leaking += differs(sealed(source, analysis))
        if passed == passing:
            return leaking, refused, refused_leaking


@pytest.mark.parametrize("number", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_nothing_leaks_that_the_check_lets_through(number: int) -> None:
    _, refused, leaking = look(number, 0)
    assert refused > number / 2
    assert leaking > refused / 10, "the monitor sees leaks where there are some"


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nothing_leaks_in_many() -> None:
    look(SOAK, 100_000)
