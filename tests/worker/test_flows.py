"""Whole flows with typed Python tools on a real server; and the tools of the examples fit their flows."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client as TemporalClient
from temporalio.worker import Replayer, Worker

from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.client.client import Client
from interpreter.client.run import Run
from interpreter.stores.directory import DirectoryStore
from interpreter.worker.agreements import Agreements
from interpreter.worker.flows import UnusableFlow, definitions
from interpreter.worker.loading import load_tools
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool, unique

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

FLOW = """
edition 1
type Line { item: text, price: decimal }
tool shop.lines(count: int) -> { lines: [Line] at most 100000, note: text } read
tool shop.count(lines: [Line] at most 100000) -> int read
tool shop.charge(amount: decimal) -> { ref: text } write keyed {
  errors Busy
  retry 3 times backoff 1s to 1s
  compensate none "a test"
}
flow shop(count: int) -> { total: decimal, lines: int, charged: text } {
  step order = shop.lines(count: count)
  let total = order.lines[0].price + 0.25
  step counted = shop.count(lines: order.lines)
  step charge = shop.charge(amount: total)
  return { total: total, lines: counted, charged: charge.ref }
}
"""

attempts: list[tuple[str, int]] = []


@dataclass
class Line:
    item: str
    price: Decimal


@dataclass
class Order:
    lines: list[Line]
    note: str


@tool("shop.lines")
def lines(count: int) -> Order:
    return Order([Line(f"item {n}", Decimal("1.50")) for n in range(count)], "as asked")


@tool("shop.count")
async def count_lines(lines: list[Line]) -> int:
    assert all(line.price == Decimal("1.50") for line in lines)
    return len(lines)


@tool("shop.charge")
def charge(amount: Decimal) -> dict[str, str]:
    attempts.append((current().key, current().attempt))
    if current().attempt < 3:
        raise ToolError("Busy", "try again")
    return {"ref": f"charged {amount}"}


@pytest.mark.parametrize("count", [3, 20_000], ids=["small values", "large values"])
async def test_a_flow_runs_with_typed_tools_and_replays(temporal_address: str, tmp_path: Path, count: int) -> None:
    attempts.clear()
    store = DirectoryStore(tmp_path)
    temporal = await TemporalClient.connect(temporal_address)
    queue = f"queue-{uuid.uuid4()}"
    plugin = FlowPlugin([lines, count_lines, charge], [FLOW], store=store)
    async with Worker(temporal, task_queue=queue, plugins=[plugin]):
        run: Run = await Client(temporal, store).submit(FLOW, {"count": count}, task_queue=queue)
        result = await run.result()
    assert result == {"total": "1.75", "lines": count, "charged": "charged 1.75"}
    assert [attempt for _, attempt in attempts] == [1, 2, 3]
    assert len({key for key, _ in attempts}) == 1, "one key for all attempts"
    history = await temporal.get_workflow_handle(run.id).fetch_history()
    assert len(history.to_json()) < 60_000, "large values stay out of it"
    await Replayer(workflows=[], plugins=[FlowPlugin(store=store)]).replay_workflow(history)


@pytest.mark.parametrize("flow", sorted(EXAMPLES.glob("*.flow")), ids=lambda path: path.stem)
def test_the_tools_of_an_example_fit_its_flow(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    file = flow.with_name(f"{flow.stem}_tools.py")
    tools: list[Any] = load_tools(str(file)) if file.exists() else []
    found = definitions([flow])
    if any(each.served or each.http for definition in found for each in definition.tools.values()):
        pytest.skip("its tools are a server's")
    Agreements().check(found, unique(tools), "any")


def test_a_file_that_does_not_pass_the_check_is_told_with_its_places(tmp_path: Path) -> None:
    file = tmp_path / "broken.flow"
    file.write_text("edition 1\nflow main() { step x = nothing() }\n")
    with pytest.raises(UnusableFlow, match=r"broken\.flow:2:\d+: SF101 ") as caught:
        definitions([file])
    assert "does not pass the check" in str(caught.value)
    with pytest.raises(UnusableFlow, match="cannot be read"):
        definitions([tmp_path / "no.flow"])


def test_a_flow_that_only_others_start_comes_with_those() -> None:
    text = (
        "edition 1\ntool pay(amount: int) irreversible keyed final\n"
        "flow pays(amount: int) requires approval { step pay(amount) }\n"
        'flow main() {\n  await approval ok "Pay?" { from "leads" timeout 1h then reject }\n'
        "  if ok.approved { step pays(1) }\n}\n"
    )
    (found,) = definitions([text])
    assert (found.flow, set(found.flows)) == ("main", {"main", "pays"})
