"""Ctrl-C in stages."""

import asyncio

import pytest

from interpreter.cli import interrupts


async def test_one_leaves_after_a_while_and_two_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "SECOND_CHANCE", 0.01)
    said: list[str] = []
    once = interrupts.Interrupts(lambda: said.append("stays"))
    once.interrupt()
    assert said == ["stays"]
    await asyncio.wait_for(once.leaving.wait(), 5)
    assert not once.cancelling.is_set()

    twice = interrupts.Interrupts(lambda: said.append("stays"))
    twice.interrupt()
    twice.interrupt()
    await asyncio.sleep(0.05)
    assert twice.cancelling.is_set()
    assert not twice.leaving.is_set(), "it waits for the undo"
    twice.interrupt()
    assert twice.leaving.is_set()
