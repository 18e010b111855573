"""What is believed of an attempt that was not heard of again, and when: seconds of virtual time, counted exactly."""

from itertools import pairwise

import pytest

from dsl.ast.defaults import LONGEST_SETTLING
from interpreter.boundary.failures import BUDGET_EXCEEDED, NOT_REGISTERED, OUTCOME_UNKNOWN, STILL_RUNNING
from interpreter.core import policies
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.played import play
from tests.heart.watched import definition_of

DECLARATIONS = """edition 1
tool find(key: text) -> {{ id: text }}? read
tool post(n: int) -> {{ id: text }} write {{ timeout 1s verify find(key: key){after} compensate undo(n: n) }}
tool undo(n: int) idempotent
flow main() -> text {{
  step p = post(n: 1)
  return p.id
}}
"""
DEFAULT = DECLARATIONS.format(after="")
LATE = Fails("TimedOut", "no answer", "timed_out", 1.0)
NEVER = Fails("TimedOut", "no worker", "not_started", 1.0)
BROKEN = Fails("Undeclared", "broken", "answered", 0.5)
LOST = Fails("Undeclared", "worker lost", "unknown", 0.5)
NOTHING, DONE = Returns(None, 0.0), Returns({"id": "p"}, 0.0)
AT_WORK = Fails(STILL_RUNNING, "still runs", "answered", 0.0)
ELSEWHERE = Fails(NOT_REGISTERED, "no such tool here", "not_started", 0.0)


@pytest.mark.parametrize(
    ("after", "first", "asked", "again"),
    [
        ("", LATE, [1.0, 2.0], 2.0),  # the tool's timeout once more
        (" after 2m", LATE, [1.0, 121.0], 121.0),
        (" after 200ms", LATE, [1.0, 1.2], 1.2),
        ("", LOST, [0.5, 1.5], 1.5),
        ("", BROKEN, [0.5], 0.5),  # it answered, so it is over
    ],
    ids=["default", "two minutes", "less than its timeout", "lost", "answered"],
)
@pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
def test_that_nothing_is_found_counts_when_the_attempt_may_be_taken_to_have_ended(
    after: str, first: Planned, asked: list[float], again: float, switches: Switches
) -> None:
    ended = play(
        DECLARATIONS.format(after=after),
        {"post": [first, DONE], "find": [NOTHING], "undo": [NOTHING]},
        switches=switches,
    )
    assert (ended.outcome, ended.value) == ("completed", "p")
    assert ended.times("find") == asked
    assert ended.times("post") == [0.0, again]


def test_what_was_never_begun_is_not_asked_about() -> None:
    ended = play(DEFAULT, {"post": [NEVER, DONE], "find": [NOTHING]})
    assert ended.value == "p"
    assert ended.times("find") == []


def test_what_takes_effect_while_it_is_being_settled_is_found_and_not_made_again() -> None:
    ended = play(DECLARATIONS.format(after=" after 2m"), {"post": [LATE], "find": [NOTHING, DONE]})
    assert ended.value == "p"
    assert ended.calls == [("post", 0.0), ("find", 1.0), ("find", 121.0)]
    assert ended.ledger == {"p": "done"}


def test_what_was_looked_up_before_the_attempt_ended_is_not_believed_because_it_is_heard_of_later() -> None:
    plans = {"post": [LATE], "find": [Returns(None, 0.8), DONE], "undo": [NOTHING]}
    ended = play(DEFAULT, plans, away=(1.5, 10.0))
    assert (ended.outcome, ended.value) == ("completed", "p")
    assert ended.times("find") == [1.0, 10.0]
    assert ended.times("post") == [0.0]


def test_it_is_made_again_once_and_no_further() -> None:
    ended = play(DEFAULT, {"post": [BROKEN], "find": [NOTHING]})
    assert ended.failure.kind == "Undeclared"
    assert len(ended.times("post")) == 2
    assert ended.ledger == {}


