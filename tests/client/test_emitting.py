"""A run sends events to another, by a tool that an event carries out, on a real server."""

from pathlib import Path

import pytest
from temporalio.worker import Worker

from interpreter import api
from interpreter.worker.plugin import FlowPlugin
from tests.client.test_client import until

SHOP = """edition 1
flow shop() -> [text] budget 1h {
  var seen: [text] at most 9 = []
  await event begin: text timeout 30m else { fail "nobody began" }
  loop orders budget 3 iterations {
    await event order: { item: text, count: int } from "lamps" at most 2 waiting timeout 30m else { break orders }
    set seen = last(seen + ["{{ order.count }} {{ order.item }} by {{ order.by }}"], 9)
  } on exhausted { return seen }
  return seen
}
"""
CUSTOMER = """edition 1
tool shop.order(run: text, item: text, count: int) write keyed final {
  emit order from "lamps" to run with { item: item, count: count }
}
flow customer(shop: text) -> text budget 1h {
  try {
    for count in [1, 2, 3] { step ordered = shop.order(run: shop, item: "lamp", count: count) }
  } on error EventRefused as e { return e.message }
  return "ordered"
}
"""


@pytest.mark.slow
async def test_a_full_queue_is_waited_for_and_a_run_that_is_over_refuses(tmp_path: Path) -> None:
    async with await api.connect(state_dir=tmp_path) as client:
        plugin = FlowPlugin(flows=[SHOP, CUSTOMER], store=client.store)
        async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
            shop = await client.submit(SHOP, {}, id="shop")
            customer = await client.submit(CUSTOMER, {"shop": "shop"}, id="ada")

            async def detail() -> str:
                steps = (await customer.state()).steps
                return " ".join(step.detail for step in steps)

            await until(detail, lambda told: "takes no more for now" in told)
            await shop.send("begin", "now", by="ann")
            assert await customer.result() == "ordered"
            assert await shop.result() == [f"{count} lamp by ada" for count in (1, 2, 3)]
            late = await client.submit(CUSTOMER, {"shop": "shop"})
            assert await late.result() == "no run shop is under way"
            nobody = await client.submit(CUSTOMER, {"shop": "nobody"})
            assert await nobody.result() == "no run nobody is under way"
            unnamed = await client.submit(CUSTOMER, {"shop": ""})
            assert await unnamed.result() == "nobody is meant: the id of the run is empty"
            odd = await client.submit(CUSTOMER, {"shop": "a\nb"})
            assert await odd.result() == r"no run a\nb is under way"


async def test_a_worker_without_the_flow_sends_nothing(tmp_path: Path) -> None:
    """What a definition declares is no reason for a worker to send anything."""
    async with await api.connect(state_dir=tmp_path) as client:
        async with Worker(client.temporal, task_queue="steadflow", plugins=[FlowPlugin(store=client.store)]):
            run = await client.submit(CUSTOMER.replace("final {", "final { patience 1s"), {"shop": "nobody"})
            with pytest.raises(api.RunFailed) as failed:
                await run.result()
        assert failed.value.kind == "NotRegistered"
