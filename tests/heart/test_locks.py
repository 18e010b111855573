"""The wait for a lock: asked again and again, bounded, and nothing that comes late has an effect."""

import pytest

from interpreter.boundary.failures import LOCK_TIMED_OUT
from interpreter.core.advance import advance
from interpreter.core.commands import Acquire, CallTool, Command, Finish, Pause, Release, SetTimer
from interpreter.core.events import Acquired, Event, Resumed, Started, TimerFired
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from tests.heart.watched import definition_of

TOOLS = """edition 1
tool door.open(who: text) -> text write keyed final
tool door.alone(who: text) -> text write keyed final { exclusive by who within 3m }
"""
BLOCK = 'exclusive by "door" within 3m { step door.open(who: "me") }'
TOOL = 'step door.alone(who: "me")'
BOTH = pytest.mark.parametrize("statement", [BLOCK, TOOL], ids=["block", "tool"])


class Run:
    """Sent through JSON after each event."""

    def __init__(self, body: str) -> None:
        definition = definition_of(f"{TOOLS}flow main() {{ {body} }}")
        assert definition is not None
        self.definition, self.state = definition, State("main", "hash", "run")
        self.commands = self.take(Started(0.0, {}))

    def take(self, event: Event) -> list[Command]:
        self.commands = advance(self.definition, self.state, event)
        self.state = restore(save(self.state))
        return self.commands

    def asked(self) -> tuple[Acquire, SetTimer]:
        (ask,) = [each for each in self.commands if type(each) is Acquire]
        (timer,) = [each for each in self.commands if type(each) is SetTimer]
        return ask, timer


@BOTH
def test_it_is_asked_for_again_until_the_wait_is_over(statement: str) -> None:
    run = Run(statement)
    moments = []
    while any(type(each) is Acquire for each in run.commands):
        ask, timer = run.asked()
        moments.append(timer.deadline)
        run.take(TimerFired(timer.deadline, timer.id))
    assert moments == [30, 90, 180]
    (finish,) = [each for each in run.commands if type(each) is Finish]
    assert LOCK_TIMED_OUT in str(finish.failure)
    assert [each.id for each in run.commands if type(each) is Release] == [ask.id]


@BOTH
def test_what_was_asked_for_twice_is_held_once(statement: str) -> None:
    run = Run(statement)
    _, timer = run.asked()
    run.take(TimerFired(timer.deadline, timer.id))
    ask, timer = run.asked()
    run.take(Acquired(31.0, ask.id))
    assert [type(each) for each in run.commands].count(CallTool) == 1
    assert run.take(Acquired(32.0, ask.id)) == []
    assert timer.id not in run.state.pending


@BOTH
@pytest.mark.parametrize("lock_first", [True, False], ids=["lock first", "timer first"])
def test_a_lock_and_the_end_of_its_wait_come_in_one_pause(statement: str, *, lock_first: bool) -> None:
    many = "parallel for i in range(4000) at most 4000 as r { yield i }"
    run = Run(f"parallel {{ branch one {{ {statement} }} branch other {{ {many} }} }}")
    ask, timer = run.asked()
    lock, end = Acquired(180.0, ask.id), TimerFired(180.0, timer.id)
    pause = next(each for each in run.commands if type(each) is Pause)
    for event in (lock, end) if lock_first else (end, lock):
        assert run.take(event) == []
    calls = []
    for _ in range(100):
        commands = run.take(Resumed(181.0, pause.id))
        calls += [each for each in commands if type(each) is CallTool]
        assert not any(type(each) is Finish for each in commands)
        pauses = [each for each in commands if type(each) is Pause]
        if not pauses:
            break
        (pause,) = pauses
    assert len(calls) == 1


@pytest.mark.parametrize(("up_to", "has_it"), [("", False), ("up to 2", True)])
def test_what_the_run_holds_around_is_not_waited_for(up_to: str, *, has_it: bool) -> None:
    """Its value is known only at run time; the check sees what is written twice."""
    run = Run(
        f'let a = "x" let b = "x" exclusive by a {up_to} {{ exclusive by b {up_to} {{ step door.open(who: a) }} }}'
    )
    ask, _ = run.asked()
    run.take(Acquired(1.0, ask.id))
    if has_it:
        assert run.asked()[0].lock == ask.lock
        return
    (finish,) = [each for each in run.commands if type(each) is Finish]
    assert "asks for the lock that this run holds around it" in str(finish.failure)
    assert [each.id for each in run.commands if type(each) is Release] == [ask.id]
