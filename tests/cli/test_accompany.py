"""Staying with a run: what has to be heard, whatever comes first."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from interpreter.boundary.payloads import AnswerReply
from interpreter.cli import accompany
from interpreter.cli.accompany import Accompaniment, to_its_end
from interpreter.client.questions import Asked


async def test_the_reply_to_an_answer_is_heard_though_its_question_is_closed_by_it() -> None:
    """That the question is closed is noted before the reply has come."""
    reply, answered = AnswerReply(True, "approved", "approved"), asyncio.Event()

    async def give() -> AnswerReply:
        await answered.wait()
        return reply

    giving = asyncio.create_task(to_its_end(give()))
    await asyncio.sleep(0)
    giving.cancel()
    await asyncio.sleep(0)
    assert not giving.done()
    answered.set()
    assert await giving is reply


class _Screen:
    paused = False

    def say(self, text: str) -> None: ...

    def pause(self) -> None:
        self.paused = True


class _Staying(Accompaniment):
    async def _follow(self) -> None:
        await asyncio.Event().wait()

    async def _watch_queues(self) -> None:
        await asyncio.Event().wait()


async def test_the_terminal_is_left_as_it_was_when_staying_is_cancelled_from_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(accompany, "say_troubles", nothing)
    screen = _Screen()
    staying = asyncio.create_task(_Staying(cast(Any, None), cast(Any, screen), None, False, "").until_over())
    await asyncio.sleep(0.01)
    staying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await staying
    assert screen.paused


@pytest.mark.parametrize(("asks", "only"), [(["a"], True), (["a", "b"], False)])
async def test_a_question_is_named_where_the_run_asks_others_too(asks: list[str], only: bool) -> None:
    """Two calls of one turn each have a gate: who types what was said for one of them has answered that one."""
    questions = [SimpleNamespace(id=id_) for id_ in asks]
    said: list[bool] = []

    async def state() -> Any:
        return SimpleNamespace(questions=questions)

    run: Any = SimpleNamespace(id="run", state=state)
    screen: Any = SimpleNamespace(question=lambda run, question, *, only: said.append(only))
    await Accompaniment(run, screen, None, False, "")._say_how(Asked(run, cast(Any, questions[0])))
    assert said == [only]
