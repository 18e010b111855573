"""A real model without tool calling in a loop of turns: a small one, so what it does is judged, not what it knows."""

import os
from collections.abc import Iterator

import pytest

from tests.live.small_model import is_installed, small_model
from tests.others.shop import shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FLOW = """
agent finder(customer: text) -> { order: text } {
  model "smollm2-135m"
  prompt "Find the orders of customer {{ customer }} with orders-find. Then answer with the first of them."
  use orders.find, orders.track
  temperature 0
  answer at most 100 tokens
  budget 8 turns
}
agent tracker(order: text) -> { place: text } {
  model "smollm2-135m"
  prompt "Where is the order {{ order }}? Track it with orders-track."
  use orders.track
  temperature 0
  answer at most 100 tokens
  budget 8 turns
}
flow f(customer: text) -> { order: text, place: text } budget 60k tokens, 5m {
  step found = finder(customer)
  step tracked = tracker(found.order)
  return { order: found.order, place: tracked.place }
}
"""
MODEL = '[models."smollm2-135m"]\nrefuses = ["tools"]\nanswer = 1024\n'


@pytest.fixture
def real() -> Iterator[str]:
    if not is_installed():
        assert not os.environ.get("STEADFLOW_NEEDS_MODEL"), "the small model is not installed: `make model`"
        pytest.skip("the small model is not installed: `make model`")
    with small_model() as address:
        yield address


async def test_a_small_model_calls_tools_and_answers(
    real: str, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADFLOW_MODELS", MODEL)
    access = {"OPENAI_API_KEY": "test-key-of-nobody", "OPENAI_BASE_URL": real}
    async with shop(access, temporal_address, monkeypatch) as here:
        run = await here.start(FLOW, {"customer": "c-7"})
        value = await run.value()
        view = await run.view()
    assert {name: type(said) for name, said in value.items()} == {"order": str, "place": str}
    assert ("orders.find", "c-7") in here.called
    assert "orders.track" in {name for name, _ in here.called}
    turns = [note.counts.turns for note in view.notes if note.kind == "completed" and note.counts is not None]
    assert view.spent.calls == sum(turns) + len(here.called)
    assert 0 < view.spent.tokens <= 60_000
