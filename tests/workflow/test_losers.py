"""What a run does with calls and timers that nobody waits for any more."""

import pytest
from temporalio.exceptions import ApplicationError

from tests.workflow.ends import activity_error
from tests.workflow.played import Played
from tests.workflow.running import PlayedRun, told

HEAD = """edition 1
tool look(x: int) -> int read
tool read(x: int) -> int read
"""


async def test_a_timer_that_is_not_waited_for_is_withdrawn(played: Played) -> None:
    run = PlayedRun(played, HEAD + "flow main() { race { step look(x: 1) branch b { sleep 1h } } sleep 2h }")
    timer = await run.asked("timer")
    await run.answers("look", 5)
    assert timer.ends.asked_to_cancel
    assert played.names == ["timer"]


@pytest.mark.parametrize("ends", ["with a result", "with an error", "cancelled"])
async def test_a_read_that_has_lost_is_cancelled_and_not_waited_for(played: Played, ends: str) -> None:
    run = PlayedRun(
        played, HEAD + "flow main() -> int { race { step look(x: 1) branch b { step read(x: 1) } } sleep 1h return 7 }"
    )
    loser = await run.asked("read")
    await run.answers("look", 5)
    assert loser.ends.asked_to_cancel
    assert played.names == ["timer"], "the run is past it"
    match ends:
        case "with a result":
            loser.end(told(6))
        case "with an error":
            loser.fail(activity_error(ApplicationError("no", type="ValueError")))
        case _:
            loser.ends.give_up()
    await run.goes_on()
    (await run.asked("timer")).end()
    assert (await run.ended())["value"] == 7
