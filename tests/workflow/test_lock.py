"""The workflow of a lock, played: who gets it, who is told, and when it ends, continues, or takes a holder for gone."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.converter import value_to_type

from interpreter.boundary.lock import LockInput, LockRequest
from interpreter.boundary.names import ACQUIRED_SIGNAL, OVER_SINCE_ACTIVITY
from interpreter.workflow.lock import FIRST_LOOK, LEASE, LONGEST_LOOK, MOST_EVENTS, SHORTEST_LOOK, LockWorkflow
from tests.workflow.played import Asked, Continued, Played, gone, settle

GRANTED = f"signal {ACQUIRED_SIGNAL}"
GONE = 1e9


def request(who: str, up_to: int = 1) -> LockRequest:
    return LockRequest("door", who, f"first-{who}", "main/step!lock", up_to)


class Lock:
    def __init__(self, played: Played, input_: LockInput | None = None) -> None:
        self.played = played
        self.input = input_ or LockInput("door")
        self.flow = LockWorkflow(self.input)
        self.run = asyncio.create_task(self.flow.run(self.input))

    async def ask(self, *who: str, up_to: int = 1) -> list[str]:
        for each in who:
            self.flow.ask(request(each, up_to))
        return await self.granted()

    async def leave(self, *who: str) -> list[str]:
        for each in who:
            self.flow.leave(request(each))
        return await self.granted()

    async def granted(self) -> list[str]:
        """Who has been told so by now; each word of it arrives."""
        told = []
        await settle()
        while GRANTED in self.played.names:
            word = self.played.take(GRANTED)
            told.append(word.arguments[0])
            word.end()
            await settle()
        return told

    async def after_a_lease(self) -> Asked:
        """Who holds it is asked after: the question."""
        self.played.take("timer").end()
        await settle()
        return self.played.take(OVER_SINCE_ACTIVITY)

    def pauses(self) -> list[timedelta]:
        """How long it is until the next look."""
        return [asked.arguments[0] for asked in self.played.asked if asked.name == "timer"]

    async def over_since(self, seconds: float | None) -> list[str]:
        (await self.after_a_lease()).end(seconds)
        return await self.granted()


async def test_first_come_first_served(played: Played) -> None:
    lock = Lock(played)
    assert await lock.ask("a", "b", "c") == ["a"]
    assert await lock.leave("a") == ["b"]
    assert await lock.ask("d") == []
    assert await lock.leave("c") == []
    assert await lock.leave("b") == ["d"]
    assert not lock.run.done()
    assert await lock.leave("d") == []
    assert lock.run.done()


async def test_so_many_hold_it_at_a_time(played: Played) -> None:
    lock = Lock(played)
    assert await lock.ask("a", "b", "c", "d", up_to=2) == ["a", "b"]
    assert await lock.leave("b") == ["c"]
    assert await lock.leave("a", "c") == ["d"]


async def test_who_is_told_is_that_run_and_that_command(played: Played) -> None:
    lock = Lock(played)
    lock.flow.ask(request("a"))
    await settle()
    assert played.take(GRANTED).arguments == ("a", "main/step!lock", "first-a")


async def test_it_does_not_end_while_a_word_is_on_its_way(played: Played) -> None:
    lock = Lock(played)
    lock.flow.ask(request("a"))
    lock.flow.leave(request("a"))
    await settle()
    assert not lock.run.done()
    played.take(GRANTED).end()
    await settle()
    assert lock.run.done()


async def test_what_is_granted_to_who_is_gone_goes_to_the_next(played: Played) -> None:
    lock = Lock(played)
    lock.flow.ask(request("a"))
    lock.flow.ask(request("b"))
    await settle()
    played.take(GRANTED).fail(gone())
    assert await lock.granted() == ["b"]
    assert await lock.leave("b") == []
    assert lock.run.done()


async def test_to_ask_again_changes_nothing_but_is_told_again_to_who_has_it(played: Played) -> None:
    lock = Lock(played)
    assert await lock.ask("a", "b", "b") == ["a"]
    assert await lock.ask("a") == ["a"]
    assert await lock.leave("a") == ["b"]
    assert await lock.ask("a") == [], "it has left, and this was late"
    assert await lock.leave("b") == []
    assert lock.run.done()


async def test_a_holder_that_is_over_for_a_lease_has_left(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("a", "b")
    assert await lock.over_since(None) == []
    assert lock.pauses() == [LEASE]
    assert await lock.over_since(LEASE.total_seconds() - 0.1) == [], "what it had under way may be at work"
    assert await lock.over_since(LEASE.total_seconds()) == ["b"]


async def test_who_begins_to_wait_for_one_that_is_long_over_waits_no_lease(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("a")
    assert await lock.ask("b") == []
    assert lock.pauses() == [FIRST_LOOK]
    assert FIRST_LOOK * 2 <= LEASE
    assert await lock.over_since(GONE) == ["b"]


async def test_a_holder_that_is_just_over_is_asked_after_when_its_lease_has_run_out(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("a", "b", "c", up_to=2)
    (await lock.after_a_lease()).end(21.5)
    await settle()
    played.take(OVER_SINCE_ACTIVITY).end(4.0)
    assert await lock.granted() == []
    assert lock.pauses() == [LEASE - timedelta(seconds=21.5)]
    (await lock.after_a_lease()).end(LEASE.total_seconds() - 0.001)
    await settle()
    played.take(OVER_SINCE_ACTIVITY).end(None)
    await settle()
    assert lock.pauses() == [SHORTEST_LOOK]


async def test_each_holder_is_asked_after_that_is_still_one(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("a", "b", "c", "d", up_to=3)
    question = await lock.after_a_lease()
    assert question.arguments[0] == request("a", 3)
    assert await lock.leave("b") == ["d"]
    question.end(None)
    await settle()
    assert played.take(OVER_SINCE_ACTIVITY).arguments[0] == request("c", 3)


async def test_where_nobody_waits_holders_are_looked_after_more_rarely(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("a")
    assert "timer" not in played.names
    rarely = played.take("time is up")
    assert rarely.arguments == (LONGEST_LOOK,)
    assert LEASE < LONGEST_LOOK <= timedelta(hours=1)
    rarely.end()
    await settle()
    played.take(OVER_SINCE_ACTIVITY).end(GONE)
    await settle()
    assert lock.run.done()


async def test_it_continues_with_the_queue_as_it_stands(played: Played) -> None:
    lock = Lock(played)
    await lock.ask("z", "a", "b", "c")
    await lock.leave("z")
    played.info_.length = MOST_EVENTS
    assert await lock.leave("c") == []
    assert not lock.run.done()
    played.info_.length = MOST_EVENTS + 1
    await lock.ask("b")
    with pytest.raises(Continued) as continued:
        lock.run.result()
    input_ = value_to_type(LockInput, continued.value.input)
    assert input_ == LockInput("door", [request("a")], [request("b")], [request("z").ticket, request("c").ticket])

    played.info_.length = 10
    following = Lock(played, input_)
    assert await following.ask("c") == []
    assert await following.leave("a") == ["b"]
    assert await following.leave("b") == []
    assert following.run.done()


async def test_it_does_not_continue_while_a_word_is_on_its_way(played: Played) -> None:
    played.info_.length = MOST_EVENTS + 1
    lock = Lock(played)
    lock.flow.ask(request("a"))
    await settle()
    assert not lock.run.done()
    played.take(GRANTED).end()
    await settle()
    assert type(lock.run.exception()) is Continued


async def test_a_bug_fails_the_task_and_is_not_lost(played: Played) -> None:
    lock = Lock(played)
    lock.flow.ask(request("a"))
    await settle()
    played.take(GRANTED).fail(RuntimeError("a bug"))
    await settle()
    with pytest.raises(RuntimeError, match="a bug"):
        lock.run.result()


async def test_who_has_left_is_forgotten(played: Played) -> None:
    """A lock may live for years."""
    lock = Lock(played)
    await lock.ask("a", "b")
    await lock.leave("a")
    assert list(lock.flow._known) == [request("b").ticket]
