"""What has to be over before a run continues as new, and what goes out first."""

from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError

from interpreter.boundary.names import ASK_LOCK_ACTIVITY, REPORT_SIGNAL, STORE_ACTIVITY, WORKFLOW
from interpreter.boundary.payloads import RunOptions
from interpreter.workflow import limits
from tests.workflow.ends import activity_error
from tests.workflow.played import Played
from tests.workflow.running import PlayedRun

HEAD = """edition 1
tool look(x: int) -> int read
flow kid() { sleep 2h }
"""
CHILD = f"child {WORKFLOW}"
EAGER = RunOptions(continue_eagerly=True)


async def test_a_lock_that_is_being_asked_for_is_waited_for(played: Played) -> None:
    """Until the request has gone out nobody knows whether the lock has it."""
    locked = 'branch a { exclusive by "door" within 3m { sleep 1h } }'
    text = HEAD + f"flow main() {{ parallel {{ {locked} branch b {{ step look(x: 1) step look(x: 2) sleep 1h }} }} }}"
    run = PlayedRun(played, text, options=EAGER)
    ask = await run.asked(ASK_LOCK_ACTIVITY)
    await run.answers("look", 5)
    assert not run.main.done()
    ask.end()
    await run.answers("look", 5)
    assert (await run.continued()).state is not None


async def test_a_child_that_is_being_started_is_waited_for(played: Played) -> None:
    text = HEAD + "flow main() { parallel { step kid() branch b { step look(x: 1) step look(x: 2) sleep 1h } } }"
    run = PlayedRun(played, text, options=EAGER)
    child = await run.asked(CHILD)
    await run.answers("look", 5)
    assert not run.main.done()
    child.end(played.handle())
    await run.answers("look", 5)
    (await run.asked(f"signal {REPORT_SIGNAL}")).end()
    assert list((await run.continued()).children.values()) == [child.options["id"]]


async def test_the_cancel_of_a_child_goes_out_first(played: Played) -> None:
    """Only a cancel stands in no state: the next execution would not ask for it again."""
    text = HEAD + "flow main() { race { step kid() branch b { step look(x: 1) } } sleep 1h }"
    run = PlayedRun(played, text, options=EAGER)
    child = await run.asked(CHILD)
    child.end(played.handle())
    await run.answers("look", 5)
    assert not run.main.done()
    cancel = await run.asked("cancel")
    assert cancel.arguments == (child.options["id"],)
    assert f"signal {REPORT_SIGNAL}" not in played.names


async def test_a_state_that_could_not_be_kept_is_kept_again_after_a_pause(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_STATE", 10)
    run = PlayedRun(played, HEAD + "flow main() { step look(x: 1) sleep 1h }", options=EAGER)
    await run.answers("look", 5)
    (await run.asked(f"local {STORE_ACTIVITY}")).fail(activity_error(ApplicationError("the disk is full")))
    await run.goes_on()
    await run.goes_on()
    assert f"local {STORE_ACTIVITY}" not in played.names, "it is too early"
    (pause,) = [asked for asked in played.asked if asked.options.get("summary") == "waits for the store"]
    pause.end()
    (await run.asked(f"local {STORE_ACTIVITY}")).end({"kept": "ab", "size": 9})
    assert (await run.continued()).state == {"kept": "ab", "size": 9}


async def test_how_often_it_has_continued_is_counted(played: Played) -> None:
    text = HEAD + "flow main() { step a = look(x: 1) step b = look(x: a) sleep 1h }"
    run = PlayedRun(played, text, options=EAGER)
    for number in (5, 6):
        await run.answers("look", number)
        run = PlayedRun(played, replace(await run.continued()))
        await run.goes_on()
    assert run.flow._driver.state.continuations["all"] == 2


async def test_what_did_not_fit_goes_out_with_the_next_task_though_nothing_has_come(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES_PER_TASK", 10)
    run = PlayedRun(played, HEAD + "flow main() { parallel { step a = look(x: 1) step b = look(x: 2) } }")
    await run.goes_on()
    assert played.names.count("look") == 1
    (await run.asked("timer")).end()
    await run.goes_on()
    assert played.names.count("look") == 2
