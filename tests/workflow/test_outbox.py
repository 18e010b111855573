"""What is held back, in which order it goes, and what becomes of it when it never does."""

from collections.abc import Callable
from typing import Any

import pytest

from interpreter.boundary.beginnings import Lease
from interpreter.boundary.failures import CANCELLED, NOT_CALLED
from interpreter.boundary.payloads import ChatRequest, Spent
from interpreter.core.commands import AttemptModel, Pause, StartChild
from interpreter.core.events import CallFailed, ChildEnded
from interpreter.workflow import limits
from interpreter.workflow.moments import Moments
from interpreter.workflow.outbox import Outbox
from tests.workflow.ends import a_call
from tests.workflow.played import Played

HALF = limits.MOST_BYTES_PER_TASK // 2


class Sink:
    """Takes calls or children, and says how many are in flight."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.looked_after: list[str] = []
        self.in_flight = 0
        self.carried = 0
        self.running: set[str] = set()

    def start(self, command: Any) -> None:
        self.started.append(command.id)
        self.in_flight += 1

    def runs(self, id_: str) -> bool:
        return id_ in self.running

    def look_after(self, it: Any) -> None:
        """A child by its id, a call whole."""
        self.looked_after.append(getattr(it, "id", it))

    def size(self, command: StartChild) -> int:
        return len(str(command.input["x"]))


class World:
    def __init__(self, played: Played) -> None:
        self.played = played
        self.calls, self.children = Sink(), Sink()
        self.inbox: list[Callable[[], Any]] = []
        room = limits.Room(Moments())
        self.outbox = Outbox(self.calls, self.children, self.inbox.append, room)  # type: ignore[arg-type]

    def send(self, *commands: Any) -> list[str]:
        """What of it goes out now."""
        before = len(self.calls.started), len(self.children.started)
        for command in commands:
            self.outbox.add(command)
        self.outbox.release()
        return self.calls.started[before[0] :] + self.children.started[before[1] :]

    def next_task(self) -> None:
        self.played.info_.length += 3


@pytest.fixture
def world(played: Played) -> World:
    return World(played)


def tool(id_: str, size: int = 1) -> Any:
    return a_call(id_, arguments={"x": "x" * size})


def child(id_: str, size: int = 1) -> StartChild:
    return StartChild(id_, "child", {"x": "x" * size}, Lease(), "child")


def quick(id_: str, size: int = 1) -> Any:
    return a_call(id_, arguments={"x": "x" * size}, quick=True)


def model(id_: str, size: int = 1) -> AttemptModel:
    return AttemptModel(id_, ChatRequest("ask", "m", "x" * size), 1, "ask")


def test_what_fits_goes_in_its_order(world: World) -> None:
    assert world.send(tool("a"), model("b"), tool("c"), child("d")) == ["a", "b", "c", "d"]
    assert (world.outbox.holding, world.outbox.ready, world.outbox.waits_for_task) == (False, False, False)


@pytest.mark.parametrize("of", [tool, quick, model, child], ids=["tool", "quick", "model", "child"])
def test_what_is_too_much_for_a_task_waits_for_the_next(world: World, of: Callable[[str, int], Any]) -> None:
    assert world.send(*(of(name, HALF) for name in "abcd")) in (["a", "b"], ["a", "b", "c"])
    assert (world.outbox.holding, world.outbox.ready, world.outbox.waits_for_task) == (True, False, True)
    assert world.send() == []
    world.next_task()
    assert (world.outbox.ready, world.outbox.waits_for_task) == (True, False)
    assert world.send()[-1] == "d"
    assert not world.outbox.holding


def test_a_small_one_does_not_overtake_a_large_one(world: World) -> None:
    assert world.send(tool("a", 2 * HALF), tool("b", 2 * HALF), tool("c")) == ["a"]


@pytest.mark.parametrize("of", ["calls", "children"])
def test_so_many_are_in_flight_and_no_more(world: World, of: str) -> None:
    sink = getattr(world, of)
    sink.in_flight = limits.MOST_IN_FLIGHT
    assert world.send(tool("a"), child("b")) == []
    assert not world.outbox.waits_for_task  # another task would not help
    sink.in_flight -= 1
    assert world.send() == (["a"] if of == "calls" else ["a", "b"])


@pytest.mark.parametrize(
    ("length", "size", "goes"),
    [
        (limits.HARD_EVENTS, limits.HARD_BYTES, True),
        (limits.HARD_EVENTS + 1, 0, False),
        (10, limits.HARD_BYTES + 1, False),
    ],
)
def test_past_the_hard_limit_nothing_starts(world: World, length: int, size: int, goes: bool) -> None:
    world.played.info_.length, world.played.info_.size = length, size
    assert world.send(tool("a")) == (["a"] if goes else [])
    assert (world.outbox.holding, world.outbox.waits_for_task) == (not goes, False)


@pytest.mark.parametrize("of", [tool, quick, model], ids=["tool", "quick", "model"])
def test_a_call_that_cannot_travel_was_never_made(world: World, of: Callable[[str, int], Any]) -> None:
    assert world.send(of("a", limits.LARGEST_PAYLOAD), of("b", 1)) == ["b"]
    (arrival,) = world.inbox
    event = arrival()
    assert type(event) is CallFailed
    assert (event.id, event.kind, event.certainty, event.retryable) == ("a", NOT_CALLED, "not_started", False)
    assert f"at most {limits.LARGEST_PAYLOAD:,}" in event.message


def test_a_child_whose_input_cannot_travel_leaves_nothing(world: World) -> None:
    assert world.send(child("a", limits.LARGEST_PAYLOAD + 1), child("b", limits.LARGEST_PAYLOAD)) == ["b"]
    (arrival,) = world.inbox
    event = arrival()
    assert type(event) is ChildEnded
    report = event.report
    assert (event.id, report.outcome, report.spent, report.ledger) == ("a", "failed", Spent(), [])
    assert report.failure["kind"] == NOT_CALLED


@pytest.mark.parametrize("of", [tool, model, child], ids=["tool", "model", "child"])
def test_a_cancel_of_what_is_held_says_that_it_never_happened(world: World, of: Callable[[str, int], Any]) -> None:
    world.send(tool("a", 2 * HALF), of("b", 1))
    world.played.now = 107.0
    assert world.outbox.cancel("b")
    world.played.now = 200.0
    (arrival,) = world.inbox
    event = arrival()
    assert (event.id, event.at) == ("b", 107.0)
    if type(event) is ChildEnded:
        assert (event.report.outcome, event.report.spent, event.report.ledger) == ("cancelled", Spent(), [])
    else:
        assert (event.kind, event.certainty, event.retryable) == (CANCELLED, "not_started", False)
    world.next_task()
    assert world.send() == []
    assert not world.outbox.cancel("b")


def test_a_cancel_of_what_has_gone_out_is_for_others(world: World) -> None:
    world.send(tool("a"))
    assert not world.outbox.cancel("a")
    assert not world.outbox.cancel("never")
    assert world.inbox == []


def test_a_child_from_before_a_continue_is_looked_after_and_not_started_again(world: World) -> None:
    world.children.running.add("a")
    assert world.send(child("a"), child("b")) == ["b"]
    assert world.children.looked_after == ["a"]


def test_local_work_begins_early_in_a_task_only(world: World) -> None:
    late = limits.LOCAL_BEGIN * 10
    world.played.now += late - 0.1
    assert world.send(Pause("a")) == ["a"]
    world.played.now += 0.2
    assert world.send(Pause("b")) == []
    assert world.outbox.waits_for_task
    assert world.outbox.cancel("b")
    assert world.send(tool("c")) == ["c"]


def test_what_local_work_may_come_to_counts(world: World) -> None:
    number = limits.MOST_BYTES_PER_TASK // limits.LOCAL_RESULT + 1
    assert len(world.send(*(Pause(str(each)) for each in range(2 * number)))) == number
    world.next_task()
    assert len(world.send(*(quick(f"q{each}") for each in range(2 * number)))) == number


def test_a_size_is_that_of_the_bytes_that_travel() -> None:
    assert limits.size_of({"é": [1, Lease(usd="1")]}) == len(
        '{"é": [1, {"usd": "1", "tokens": null, "calls": null, "depth": {}, "deadline": null}]}'.encode()
    )
