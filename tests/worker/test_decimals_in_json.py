"""A decimal is the same value in `json` wherever it stands, and keeps its digits wherever it is declared."""

from decimal import Decimal
from typing import Any

from temporalio.worker import Worker

from interpreter.client.client import Client
from interpreter.converter.own import client_with_keys
from interpreter.encryption.keyring import NO_KEYS
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.server import local_server

FLOW = """
edition 1
tool json.echo(x: json) -> json read
tool shop.price() -> json read
tool shop.exact() -> { amount: decimal } read
flow below(x: json) -> json { return { got: x, own: 0.5, quotient: 7 / 2 } }
flow main(d: decimal = 0.5) -> { same: [bool], exact: decimal, all: json } {
  var v: json = { a: 0.5, b: [d, 7 / 2] }
  step echoed = json.echo(x: { d: d, list: [0.5], inner: { v: v } })
  step child = below(x: { d: d })
  step price = shop.price()
  step exact = shop.exact()
  step passed = json.echo(x: { price: price })
  var large: json = [{ a: d, text: "forty characters are written in each of them" } for n in range(2000)]
  step again = json.echo(x: large)
  return {
    same: [
      v.a == echoed.d, echoed.list[0] == v.a, echoed.inner.v.b[1] == child.quotient, child.got.d == child.own,
      price.amount == v.a, passed.price.amount == price.amount, large[1999].a == again[1999].a, again[0].a == v.a
    ],
    exact: exact.amount,
    all: [v, echoed, child, price, passed, again[7].a]
  }
}
"""
DIGITS = Decimal("1234567890123456789.01234567890")


@tool("json.echo")
def echo(x: Any) -> Any:
    return x


@tool("shop.price")
def price() -> Any:
    return {"amount": Decimal("0.5")}


@tool("shop.exact")
def exactly() -> Any:
    return {"amount": DIGITS}


async def test_one_decimal_two_values_in_json() -> None:
    async with local_server() as environment:
        store = MemoryStore()
        client = Client(client_with_keys(environment.client, NO_KEYS), store)
        plugin = FlowPlugin([echo, price, exactly], store=store)
        async with Worker(environment.client, task_queue="decimals", plugins=[plugin]):
            result = await (await client.submit(FLOW, flow="main", input={}, task_queue="decimals")).result()
    assert result["same"] == [True] * 8
    assert result["exact"] == str(DIGITS), "though nobody has declared it where it came from"
    assert "'0.5'" not in repr(result["all"]), "a number, never the text of one"