def test_a_worker_that_still_runs_the_call_is_asked_again_later_and_later_until_it_ends() -> None:
    ended = play(DEFAULT, {"post": [LATE, DONE], "find": [AT_WORK, AT_WORK, AT_WORK, AT_WORK, NOTHING]})
    assert ended.value == "p"
    assert ended.times("find") == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert ended.times("post") == [0.0, 16.0]


def test_that_another_worker_finds_nothing_counts_no_sooner_because_one_still_ran_the_call() -> None:
    ended = play(
        DECLARATIONS.format(after=" after 2m"), {"post": [LATE, DONE], "find": [AT_WORK, NOTHING], "undo": [NOTHING]}
    )
    assert ended.value == "p"
    assert ended.times("find") == [1.0, 2.0, 121.0]
    assert ended.times("post") == [0.0, 121.0]


@pytest.mark.parametrize(("after", "patience"), [("", LONGEST_SETTLING / 1000), (" after 2m", 1200.0)])
def test_who_still_runs_it_for_very_long_leaves_a_doubt(after: str, patience: float) -> None:
    ended = play(DECLARATIONS.format(after=after), {"post": [LATE], "find": [AT_WORK], "undo": [NOTHING]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert len(ended.times("post")) == 1
    waits = [later - earlier for earlier, later in pairwise(ended.times("find"))]
    assert waits[:7] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
    assert set(waits[6:]) == {60.0}
    assert patience - 60.0 <= ended.times("find")[-1] - 1.0 <= patience


def test_a_verification_that_finds_nobody_leaves_a_doubt() -> None:
    ended = play(DEFAULT, {"post": [LATE], "find": [BROKEN], "undo": [NOTHING]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert len(ended.times("post")) == 1


def test_a_verification_that_finds_what_nobody_can_read_leaves_a_doubt() -> None:
    """It has happened, and what would undo it cannot be worded."""
    text = DEFAULT.replace("compensate undo(n: n)", "compensate undo(n: len(result.id))")
    ended = play(text, {"post": [LATE], "find": [Returns({"name": "p"}, 0.0)], "undo": [NOTHING]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.calls == [("post", 0.0), ("find", 1.0)]
    assert ended.ledger == {"p": "uncertain"}


READ_AGAIN = """edition 1
tool post(n: int) -> { id: text } write keyed { timeout 1s compensate undo(n: len(result.id)) }
tool undo(n: int) idempotent
flow main() -> text {
  step p = post(n: 1)
  return p.id
}
"""


@pytest.mark.parametrize("cancel_at", [None, 0.5], ids=["no worker takes it", "cancelled"])
def test_a_call_that_happened_and_is_made_again_for_its_answer_in_vain_leaves_a_doubt(cancel_at: float | None) -> None:
    """That the second call was never begun says nothing about the first."""
    odd = Returns({"name": "p"}, 0.0)
    ended = play(READ_AGAIN, {"post": [odd, NEVER], "undo": [NOTHING]}, cancel_at=cancel_at)
    assert (ended.outcome, ended.failure.kind) == ("failed", OUTCOME_UNKNOWN)
    assert ended.ledger == {"p": "uncertain"}


# -- on the way out


def test_a_cancel_does_not_cut_the_settling_short() -> None:
    ended = play(DECLARATIONS.format(after=" after 2m"), {"post": [LATE], "find": [NOTHING]}, cancel_at=60.0)
    assert ended.outcome == "cancelled"
    assert ended.calls == [("post", 0.0), ("find", 1.0), ("find", 121.0)]
    assert ended.ledger == {}


UNDONE = """edition 1
tool post(n: int) -> {{ id: text }} write {{ timeout 7s compensate undo(n: n) {verify} }}
tool undo(n: int) idempotent {{ retry 0 times }}
tool gone() -> text read {{ errors Gone }}
flow main() -> text {{
  step p = post(n: 1)
  return p.id
}}
"""
ASKS_NOBODY = UNDONE.format(verify='verify none "cannot be asked"')


@pytest.mark.parametrize(
    ("first", "undone"),
    [(Fails("TimedOut", "", "timed_out", 7.0), 14.0), (LOST, 7.5), (BROKEN, 0.5)],
    ids=["late", "lost", "answered"],
)
@pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
def test_nothing_is_undone_while_it_may_yet_take_effect(first: Planned, undone: float, switches: Switches) -> None:
    ended = play(ASKS_NOBODY, {"post": [first], "undo": [NOTHING]}, switches=switches)
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.times("undo") == [undone]
    assert ended.ledger == {"p": "undone"}


@pytest.mark.parametrize(("first", "asks"), [(LOST, "run/main/p"), (DONE, None)], ids=["lost", "done"])
def test_only_the_undo_of_a_doubt_asks_whether_the_call_still_runs(first: Planned, asks: str | None) -> None:
    undone: list[str | None] = []

    def undo(command: CallTool) -> Planned:
        undone.append(command.verifies)
        return NOTHING

    definition = definition_of(ASKS_NOBODY.replace("return p.id", 'fail "no"'))
    assert definition is not None
    simulation = Simulation(definition, World({"post": lambda command: first, "undo": undo}))
    simulation.run({})
    simulation.go()
    assert undone == [asks]


def test_what_is_cancelled_and_has_stopped_is_undone_at_once() -> None:
    ended = play(ASKS_NOBODY, {"post": [Returns({"id": "p"}, 60.0)], "undo": [NOTHING]}, cancel_at=3.0)
    assert ended.outcome == "cancelled"
    assert ended.times("undo") == [3.0]


def test_a_worker_that_still_runs_the_call_undoes_it_later() -> None:
    late = Fails("TimedOut", "", "timed_out", 7.0)
    ended = play(ASKS_NOBODY, {"post": [late], "undo": [AT_WORK, AT_WORK, AT_WORK, NOTHING]})
    assert ended.times("undo") == [14.0, 15.0, 17.0, 21.0]
    assert ended.ledger == {"p": "undone"}


def test_an_undo_is_given_up_when_the_call_runs_on_and_on() -> None:
    late = Fails("TimedOut", "", "timed_out", 7.0)
    ended = play(ASKS_NOBODY, {"post": [late], "undo": [AT_WORK]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.ledger == {"p": "undo_failed"}
    times = ended.times("undo")
    assert [b - a for a, b in pairwise(times)][:7] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
    assert LONGEST_SETTLING / 1000 <= times[-1] - times[0] <= LONGEST_SETTLING / 1000 + 60.0


# -- what a declared error tells of earlier attempts

KEYED = """edition 1
tool post(n: int) -> {{ id: text }} write keyed{remembers} {{
  timeout 10s
  retry 1 times backoff 1s to 1s
  errors Refused
  compensate undo(n: n)
}}
tool undo(n: int) idempotent
flow main() -> text {{
  try {{
    step p = post(n: 1)
    return p.id
  }} on error Refused {{ return "refused" }}
}}
"""
FOR_EVER = KEYED.format(remembers="")
REFUSED = Fails("Refused", "no", "answered", 0.0)
TEN = Fails("TimedOut", "no answer", "timed_out", 10.0)


def test_a_refusal_speaks_for_an_earlier_attempt_only_when_that_has_ended() -> None:
    ended = play(FOR_EVER, {"post": [TEN, REFUSED, REFUSED], "undo": [NOTHING]})
    assert ended.value == "refused"
    first, second, third = ended.times("post")
    assert (first, second) == (0.0, 11.0)
    assert 20.0 < third < 20.1  # ten seconds after its timeout the first has ended
    assert ended.ledger == {}


def test_an_earlier_attempt_that_took_effect_after_a_refusal_is_found() -> None:
    ended = play(FOR_EVER, {"post": [TEN, REFUSED, DONE], "undo": [NOTHING]})
    assert ended.value == "p"
    assert ended.ledger == {"p": "done"}


def test_a_refusal_after_an_attempt_that_has_ended_speaks_for_it_at_once() -> None:
    ended = play(FOR_EVER, {"post": [BROKEN, REFUSED], "undo": [NOTHING]})
    assert ended.value == "refused"
    assert ended.times("post") == [0.0, 1.5]
    assert ended.times("undo") == []


def test_a_refusal_that_came_too_early_leaves_a_doubt_when_the_key_is_forgotten_meanwhile() -> None:
    ended = play(KEYED.format(remembers=" for 15s"), {"post": [TEN, REFUSED], "undo": [NOTHING]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.times("post") == [0.0, 11.0]
    assert ended.times("undo") == [21.0]
    assert ended.ledger == {"p": "undone"}


def test_a_cancel_while_a_refusal_is_waited_out_leaves_no_call_without_undo() -> None:
    ended = play(FOR_EVER, {"post": [TEN, REFUSED], "undo": [NOTHING]}, cancel_at=15.0)
    assert ended.times("post") == [0.0, 11.0]
    assert ended.times("undo") == [25.0]
    assert ended.ledger == {"p": "undone"}


# -- a worker that fits

WAITING = """edition 1
tool post(n: int) -> {{ id: text }} write {{ {tool} verify none "no" compensate none "no" }}
flow main() -> text {budget} {{
  step p = post(n: 1) {{ {step} }}
  return p.id
}}
"""


@pytest.mark.parametrize(
    ("tool", "step", "budget", "bound"),
    [
        ("patience 90s", "", "", 90.0),
        ("patience 90s", "patience 20s", "", 20.0),
        ("", "patience 20s", "", 20.0),
        ("patience 90s", "", "budget 1h", 90.0),
        ("", "", "", policies.DEFAULT_PATIENCE / 1000),
    ],
    ids=["tool", "step before tool", "step", "less than the budget", "a day"],
)
def test_patience_bounds_the_wait_for_a_worker_that_fits(tool: str, step: str, budget: str, bound: float) -> None:
    ended = play(WAITING.format(tool=tool, step=step, budget=budget), {"post": [ELSEWHERE]})
    assert ended.failure.kind == NOT_REGISTERED
    assert ended.ledger == {}
    last, longest = ended.times("post")[-1], policies.LONGEST_MISFIT_DELAY / 1000
    assert bound <= last <= bound + longest


def test_without_patience_the_budget_of_time_bounds_the_wait() -> None:
    ended = play(WAITING.format(tool="", step="", budget="budget 200h"), {"post": [ELSEWHERE]})
    assert ended.failure.kind == BUDGET_EXCEEDED
    assert ended.times("post")[-1] > 199 * 3600


def test_a_worker_that_comes_in_time_is_found() -> None:
    ended = play(WAITING.format(tool="patience 10m", step="", budget=""), {"post": [ELSEWHERE] * 12 + [DONE]})
    assert ended.value == "p"
    waits = [b - a for a, b in pairwise(ended.times("post"))]
    assert waits == sorted(waits), "later and later"
    assert (waits[0], waits[-1]) == (0.2, pytest.approx(0.2 * 1.5**11, abs=0.01))


IN_TIME = """edition 1
tool find(key: text) -> {{ id: text }}? read
tool post(n: int) -> {{ id: text }} write {effect} compensate undo(n: n) }}
tool undo(n: int) idempotent
flow main() -> text {{
  budget 3s {{ step p = post(n: 1) }} on exhausted {{ return "too late" }}
  return p.id
}}
"""


@pytest.mark.parametrize(
    ("effect", "first", "found", "ends"),
    [
        ("{ timeout 1s verify find(key: key)", BROKEN, Returns(None, 0.2), "completed"),
        ("keyed { timeout 1s", Returns({"name": "p"}, 0.7), DONE, "failed"),  # it did happen, and is undone
    ],
    ids=["it had not happened", "its answer cannot be read"],
)
def test_what_is_heard_of_after_the_time_is_over_lets_nothing_be_made_again(
    effect: str, first: Planned, found: Planned, ends: str
) -> None:
    text = IN_TIME.format(effect=effect).replace("return p.id", 'return "in time"')
    ended = play(text, {"post": [first, DONE], "find": [found], "undo": [NOTHING]}, away=(0.6, 10.0))
    assert ended.outcome == ends
    assert ended.times("post") == [0.0]
    assert ended.ledger == ({} if ends == "completed" else {"p": "undone"})
