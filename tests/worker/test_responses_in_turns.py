"""The Responses API in an agent's loop of turns, on a real server, over a real socket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from temporalio.client import Client
from temporalio.worker import Worker

from dsl.models.configured import Models
from interpreter.api import tool
from interpreter.worker.plugin import FlowPlugin
from tests.live.responding_model import Calls, RespondingModel, responding_model
from tests.live.runs import Runs

FLOW = """edition 1
tool orders.find(id: text) -> { id: text, total: decimal } read
tool orders.count() -> int read
agent helper(question: text) -> { said: text } {
  model "r/m"
  instructions "Be brief."
  prompt "{{ question }}"
  use orders.find, orders.count
  reasoning "low"
  budget 6 turns
}
flow main() -> text {
  step reply = helper("where is it?")
  return reply.said
}
"""


@tool("orders.find")
def find(id: str) -> Any:
    return {"id": id, "total": "12.50"}


@tool("orders.count")
def count() -> int:
    return 2


@asynccontextmanager
async def answered(address: str, model: RespondingModel) -> AsyncIterator[Runs]:
    runs = Runs(await Client.connect(address), f"queue-{uuid4()}")
    plugin = FlowPlugin([find, count], store=runs.store, models=Models({}, {"r": model.provider}))
    async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin]):
        yield runs


async def test_calls_side_by_side_one_after_the_other_and_an_answer_of_a_form(temporal_address: str) -> None:
    turns = [
        Calls((("orders-count", {}), ("orders-find", {"id": "o-1"})), says="I look."),
        Calls((("orders-find", {"id": 7}),)),
        Calls((("orders-find", {"id": "o-2"}),)),
    ]
    with responding_model(turns, '{"said": "on its way"}') as model:
        async with answered(temporal_address, model) as runs:
            run = await runs.start(FLOW)
            assert await run.value() == "on its way"
            (end,) = [note for note in (await run.view()).notes if note.kind == "completed" and note.node == "agent"]
    assert model.refused == []
    assert [len(body["input"]) for body in model.asked] == [2, 7, 9, 11]
    first, last = model.asked[0], model.asked[-1]
    assert [each["name"] for each in first["tools"]] == ["orders-find", "orders-count"]
    assert {key: first[key] for key in ("store", "stream", "reasoning")} == {
        "store": False,
        "stream": True,
        "reasoning": {"effort": "low"},
    }
    assert last["text"]["format"]["type"] == "json_schema"
    told = {item["call_id"]: item["output"] for item in last["input"] if item.get("type") == "function_call_output"}
    assert json.loads(told["call_0_0"]) == 2
    assert json.loads(told["call_0_1"]) == {"id": "o-1", "total": "12.50"}
    assert "expected text" in json.loads(told["call_1_0"])["error"]
    assert end.counts is not None
    assert (end.counts.turns, end.counts.calls, end.counts.tokens, end.counts.input_tokens) == (4, 4, 4 * 52, 4 * 40)


async def test_it_goes_on_under_another_execution(temporal_address: str) -> None:
    turns = [Calls((("orders-find", {"id": f"o-{number}"}),)) for number in range(3)]
    with responding_model(turns, '{"said": "found"}') as model:
        async with answered(temporal_address, model) as runs:
            run = await runs.start(FLOW, eagerly=True)
            assert await run.value() == "found"
            assert (await run.view()).continuations["turn"] > 0
    assert model.refused == []
    assert len(model.asked) == 4
