"""Every run case in the simulation: plain, with the state through JSON after every event, and continuing at each
quiescent point.

`expected.yaml` is what the plain run came to (rewritten with `--rewrite`, then read); the switched runs must come to
the same.
"""

from collections import Counter

import pytest
import yaml

from interpreter.simulation.simulation import Switches
from tests.runs.case import Case, all_cases
from tests.runs.simulated import Simulated

FORCED: Counter[str] = Counter()
PLACES = ("loop", "parallel", "try", "approval", "undo", "child")


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_plain(case: Case, request: pytest.FixtureRequest) -> None:
    seen = Simulated(case, Switches()).run().as_data()
    if request.config.getoption("--rewrite"):
        case.expected.write_text(yaml.safe_dump(seen, sort_keys=False, allow_unicode=True, width=120))
    assert seen == yaml.safe_load(case.expected.read_text())


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
@pytest.mark.parametrize(
    "switches", [Switches(through_json=True), Switches(continue_often=True)], ids=["json", "continue"]
)
def test_switched(case: Case, switches: Switches) -> None:
    """All memory of a run is in its state: nothing outside changes when that travels."""
    simulated = Simulated(case, switches)
    seen = simulated.run().as_data()
    FORCED.update(simulated.continuations)
    assert seen == yaml.safe_load(case.expected.read_text())


def test_continuations_were_forced_everywhere(record_property: object, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\nsimulated continuations: " + ", ".join(f"{place} {FORCED[place]}" for place in PLACES))
    assert all(FORCED[place] > 0 for place in PLACES)
