"""What the machine tells of what has ended, for all run cases: everything once, and in one tree for each run, also when
the state travels or the run continues as new at every point where it can.
"""

from collections import Counter
from typing import Any

import pytest

from interpreter.core.traces import ATTEMPTS, Trace
from interpreter.simulation.simulation import PLAIN, SimulatedRun, Switches
from tests.runs.case import Case, all_cases
from tests.runs.simulated import Simulated


def _traced(case: Case, switches: Switches = PLAIN) -> dict[str, list[Trace]]:
    """Of each run, by what its keys begin with."""
    runs: dict[str, SimulatedRun] = {}

    def watch(run: SimulatedRun, *_: Any) -> None:
        runs[run.state.key_base] = run

    simulated = Simulated(case, switches)
    simulated.simulation.watch = watch
    simulated.run()
    return {key: run.traces for key, run in runs.items()}


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_each_thing_once_and_in_one_tree(case: Case) -> None:
    for traces in _traced(case).values():
        told = Counter(trace.path for trace in traces if trace.node not in ATTEMPTS)
        attempts = Counter(trace.path for trace in traces if trace.node in ATTEMPTS)
        assert max(told.values()) == 1
        assert max(attempts.values(), default=1) == 1
        assert [trace.node for trace in traces].count("run") == 1
        assert traces[-1].node == "run"
        assert {trace.parent for trace in traces if trace.parent} <= told.keys()
        assert all(trace.began <= trace.at for trace in traces)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_the_same_wherever_the_state_travels(case: Case) -> None:
    assert _traced(case, Switches(continue_often=True)) == _traced(case)
