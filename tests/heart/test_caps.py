"""Caps over runs: several runs in one world write the same books, and none of these ever holds more than its cap."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from interpreter.boundary.caps import BookInput, Cap, ClaimReply, Entry, Line
from interpreter.boundary.failures import BUDGET_EXCEEDED, EVERY_MODEL_FAILED
from interpreter.boundary.payloads import Price
from interpreter.core import books, caps
from interpreter.core.advance import advance
from interpreter.core.commands import CallTool, Finish, SetTimer, Settle
from interpreter.core.events import CancelRequested, Settled, Started
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode
from interpreter.core.state import State
from interpreter.simulation.simulation import START, SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.played import Plans, Player
from tests.heart.watched import definition_of

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
PRICES = {"m": Price("0.00001", "0.00001"), "n": Price("0.00001", "0.00001")}
DAY = "2027-01-15"
"""When simulated time begins, at eight in the morning."""

ASK = """edition 1
agent ask(x: text) -> text { model MODELS prompt "{{ x }}" answer at most 10k tokens }
tool paid(x: text) -> text write keyed { costs 0.05 usd compensate drop(x: x) }
tool drop(x: text) idempotent
flow below() -> text { step a = ask(x: "below") return a }
flow main() { BODY }
"""
ANSWER = Returns({"value": "a"}, 5.0, input_tokens=10, output_tokens=990)
"""One cent; up to eleven are set aside for it."""


def start(simulation: Simulation, names: str, *bound: Cap) -> list[SimulatedRun]:
    return [simulation.run({}, key_base=name, prices=PRICES, caps=list(bound)) for name in names]


def world_of(
    body: str, plans: Plans | None = None, switches: Switches | None = None, models: str = '"m"'
) -> Simulation:
    definition = definition_of(ASK.replace("BODY", body).replace("MODELS", models))
    assert definition is not None, "the check refuses it"
    plans = {"ask": [ANSWER], "paid": [Returns("p", 1.0)], "drop": [Returns(None, 0.0)]} | (plans or {})
    player = Player(plans)
    world = World(dict.fromkeys(("paid", "drop"), player.tool), {"ask": player.agent})
    return Simulation(definition, world, switches or Switches())


def cap(usd: str | None = "0.25", **more: Any) -> Cap:
    return Cap("all", "books/all", usd=usd, **more)


def outcomes(runs: list[SimulatedRun]) -> list[str]:
    assert all(run.finish is not None for run in runs), [list(run.state.pending) for run in runs]
    return [run.finish.outcome for run in runs if run.finish is not None]


def failure(run: SimulatedRun) -> Failure:
    assert run.finish is not None
    found = decode(run.finish.failure)
    assert type(found) is Failure
    return found


def book(simulation: Simulation, day: str = DAY) -> books.Book:
    return simulation.books[f"books/all/{day}"]


def asked(simulation: Simulation, name: str = "ask") -> list[float]:
    return [round(call.at - START, 3) for call in simulation.world.calls if call.name == name]


@SWITCHES
def test_runs_wait_for_each_other_and_nothing_is_left_set_aside(switches: Switches) -> None:
    """Of a quarter two find room at once, of five; the third has to wait for what they leave."""
    simulation = world_of('step ask(x: "x")', switches=switches)
    runs = start(simulation, "abcde", cap())
    simulation.go()
    assert outcomes(runs) == ["completed"] * 5
    assert asked(simulation)[:2] == [0.0, 0.0]
    assert all(at >= 5.0 for at in asked(simulation)[2:])
    assert (book(simulation).spent.usd, book(simulation).reserved.usd) == (Decimal("0.05"), 0)
    assert not book(simulation).open


@SWITCHES
def test_a_cap_that_is_reached_fails_the_run_and_what_it_did_is_undone(switches: Switches) -> None:
    body = 'step paid(x: "1") try { step ask(x: "x") } on error { step paid(x: "2") }'
    simulation = world_of(body, switches=switches)
    (run,) = start(simulation, "a", cap("0.11"))
    simulation.go()
    failed = failure(run)
    assert (failed.kind, failed.details["cap"], failed.details["limit"]) == (BUDGET_EXCEEDED, "all", "usd")
    assert failed.details["renews"] == datetime(2027, 1, 16, tzinfo=UTC).timestamp()
    assert "it begins anew at 2027-01-16 00:00 UTC" in failed.message
    assert [call.name for call in simulation.world.calls] == ["paid", "drop"]
    assert (book(simulation).spent.usd, book(simulation).reserved.usd) == (Decimal("0.05"), 0)


@SWITCHES
def test_a_cap_that_is_reached_in_a_child_is_one_outside_of_its_parent_too(switches: Switches) -> None:
    simulation = world_of("try { step below() } on error { }", switches=switches)
    (run,) = start(simulation, "a", cap("0.1"))
    simulation.go()
    assert (failure(run).kind, failure(run).path) == (BUDGET_EXCEEDED, "main/try#1/body/below")


@SWITCHES
def test_who_waits_until_the_day_is_another_goes_on_then(switches: Switches) -> None:
    simulation = world_of('step ask(x: "x") step ask(x: "y")', switches=switches)
    (run,) = start(simulation, "a", cap("0.11", waits=True))
    simulation.go()
    assert outcomes([run]) == ["completed"]
    first, second = asked(simulation)
    assert first == 0.0
    assert 16 * 3600 <= second < 16 * 3600 + 2
    assert book(simulation).spent.usd == book(simulation, "2027-01-16").spent.usd == Decimal("0.01")


@SWITCHES
@pytest.mark.parametrize("bound", [cap("0.04", waits=True), cap(None, tokens=50, waits=True)], ids=["usd", "tokens"])
@pytest.mark.parametrize("body", ['step ask(x: "x")', 'step paid(x: "x")'], ids=["model", "tool"])
def test_what_is_more_than_all_of_a_cap_waits_for_no_day(bound: Cap, body: str, switches: Switches) -> None:
    """It would find the same on each."""
    simulation = world_of(body, switches=switches)
    (run,) = start(simulation, "a", bound)
    simulation.go()
    if bound.tokens is not None and "paid" in body:
        assert outcomes([run]) == ["completed"]
        return
    assert outcomes([run]) == ["failed"]
    assert simulation.now < START + 60
    assert failure(run).kind == BUDGET_EXCEEDED
    assert "which is more than all of it" in failure(run).message


@SWITCHES
def test_the_next_model_is_asked_where_only_some_count(switches: Switches) -> None:
    simulation = world_of('step ask(x: "x")', switches=switches, models='"m" then "n"')
    (run,) = start(simulation, "a", cap("0.01", models=["m"]))
    simulation.go()
    assert outcomes([run]) == ["completed"]
    assert book(simulation).spent.usd == 0
    (run,) = start(simulation, "b", cap("0.01", models=["m", "n"]))
    simulation.go()
    assert (failure(run).kind, failure(run).details["cap"]) == (BUDGET_EXCEEDED, "all")
    assert EVERY_MODEL_FAILED not in str(run.finish)


@SWITCHES
@pytest.mark.parametrize(
    ("planned", "spent"),
    [
        (Fails("TimedOut", certainty="timed_out", seconds=1.0), "0.11"),
        (Fails("RateLimited", seconds=1.0, details=({"charge": "none"},)), "0"),
        (Fails("TimedOut", certainty="not_started", seconds=1.0), "0"),
    ],
)
def test_an_attempt_of_which_nobody_knows_is_charged_whole(planned: Planned, spent: str, switches: Switches) -> None:
    simulation = world_of('step ask(x: "x")', {"ask": [planned, ANSWER]}, switches)
    runs = start(simulation, "a", cap("1"))
    simulation.go()
    assert outcomes(runs) == ["completed"]
    assert Decimal(spent) < book(simulation).spent.usd <= Decimal(spent) + Decimal("0.0101")
    assert not book(simulation).open


@SWITCHES
def test_a_call_that_a_cap_refused_has_cost_its_run_nothing(switches: Switches) -> None:
    simulation = world_of('step a = paid(x: "1")', switches=switches)
    runs = start(simulation, "ab", cap("0.05", waits=True))
    simulation.go()
    assert outcomes(runs) == ["completed", "completed"]
    assert [run.finish.report.spent.usd for run in runs if run.finish is not None] == ["0.05", "0.05"]


@pytest.mark.parametrize("outcome", ["busy", "refused"])
def test_what_a_cap_refuses_on_the_way_out_is_not_asked_for_again(outcome: Any) -> None:
    definition = definition_of(ASK.replace("BODY", 'step a = paid(x: "1")').replace("MODELS", '"m"'))
    assert definition is not None
    state = State("main", "hash", "run", caps=[cap("0.05", waits=True)])
    (call,) = advance(definition, state, Started(START, {}))
    assert type(call) is CallTool
    assert call.claim is not None
    advance(definition, state, CancelRequested(START + 1))
    reply = ClaimReply(outcome, call.claim.pages[0], "usd", "0", "0.05", "0.05")
    commands = advance(definition, state, caps.refused_claim(call.id, START + 2, reply))
    assert not [each for each in commands if type(each) is SetTimer]
    for each in commands:
        if type(each) is Settle:
            commands += advance(definition, state, Settled(START + 3, each.id))
    assert [each.outcome for each in commands if type(each) is Finish] == ["cancelled"]
    assert state.ledger == {}


@SWITCHES
def test_what_is_made_up_costs_nothing(switches: Switches) -> None:
    made_up = Returns({"value": "a"}, 1.0, input_tokens=10, output_tokens=990, rehearsal=True)
    simulation = world_of('step ask(x: "x")', {"ask": [made_up]}, switches)
    start(simulation, "a", cap("1"))
    simulation.go()
    assert (book(simulation).spent.usd, book(simulation).open) == (0, {})


@SWITCHES
@pytest.mark.parametrize("moment", [0.0, 2.0, 6.0])
def test_a_cancelled_run_leaves_nothing_set_aside(moment: float, switches: Switches) -> None:
    """At the first moment, while its call is under way, and while it waits for what others have set aside."""
    simulation = world_of('step ask(x: "x")', switches=switches)
    runs = start(simulation, "abc", cap("0.12"))
    for run in runs[1:]:
        simulation.at(START + moment, run.cancel)
    simulation.go()
    assert "cancelled" in outcomes(runs) or moment > 5
    assert (book(simulation).reserved.usd, book(simulation).open) == (0, {})


def test_no_cap_costs_nothing() -> None:
    seen: list[str] = []
    definition = world_of('step ask(x: "x")').definition
    player = Player({"ask": [ANSWER]})
    simulation = Simulation(
        definition,
        World({}, {"ask": player.agent}),
        watch=lambda run, event, commands: seen.extend(type(command).__name__ for command in commands),
    )
    simulation.run({}, prices=PRICES, caps=[cap("1", models=["other"])])
    simulation.go()
    assert seen == ["AttemptModel", "Finish"]


def test_a_line_that_comes_twice_counts_once() -> None:
    book = books.Book()
    claim, paid = Line([Entry("a", "0.6", 5)], "1", None), Line([Entry("a", "0.5", 4)], settles=True)
    assert [book.write(claim).outcome for _ in range(2)] == ["granted", "granted"]
    assert book.reserved.usd == Decimal("0.6")
    assert book.write(Line([Entry("b", "0.6", 0)], "1")).outcome == "busy"
    book.write(paid)
    book.write(paid)
    assert (book.spent.usd, book.reserved.usd) == (Decimal("0.5"), 0)
    assert book.write(claim).outcome == "over"
    assert book.write(Line([Entry("b", "0.6", 0)], "1")).outcome == "refused"


def test_a_claim_that_comes_after_its_settlement_is_not_taken() -> None:
    book = books.Book()
    book.write(Line([Entry("a", "0", 0)], settles=True))
    assert book.write(Line([Entry("a", "0.6", 5)], "1")).outcome == "over"
    assert (book.reserved.usd, book.spent.usd) == (0, 0)


def test_a_busy_book_with_long_ids_travels() -> None:
    """What a workflow continues with is at most two megabytes, and a book that cannot continue keeps all waiting."""
    kept = books.Book()
    for number in range(9_000):
        run = f"support-{number}/{'e' * 36}/{'plan/research/' * 20}"
        claimed = Entry(f"{run}/answer", "0.010203", 12_345, run)
        kept.write(Line([claimed], "1000", 1_000_000_000))
        if number < 6_000:
            kept.write(Line([claimed], settles=True))
            kept.write(Line([], ends=run))
    assert len(kept.open) == 3_000
    assert len(json.dumps(asdict(books.saved(kept, BookInput(1.0, 2.0))))) < 1_000_000
    assert kept.write(Line([claimed], "1000", 1_000_000_000)).outcome == "granted"
    assert kept.reserved.tokens == 3_000 * 12_345


def test_a_book_is_the_same_after_it_was_saved() -> None:
    book = books.Book()
    book.write(Line([Entry("a", "0.6", 5), Entry("b", "0.1", 1)], "1"))
    book.write(Line([Entry("a", "0.5", 4)], settles=True))
    again = books.opened(books.saved(book, BookInput(0, 0)))
    assert again == book


@pytest.mark.parametrize(
    ("per", "at", "name", "renews"),
    [
        ("day", datetime(2027, 1, 31, 23, 59, tzinfo=UTC), "2027-01-31", datetime(2027, 2, 1, tzinfo=UTC)),
        ("month", datetime(2027, 12, 31, 23, 59, tzinfo=UTC), "2027-12", datetime(2028, 1, 1, tzinfo=UTC)),
        ("month", datetime(2028, 2, 29, tzinfo=UTC), "2028-02", datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
def test_days_and_months(per: str, at: datetime, name: str, renews: datetime) -> None:
    assert caps.period(per, at.timestamp()) == (name, renews.timestamp())
