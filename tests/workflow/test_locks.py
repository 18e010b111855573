"""What a run sends to a lock, in which order, and what it waits for before it may continue or end."""

from collections.abc import Callable
from typing import Any

import pytest

from interpreter.boundary.lock import lock_id
from interpreter.boundary.names import ASK_LOCK_ACTIVITY, LEAVE_LOCK_SIGNAL
from interpreter.core.commands import Acquire, Release
from interpreter.workflow.locks import Locks
from tests.workflow.played import Played, gone, settle

LEFT = f"signal {LEAVE_LOCK_SIGNAL}"
ASK = Acquire("main/step!lock", "door/7", 3, 900.0)
GIVE = Release("main/step!lock", "door/7")


class Side:
    def __init__(self) -> None:
        self.inbox: list[Callable[[], Any]] = []
        self.locks = Locks(self.inbox.append)


async def test_it_asks_and_gives_back_by_one_ticket(played: Played) -> None:
    side = Side()
    side.locks.ask(ASK)
    await settle()
    assert not side.locks.settled
    asked = played.take(ASK_LOCK_ACTIVITY)
    (request,) = asked.arguments
    assert (request.lock, request.workflow_id, request.command, request.up_to) == ("door/7", "run", ASK.id, 3)
    asked.end()
    await settle()
    assert side.locks.settled
    side.locks.give_back(GIVE)
    await settle()
    assert not side.locks.settled
    left = played.take(LEFT)
    assert left.arguments[0] == lock_id("door/7")
    assert left.arguments[1].ticket == request.ticket
    left.end()
    await settle()
    assert side.locks.settled
    assert side.inbox == []


async def test_the_word_that_it_leaves_goes_behind_that_it_wants_it(played: Played) -> None:
    side = Side()
    side.locks.ask(ASK)
    side.locks.give_back(GIVE)
    await settle()
    assert played.names == [ASK_LOCK_ACTIVITY]
    played.take(ASK_LOCK_ACTIVITY).end()
    await settle()
    assert played.names == [LEFT]


async def test_it_is_not_asked_twice_at_a_time(played: Played) -> None:
    side = Side()
    side.locks.ask(ASK)
    side.locks.ask(ASK)
    side.locks.ask(Acquire("main/other!lock", "door/8", 1, 900.0))
    await settle()
    assert played.names == [ASK_LOCK_ACTIVITY, ASK_LOCK_ACTIVITY]
    played.take(ASK_LOCK_ACTIVITY).end()
    await settle()
    side.locks.ask(ASK)
    await settle()
    assert played.names == [ASK_LOCK_ACTIVITY, ASK_LOCK_ACTIVITY]


async def test_what_an_earlier_execution_has_asked_for_is_given_back(played: Played) -> None:
    side = Side()
    side.locks.give_back(GIVE)
    await settle()
    assert played.names == [LEFT]


async def test_a_lock_that_is_not_there_any_more_has_forgotten_it(played: Played) -> None:
    side = Side()
    side.locks.give_back(GIVE)
    await settle()
    played.take(LEFT).fail(gone())
    await settle()
    assert side.locks.settled
    assert side.inbox == []


async def test_a_bug_is_told_to_the_main_coroutine(played: Played) -> None:
    side = Side()
    side.locks.ask(ASK)
    await settle()
    played.take(ASK_LOCK_ACTIVITY).fail(RuntimeError("a bug"))
    await settle()
    (told,) = side.inbox
    with pytest.raises(RuntimeError, match="a bug"):
        told()
