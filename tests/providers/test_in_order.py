"""Who asks, in whose name something was given, and how much of that is remembered."""

from dataclasses import replace
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers import in_order
from interpreter.providers.in_order import PLACE, InOrder, step_that_asks, turn_of

USER, MODEL, TOOL = {"role": "user"}, {"role": "assistant"}, {"role": "tool"}


def at(run: str, step: str = "s", execution: str = "e") -> ActivityEnvironment:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=run, activity_id=step, workflow_run_id=execution)
    return environment


@pytest.mark.parametrize(
    ("run", "step", "place", "told"),
    [
        ("run-1", "a#2/b", "", "a#2/b"),
        ("run-1", "a#2/b~13", "", "a#2/b"),
        ("run-1", "a~2/b", "", "a~2/b"),
        ("run-1/0123abcd/call", "b~1", "", "call/b"),
        ("run-1/0123abcd/call/ffffffff/more", "b", "7", "call/more/b/7"),
        ("run-1/0123ABCD/call", "b", "0", "b/0"),
    ],
)
async def test_the_step_that_asks(run: str, step: str, place: str, told: str) -> None:
    assert step_that_asks() == ""
    token = PLACE.set(place)
    try:
        assert at(run, step).run(step_that_asks) == told
    finally:
        PLACE.reset(token)


@pytest.mark.parametrize(
    ("roles", "turn"),
    [
        ([], 1),
        ([USER], 1),
        ([USER, MODEL], 2),
        ([USER, MODEL, TOOL, MODEL, TOOL], 3),
        ([USER, MODEL, USER], 1),
        ([USER, MODEL, USER, MODEL], 2),
        ([TOOL], 1),
    ],
    ids=str,
)
def test_the_turn_of_a_request(roles: list[dict[str, Any]], turn: int) -> None:
    assert turn_of(ChatRequest("a", "m", "x", talk=Talk(messages=roles))) == turn
    assert turn_of(ChatRequest("a", "m", "x")) == 1


def test_an_attempt_that_comes_again_gets_the_same_and_another_does_not() -> None:
    given: InOrder[str] = InOrder()
    assert at("r", "s").run(given.gave, "one") == "one"
    assert at("r", "s").run(given.again) == "one"
    for other in at("r", "t"), at("r", "s", "f"), at("q", "s"):
        assert other.run(given.again) is None
    token = PLACE.set("1")
    assert at("r", "s").run(given.again) is None
    PLACE.reset(token)
    assert given.gave("two") == "two"
    assert given.again() is None, "outside of an activity nothing comes again"


def test_runs_that_a_run_starts_share_with_it_and_others_begin_anew() -> None:
    given: InOrder[str] = InOrder()
    at("r").run(given.places, "a").add(1)
    assert at("r/0123abcd/call").run(given.places, "a") == {1}
    assert at("r").run(given.places, "b") == set()
    assert at("q").run(given.places, "a") == set()


def test_the_latest_runs_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "MOST_RUNS", 2)
    given: InOrder[str] = InOrder()
    for run in ("a", "b", "a", "c"):
        at(run).run(given.places, "x").add(1)
    assert [run for run in ("c", "a") if at(run).run(given.places, "x")] == ["c", "a"]
    assert at("b").run(given.places, "x") == set()
