"""kill -9 of the worker between what somebody told an agent and the turn that hears it: it is heard, and once.

worker-killed-between-tell-and-turn
"""

import os
import signal

import pytest

from interpreter.boundary.names import TELL_UPDATE
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.tell import Tell
from tests.durability.world import World, gone
from tests.live.played_model import Says, Silent
from tests.live.runs import LiveRun, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
type V { s: text }
tool books.look(milliseconds: int) -> text read
agent a(q: text) -> V { model "spoken-to" prompt "{{ q }}" use books.look budget 3 turns }
flow main() -> V budget 10m, 200k tokens {
  step v = a(q: "hello")
  return v
}
"""


async def test_it_is_heard_once_by_the_turn_that_follows(world: World) -> None:
    world.models.plans = {"spoken-to": [Silent(), Says('{"s": "one"}'), Says('{"s": "two"}')]}
    runs = world.on("killed-while-somebody-speaks")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW)

    async def asked() -> bool | None:
        return True if world.models.asked["spoken-to"] else None

    await eventually(asked)
    assert (await told(run)).message == "`v` hears it before its next turn"
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    assert (await told(run)).outcome == "told"

    assert await run.value() == {"s": "two"}
    first, again, heard = world.models.asked["spoken-to"]
    assert first == again
    *before, answer, words = heard["messages"]
    assert before == first["messages"]
    assert (answer["role"], answer["content"]) == ("assistant", '{"s": "one"}')
    assert words["role"] == "user"
    assert words["content"].startswith("ada, ")
    assert words["content"].endswith("Z: Are you sure?")


async def told(run: LiveRun) -> AnswerReply:
    """The same message, however often."""
    tell = Tell("sure", "Are you sure?", "ada")
    reply: AnswerReply = await run.handle.execute_update(TELL_UPDATE, tell, id=tell.id, result_type=AnswerReply)
    return reply
