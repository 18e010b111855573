"""What the interpreter costs: the same steps as a flow and as a workflow written by hand, on one server, in turns.

Both call one plain activity for each step. Replay is of the histories that these runs left.
"""

import asyncio
import base64
import resource
import statistics
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from dsl.analysis import analyse
from dsl.definition.seal import seal
from dsl.source import Source
from interpreter.boundary.names import WORKFLOW
from interpreter.boundary.payloads import DefinitionEnvelope, RunInput
from interpreter.server.command import DYNAMIC_CONFIG, find_binary
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.bench.table import Row

STEPS = 100
ROUNDS = 5
TASK_QUEUE = "bench"


@activity.defn(name="number.next")
async def next_number(given: dict[str, int]) -> int:
    return given["after"] + 1


@workflow.defn
class ByHand:
    @workflow.run
    async def run(self, steps: int) -> int:
        number = 0
        for position in range(steps):
            number = await workflow.execute_activity(
                next_number,
                {"after": number},
                activity_id=f"s{position}",
                start_to_close_timeout=timedelta(seconds=30),
                summary=f"s{position}",
            )
        return number


def flow_text(steps: int) -> str:
    """A flow that does the same."""
    body = "\n".join(f"  step s{i} = number.next(after: {f's{i - 1}' if i else 0})" for i in range(steps))
    head = "edition 1\n\ntool number.next(after: int) -> int read\n\n"
    return f"{head}flow main() -> int {{\n{body}\n  return s{steps - 1}\n}}\n"


@dataclass
class Measured:
    wall: list[float]
    cpu: list[float]
    history: WorkflowHistory | None = None


def runs() -> list[Row]:
    """Each measure of the flow beside that of the workflow written by hand."""
    flow, by_hand, replays = asyncio.run(_measure())
    return [
        Row(
            f"{STEPS} steps{_size(flow)}, by hand{_size(by_hand)}: wall",
            statistics.median(flow.wall),
            statistics.median(by_hand.wall),
        ),
        Row("the same: CPU of the worker", statistics.median(flow.cpu), statistics.median(by_hand.cpu)),
        Row("the same: replay of the history", replays[0], replays[1]),
    ]


async def _measure(rounds: int = ROUNDS) -> tuple[Measured, Measured, tuple[float, float]]:
    settings = [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=find_binary(), dev_server_extra_args=settings, dev_server_log_level="error"
    )
    async with environment:
        client, plugin = environment.client, FlowPlugin(store=MemoryStore())
        run_input = _run_input()
        async with Worker(
            client, task_queue=TASK_QUEUE, workflows=[ByHand], activities=[next_number], plugins=[plugin]
        ):
            flow, by_hand = Measured([], []), Measured([], [])
            for _ in range(rounds + 1):
                await _once(flow, client, WORKFLOW, run_input)
                await _once(by_hand, client, "ByHand", STEPS)
        return flow, by_hand, (await _replay(flow), await _replay(by_hand))


def _size(measured: Measured) -> str:
    assert measured.history is not None
    return f" ({len(measured.history.events)} events, {len(measured.history.to_json()) // 1000} KB)"


async def _once(measured: Measured, client: Client, workflow_type: str, argument: Any) -> None:
    """One run; the first, which warms up, is forgotten."""
    begun, cpu = time.perf_counter(), _cpu()
    id_ = uuid4().hex
    handle = await client.start_workflow(workflow_type, argument, id=id_, task_queue=TASK_QUEUE)
    await handle.result()
    if measured.history is not None:
        measured.wall.append(time.perf_counter() - begun)
        measured.cpu.append(_cpu() - cpu)
    measured.history = await handle.fetch_history()


async def _replay(measured: Measured) -> float:
    assert measured.history is not None
    replayer = Replayer(workflows=[ByHand], plugins=[FlowPlugin(store=MemoryStore())])
    history = measured.history
    return await _median(lambda: replayer.replay_workflow(history))


async def _median(work: Callable[[], Awaitable[Any]]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _run_input() -> RunInput:
    source = Source("bench.flow", flow_text(STEPS))
    analysis = analyse(source)
    sealed = seal(analysis.module, source, gates=analysis.gates, spends=analysis.spends)
    inline = base64.b64encode(zlib.compress(sealed.json)).decode()
    return RunInput(DefinitionEnvelope(sealed.hash, inline), sealed.flow, {})


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
