"""A state that is too large to travel: kept in the store, loaded before anything is handled."""

import asyncio

import pytest
from temporalio.api.enums.v1 import EventType

from interpreter.workflow import limits
from tests.live.runs import Runs

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

LARGE = """
edition 1
tool text.make(letters: int) -> text read
flow main() -> [text] {
  step some = text.make(letters: 30000)
  let large = [some for n in range(100)]
  parallel for n in range(5) at most 5 as outcomes {
    await approval go "{{ n }}?" { from "leads" timeout 1h then reject }
    sleep 1s
    yield "{{ go.outcome }} {{ len(large) }}"
  }
  return outcomes
}
"""


async def test_three_megabytes_of_state_continue_and_answers_meanwhile_are_not_lost(runs: Runs) -> None:
    run = await runs.start(LARGE, eagerly=True)
    view = await run.seen(lambda view: view if len(view.questions) == 5 else None)

    await asyncio.gather(*(run.answer(question.id) for question in view.questions))
    assert await run.value() == ["approved 100"] * 5
    continued = await run.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
    assert len(continued) >= 2
    assert all(event.ByteSize() < limits.LARGEST_STATE for event in continued)
