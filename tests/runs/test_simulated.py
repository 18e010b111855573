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

PLACES = ("loop", "parallel", "try", "approval", "event", "undo", "child")


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_plain(case: Case, request: pytest.FixtureRequest) -> None:
    seen = Simulated(case, Switches()).run().as_data()
    if request.config.getoption("--rewrite"):
        case.expected_file.write_text(yaml.safe_dump(seen, sort_keys=False, allow_unicode=True, width=120))
    assert seen == case.expected


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
@pytest.mark.parametrize(
    "switches", [Switches(through_json=True), Switches(continue_often=True)], ids=["json", "continue"]
)
def test_switched(case: Case, switches: Switches) -> None:
    """All memory of a run is in its state: nothing outside changes when that travels."""
    seen = Simulated(case, switches).run().as_data()
    assert seen == case.expected


def test_continuations_were_forced_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    forced: Counter[str] = Counter()
    for case in all_cases():
        simulated = Simulated(case, Switches(continue_often=True))
        simulated.run()
        forced.update(simulated.continuations)
        if all(forced[place] > 0 for place in PLACES):
            break
    with capsys.disabled():
        print("\nsimulated continuations: " + ", ".join(f"{place} {forced[place]}" for place in PLACES))
    assert all(forced[place] > 0 for place in PLACES)
