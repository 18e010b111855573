"""No run comes to more than its plan says, of flows with everything that the other random flows do not have."""

from functools import lru_cache
from itertools import count

import pytest

from dsl.analysis import Analysis, analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.planning.amounts import Amounts
from dsl.planning.plans import Plans
from tests.planning.counted import Counted
from tests.planning.flows import MoreOutside, files, some_flow_for_plans
from tests.planning.test_plans_hold import Counting, check

pytestmark = pytest.mark.slow

QUICK, SOAK = 15, 2_000
WORDS = ("h.list(", "h.make(", "l.post(", "l.sent(", "e.tell(", "q.read(", "again(", "sorter(", "respond ", " every ")
WORDS += ("continue v", "commit", "sleep until", "race for", "detached", "finally")


@lru_cache(maxsize=50)
def _analysed(seed: int) -> Analysis:
    return analyse(some_flow_for_plans(seed), files=files())


def _defined(seed: int) -> Definition | None:
    found = _analysed(seed)
    if not found.ok:
        return None
    return unseal(seal(found.facts, found.source, "main", gates=found.gates, spends=found.spends).json)


def _planned(seed: int) -> Amounts:
    plans = Plans(_analysed(seed).facts, _analysed(seed).program.graph, rough=True)
    plans.of("main")
    return plans.inside["main"]


def some(number: int, first: int) -> list[Counted]:
    found: list[Counted] = []
    for seed in count(first):
        definition = _defined(seed)
        if definition is not None:
            watched = Counting.some(definition, f"{seed}.0")
            watched.outside = MoreOutside(f"{seed}.0", gentle=watched.outside.gentle)
            found.append(check(watched, _planned(seed), str(seed)))
        if len(found) == number:
            break
    return found


def test_no_run_of_flows_with_everything_comes_to_more_than_its_plan() -> None:
    counted = some(QUICK, 0)
    assert sum(each.of["calls"] for each in counted) > 2 * QUICK
    assert sum(each.of["requests"] for each in counted) > QUICK // 2


def test_all_of_it_stands_in_these_flows() -> None:
    texts = [some_flow_for_plans(seed).text for seed in range(80) if _defined(seed) is not None]
    mains = [text[text.index("flow main(") :] for text in texts]
    few = {word: sum(word in text for text in mains) for word in WORDS}
    assert min(few.values()) >= 2, few


def test_what_is_held_against_them_is_a_number() -> None:
    """A moment that is waited for bounds no time, and so not how often a run below is looked after meanwhile."""
    plans = [_planned(seed) for seed in range(40) if _defined(seed) is not None]
    for name in ("requests", "calls", "runs", "questions", "time", "back", "events", "size"):
        least = 0.7 if name in ("time", "events", "size") else 0.9
        assert sum(getattr(plan, name) is not None for plan in plans) > least * len(plans) > 15, name


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_runs_of_flows_with_everything_come_to_no_more_than_their_plans() -> None:
    some(SOAK, 10_000)
