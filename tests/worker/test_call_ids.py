"""The id of a call: the same for each attempt, also after the run has continued as new, at the server that is asked and
in what a tool sends on; over real sockets.
"""

import json
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import Worker

from dsl.models.configured import Models
from dsl.models.providers import Served
from interpreter.api import current, tool
from interpreter.worker.plugin import FlowPlugin
from tests.live.played_model import PlayedModel, Refuses, Says, Sends, played_model
from tests.live.runs import LiveRun, Runs

FLOW = """edition 1
tool bank.pay(amount: int) -> int write keyed final {
  retry 2 times backoff 1s to 1s
}
agent teller() -> text { model "p/m" prompt "Tell." }
flow main() -> int {
  step before = bank.pay(amount: 0)
  step told = teller()
  step paid = bank.pay(amount: 1)
  return paid
}
"""
CARRIED = (
    FLOW.replace("write keyed final {", "write keyed final { timeout 6m")
    .replace("{\n  step before", "{\n  await event go as gone: text timeout 10ms else { }\n  step before")
    .replace("told = teller()", "told = teller() { timeout 6m }")
)
LATER = Refuses(503, "later", {"Retry-After": "0"})


async def _run(address: str, played: PlayedModel, *, eagerly: bool, flow: str = FLOW, **more: Any) -> LiveRun:
    where = f"http://127.0.0.1:{played.server_port}/v1"

    @tool("bank.pay")
    def pay(amount: int) -> int:
        bank = HTTPConnection("127.0.0.1", played.server_port)
        try:
            bank.request("POST", "/v1/pay", json.dumps({"model": f"bank{amount}"}), current().headers)
            assert bank.getresponse().status == 200
        finally:
            bank.close()
        return amount

    played.plans = {
        "bank0": [Sends("{}")],
        "bank1": [Refuses(500), Sends("{}")],
        "m": [LATER, Says("hello")],
    }
    runs = Runs(await Client.connect(address), f"queue-{uuid4()}")
    models = Models({}, {"p": Served("p", "compatible", where, "", **more)})
    async with Worker(
        runs.client, task_queue=runs.task_queue, plugins=[FlowPlugin([pay], store=runs.store, models=models)]
    ):
        run = await runs.start(flow, eagerly=eagerly)
        assert await run.value() == 1
    return run


@pytest.mark.slow
@pytest.mark.parametrize("flow", [FLOW, CARRIED], ids=["by the run", "carried"])
@pytest.mark.parametrize("eagerly", [False, True], ids=["in one execution", "continued"])
async def test_it_stays_the_same_over_attempts(temporal_address: str, eagerly: bool, flow: str) -> None:
    with played_model() as played:
        run = await _run(temporal_address, played, eagerly=eagerly, flow=flow)
    below = await run.events(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
    assert len(below) == (5 if flow == CARRIED else 0)
    base = f"{run.id}/{run.first_run}/main"
    assert [head["x-client-request-id"] for head in played.heads["m"]] == [f"{base}/told"] * 2
    assert [head["idempotency-key"] for head in played.heads["bank1"]] == [f"{base}/paid"] * 2
    assert [head["x-client-request-id"] for head in played.heads["bank1"]] == [f"{base}/paid"] * 2


async def test_the_header_is_the_one_that_the_provider_reads(temporal_address: str) -> None:
    with played_model() as played:
        run = await _run(temporal_address, played, eagerly=False, id_header="X-Request-Id")
    assert [head["x-request-id"] for head in played.heads["m"]] == [f"{run.id}/{run.first_run}/main/told"] * 2
    assert all("x-client-request-id" not in head for head in played.heads["m"])
