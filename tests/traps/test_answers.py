"""Answers: nested, repeated, late, and while the run continues as new."""

import asyncio
import contextlib
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.worker import Worker

from interpreter.core import asking
from interpreter.core.ballot import Decision
from interpreter.core.events import AnswerVerified, CallFailed
from interpreter.core.machine import Machine
from interpreter.core.state import Frame
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIDE_BY_SIDE = 30

ASK = """
edition 1
flow main() -> [text] {
  await approval go "Go on?" { from "leads" timeout 1h then reject }
  sleep 700ms
  return [go.outcome] + go.by
}
"""

NESTED = """
edition 1
flow inner() -> text budget 1h {
  await approval deep "Deep?" { from "leads" timeout 30m then reject }
  return deep.outcome
}
flow main() -> [text] {
  var seen: [text] = []
  loop rounds budget 2 iterations {
    try {
      if true {
        await approval looped "Once more?" { from "leads" timeout 1h then reject }
        set seen = seen + [looped.outcome]
      }
    } on error e { fail "never" }
  } on exhausted {
    set seen = seen + ["exhausted"]
  }
  parallel {
    branch left {
      await approval branched "Left?" { from "leads" timeout 1h then reject }
    }
    step below = inner()
  }
  return seen + [below]
}
"""

ONE_STAGE = """
edition 1
flow main() -> text {
  await approval go "Go on?" { from "leads" timeout 1h then reject }
  sleep 1ms
  return go.outcome
}
"""

MANY = """
edition 1
flow main() -> [text] {
  parallel for n in range(12) at most 12 as outcomes {
    await approval go "{{ n }}?" { from "leads" timeout 1h then reject }
    yield go.outcome
  }
  return outcomes
}
"""


async def test_a_double_click_counts_once_and_both_get_a_reply(runs: Runs) -> None:
    run = await runs.start(ASK)
    question = await run.question()
    replies = await asyncio.gather(*(run.answer(question.id, id="click") for _ in range(3)))
    assert [reply.accepted for reply in replies] == [True] * 3
    assert [reply.outcome for reply in replies] == ["approved"] * 3
    assert await run.value() == ["approved", "ann"]


async def test_of_two_people_who_answer_at_once_the_second_is_told(runs: Runs) -> None:
    run = await runs.start(ASK)
    question = await run.question()
    replies = await asyncio.gather(
        run.answer(question.id, by="ann"), run.answer(question.id, "reject", by="bob"), return_exceptions=True
    )
    counted = [reply for reply in replies if not isinstance(reply, BaseException) and reply.accepted]
    assert len(counted) == 1
    assert (await run.value())[0] == counted[0].outcome


@pytest.mark.parametrize("eagerly", [False, True])
async def test_an_answer_reaches_a_question_wherever_it_stands(runs: Runs, eagerly: bool) -> None:
    run = await runs.start(NESTED, eagerly=eagerly)
    answered: set[str] = set()

    async def answer_all(of: LiveRun, most: int) -> None:
        while len([id_ for id_ in answered if id_.startswith(of.id)]) < most:
            question = await of.seen(
                lambda view: next((q for q in view.questions if f"{of.id} {q.id}" not in answered), None)
            )
            answered.add(f"{of.id} {question.id}")
            assert (await of.answer(question.id)).outcome == "approved"

    await answer_all(run, 3)
    below = await run.seen(lambda view: next((step.path for step in view.steps if step.node == "flow"), None))
    await answer_all(run.child(below), 1)
    assert await run.value() == ["approved", "approved", "exhausted", "approved"]


@pytest.mark.slow
async def test_an_answer_is_counted_once_though_the_task_that_counts_it_is_lost(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a killed worker: what was recorded before is repeated as it was, whatever the server asks meanwhile."""
    lost: set[str] = set()
    heard = asking.heard

    def loses_its_first_task(machine: Machine, frame: Frame, event: AnswerVerified | CallFailed) -> Decision | None:
        if machine.state.key_base not in lost:
            lost.add(machine.state.key_base)
            raise RuntimeError("a task that is lost")
        return heard(machine, frame, event)

    async def answered() -> str:
        run = await runs.start(ASK.replace("sleep 700ms", ""))
        question = await run.question()
        looking = [asyncio.create_task(_look_often(run)) for _ in range(3)]
        try:
            await run.answer(question.id)
            return str(await run.value())
        finally:
            for task in looking:
                task.cancel()

    monkeypatch.setattr(asking, "heard", loses_its_first_task)
    assert await asyncio.gather(*(answered() for _ in range(SIDE_BY_SIDE))) == ["['approved', 'ann']"] * SIDE_BY_SIDE
    assert len(lost) == SIDE_BY_SIDE


async def _look_often(run: LiveRun) -> None:
    while True:
        with contextlib.suppress(RPCError, WorkflowQueryFailedError):
            await run.view()
        await asyncio.sleep(0.02)


async def test_the_timer_of_a_question_that_was_answered_is_gone(runs: Runs) -> None:
    run = await runs.start(ONE_STAGE)
    await run.answer((await run.question()).id)
    assert await run.value() == "approved"
    assert len(await run.events(EventType.EVENT_TYPE_TIMER_FIRED)) == 2, (
        "the sleep's and the reply's, not the question's"
    )
    assert len(await run.events(EventType.EVENT_TYPE_TIMER_CANCELED)) == 1


async def test_answers_that_come_while_the_run_continues_are_not_lost(runs: Runs) -> None:
    run = await runs.start(MANY, eagerly=True)
    view = await run.seen(lambda view: view if len(view.questions) == 12 else None)
    replies = await asyncio.gather(*(run.answer(question.id) for question in view.questions))
    assert [reply.outcome for reply in replies] == ["approved"] * 12
    assert await run.value() == ["approved"] * 12
    assert len(await run.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)) >= 1


TWO_STAGES = """
edition 1
flow main() -> text {
  await approval go "Go on?" {
    from "leads" timeout 2s then ask
    from "leads" timeout 1s then reject
  }
  return go.outcome
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("flow", [ASK.replace("timeout 1h", "timeout 2s"), TWO_STAGES], ids=["one stage", "two stages"])
async def test_an_answer_after_the_deadline_is_late_though_no_worker_was_there(runs: Runs, flow: str) -> None:
    away = Runs(runs.client, f"away-{uuid4().hex}", runs.store)

    def worker() -> Worker:
        return Worker(runs.client, task_queue=away.task_queue, plugins=[FlowPlugin([], store=runs.store)])

    async with worker():
        run = await away.start(flow)
        question = await run.question()
    await asyncio.sleep(2.5)
    answering = asyncio.create_task(run.answer(question.id, by="ann"))
    await asyncio.sleep(0.5)
    async with worker():
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await answering
        assert "too late" in str(refused.value.cause)
        assert "timed_out" in str(await run.value())
