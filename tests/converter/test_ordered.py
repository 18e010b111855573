"""Fields keep their order, wherever a value travels; other SDKs and plain clients read what they always did."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.converter import DataConverter
from temporalio.worker import Worker

from interpreter.boundary.names import ANSWER_UPDATE
from interpreter.boundary.payloads import RunOptions
from interpreter.client.client import Client
from interpreter.converter.own import client_with_keys, own_converter
from interpreter.encryption.keyring import NO_KEYS
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.server import local_server

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUEUE = "ordered"
GIVEN = {"z": 1, "a": {"y": [{"d": 1, "c": 2}], "b": None}, "m": "x"}
FLOW = """
edition 1
type Row { zeta: int, alpha: int = 2, mid: { y: int, b: int } }
tool order.echo(x: json) -> json read
tool order.row(row: Row) -> Row read
flow below(x: json) -> json { step got = order.echo(x: x) return got }
flow main(x: json) -> { z: json, row: Row, names: [text], counts: map[int], child: json } {
  step got = order.echo(x: x)
  step row = order.row(row: { alpha: 1, zeta: 3, mid: { b: 1, y: 2 } })
  step child = below(x: x)
  sleep 1s
  await approval ok "Go?" { show row, got from "team" timeout 1m then reject }
  var counts: map[int] = { zz: 1, aa: 2 }
  return { child: child, counts: counts, names: keys(counts), row: row, z: got }
}
"""
got: list[Any] = []


@tool("order.echo")
def echo(x: Any) -> Any:
    got.append(x)
    return x


@tool("order.row")
def row(row: dict[str, Any]) -> Any:
    got.append(row)
    return dict(reversed(row.items()))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client() -> AsyncIterator[Client]:
    async with local_server() as environment:
        store = MemoryStore()
        own = client_with_keys(environment.client, NO_KEYS)
        async with Worker(environment.client, task_queue=QUEUE, plugins=[FlowPlugin([echo, row], store=store)]):
            yield Client(own, store)


def text(value: Any) -> str:
    """With its order, which `==` does not see."""
    return json.dumps(value)


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [False, True], ids=["in one execution", "continuing as new"])
async def test_order_survives_every_way_that_a_value_takes(client: Client, eagerly: bool) -> None:
    got.clear()
    options = RunOptions(continue_eagerly=eagerly)
    run = await client.submit(FLOW, {"x": GIVEN}, flow="main", task_queue=QUEUE, options=options)
    while not (questions := (await run.state()).questions):
        pass
    rowed = {"zeta": 3, "alpha": 1, "mid": {"y": 2, "b": 1}}
    assert [text(shown.value) for shown in questions[0].shown] == [text(rowed), text(GIVEN)]
    await run.approve("ok", by="ann", group="team")
    result = await run.result()
    assert list(result) == ["z", "row", "names", "counts", "child"], "as declared"
    assert text(result["z"]) == text(result["child"]) == text(GIVEN)
    assert text(result["row"]) == text(rowed)
    assert result["names"] == list(result["counts"]) == ["zz", "aa"], "as they were put in"
    assert [text(one) for one in got] == [text(GIVEN), text(rowed), text(GIVEN)]


async def test_what_is_plain_json_for_others_stays_so(client: Client) -> None:
    """A client without anything of ours starts runs, and reads their results."""
    plain = await TemporalClient.connect(client.temporal.service_client.config.target_host)
    payload = own_converter(None, NO_KEYS).payload_converter.to_payload(GIVEN)
    assert payload.metadata == {"encoding": b"json/plain"}
    assert DataConverter.default.payload_converter.from_payload(payload) == GIVEN
    run = await client.submit(FLOW, {"x": GIVEN}, flow="below", task_queue=QUEUE)
    assert (await plain.get_workflow_handle(run.id).result())["value"] == GIVEN


async def test_an_answer_with_a_key_twice_is_refused_whoever_sends_it(client: Client) -> None:
    """A client of another kind sends what JSON it likes; of the two values one would be lost."""
    run = await client.submit(FLOW, {"x": GIVEN}, flow="main", task_queue=QUEUE)
    while not (questions := (await run.state()).questions):
        pass
    answer = {
        "id": "1",
        "question": questions[0].id,
        "decision": "approve",
        "by": "ann",
        "group": "team",
        "answer": {"a": 1},
    }
    data = json.dumps(answer).replace('{"a": 1}', '{"a": 1, "a": 2}').encode()
    given = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))
    handle = client.temporal.get_workflow_handle(run.id)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(ANSWER_UPDATE, given)
    assert 'the key "a" stands twice' in str(refused.value.cause)
    assert (await run.state()).questions, "it is still asked"
    await run.approve("ok", by="ann", group="team")
    await run.result()
