"""What the interpreter costs: the same work as a flow and as a workflow written by hand, on one server, in turns.

The flow takes the path that users take (`Client.submit`, `@tool`, the plugin); what is written by hand has a plain
worker of its own, without anything of ours. Times are medians of paired rounds; replay is of the histories they left.
"""

import asyncio
import resource
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from interpreter.api import FlowPlugin, tool
from interpreter.client.client import Client
from interpreter.client.submission import prepare
from interpreter.encryption.keyring import NO_KEYS, Keyring
from interpreter.server.command import DYNAMIC_CONFIG, find_binary
from interpreter.server.setup import register_attributes
from interpreter.stores.memory import MemoryStore
from tests.bench.by_hand import BY_HAND, next_number
from tests.bench.table import Row

ROUNDS = 7
FLOWS, HANDS = "flows", "by-hand"
HEAD = "edition 1\n\ntool number.next(after: int) -> int read\n\n"


@tool("number.next")
async def number_next(after: int) -> int:
    return after + 1


def in_turn(steps: int) -> str:
    body = "\n".join(f"  step s{i} = number.next(after: {f's{i - 1}' if i else 0})" for i in range(steps))
    return f"{HEAD}flow main() -> int {{\n{body}\n  return s{steps - 1}\n}}\n"


def beside(steps: int) -> str:
    body = "  parallel for n in range(COUNT) at most COUNT as all { step s = number.next(after: n) yield s }"
    return f"{HEAD}flow main() -> [int] {{\n{body}\n  return all\n}}\n".replace("COUNT", str(steps))


def children(steps: int) -> str:
    child = "flow one(after: int) -> int { step s = number.next(after: after) return s }\n"
    body = "  parallel for n in range(COUNT) at most COUNT as all { step s = one(after: n) yield s }"
    return f"{HEAD}{child}flow main() -> [int] {{\n{body}\n  return all\n}}\n".replace("COUNT", str(steps))


WORK: dict[str, tuple[str, str, int]] = {
    "100 steps": (in_turn(100), "InTurn", 100),
    "500 steps": (in_turn(500), "InTurn", 500),
    "100 side by side": (beside(100), "Beside", 100),
    "100 children": (children(100), "Children", 100),
}


@dataclass
class Measured:
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def runs() -> list[Row]:
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    rows: list[Row] = []
    async with _workers() as client:
        for name, (text, by_hand, steps) in WORK.items():
            flow, hand = await paired(partial(flow_once, client, text), partial(_by_hand, client, by_hand, steps))
            rows += [
                Row(f"{name}: wall", *medians(flow.wall, hand.wall)),
                Row(f"{name}: CPU of client and worker", *medians(flow.cpu, hand.cpu)),
                *await _histories(client, name, flow, hand, text),
            ]
        rows += await _quick_reads(client)
        text = in_turn(100)
        followed, waited = await paired(partial(flow_once, client, text, follow=True), partial(flow_once, client, text))
        rows.append(Row("100 steps, followed, beside only waited for: wall", *medians(followed.wall, waited.wall)))
        rows.append(Row("the same: CPU of client and worker", *medians(followed.cpu, waited.cpu)))
    return rows


@asynccontextmanager
async def server() -> AsyncIterator[TemporalClient]:
    settings = [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=find_binary(), dev_server_extra_args=settings, dev_server_log_level="error"
    )
    async with environment:
        await register_attributes(environment.client)
        yield environment.client


@asynccontextmanager
async def _workers() -> AsyncIterator[Client]:
    async with server() as temporal:
        store = MemoryStore()
        plugin = FlowPlugin(tools=[number_next], store=store)
        async with (
            Worker(temporal, task_queue=FLOWS, plugins=[plugin]),
            Worker(temporal, task_queue=HANDS, workflows=BY_HAND, activities=[next_number]),
        ):
            yield Client(temporal, store)


async def _quick_reads(client: Client) -> list[Row]:
    """Whole runs, and what one more read costs in them: a run takes its time to begin and to end, whatever it does."""
    (quick, plain), (one_quick, one_plain) = [await _quick_and_plain(client, in_turn(reads)) for reads in (100, 1)]
    more = (quick - one_quick) / 99, (plain - one_plain) / 99
    return [
        Row("100 quick reads beside 100 plain ones: wall", quick, plain),
        Row("one more quick read beside one more plain one: wall", *more),
    ]


async def _quick_and_plain(client: Client, text: str) -> tuple[float, float]:
    quick, plain = await paired(
        partial(flow_once, client, text.replace("-> int read", "-> int read quick")), partial(flow_once, client, text)
    )
    return medians(quick.wall, plain.wall)


Once = Callable[[], Awaitable[str]]
"""Runs it and waits for its end; the workflow's id."""


async def paired(one: Once, other: Once) -> tuple[Measured, Measured]:
    """In turns; the first round, which warms up, is forgotten."""
    found = Measured(), Measured()
    for number in range(ROUNDS + 1):
        for measured, work in zip(found, (one, other), strict=True):
            begun, cpu = time.perf_counter(), _cpu()
            id_ = await work()
            if number:
                measured.wall.append(time.perf_counter() - begun)
                measured.cpu.append(_cpu() - cpu)
                measured.ids.append(id_)
    return found


async def flow_once(client: Client, text: str, *, follow: bool = False, queue: str = FLOWS) -> str:
    run = await client.submit(text, {}, task_queue=queue)
    if follow:
        async for _ in run.follow():
            pass
    await run.result()
    return run.id


async def _by_hand(client: Client, workflow_type: str, steps: int) -> str:
    id_ = uuid4().hex
    await client.temporal.execute_workflow(workflow_type, steps, id=id_, task_queue=HANDS)
    return id_


async def _histories(client: Client, name: str, flow: Measured, hand: Measured, text: str) -> list[Row]:
    """Events and bytes, those of children too; how many workflow tasks there are depends on the moment, so medians. The
    replay is of the last run's own histories.
    """
    flows, hands = [[await all_of(client, id_) for id_ in measured.ids] for measured in (flow, hand)]
    definition = len(prepare(MemoryStore(), text, None, {}).input.definition.inline or "")
    events = medians([_events(*each) for each in flows], [_events(*each) for each in hands])
    sizes = medians([bytes_of(*each) - definition for each in flows], [bytes_of(*each) for each in hands])
    (own, _), (plain, _) = flows[-1], hands[-1]
    return [
        Row(f"{name}: events", *events, "events"),
        Row(f"{name}: without the definition", *sizes, "B"),
        Row(f"{name}: replay", await replay(client, *own), await replay(client, *plain)),
    ]


Histories = list[WorkflowHistory]


async def all_of(client: Client, id_: str) -> tuple[Histories, Histories]:
    """The histories of a run, and those of its children, those too that each of them continued as."""
    own = await executions(client, id_)
    events = [event for history in own for event in history.events]
    started = (event.child_workflow_execution_started_event_attributes for event in events)
    ids = [each.workflow_execution.workflow_id for each in started if each.workflow_execution.workflow_id]
    return own, [history for child in ids for history in await executions(client, child)]


async def executions(client: Client, id_: str) -> Histories:
    """The histories of a run and of all executions that it continued as."""
    found = []
    described = await client.temporal.get_workflow_handle(id_).describe()
    run_id: str | None = described.raw_description.workflow_execution_info.first_run_id
    while run_id:
        history = await client.temporal.get_workflow_handle(id_, run_id=run_id).fetch_history()
        found.append(history)
        last = history.events[-1]
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id or None
    return found


def _events(*histories: Histories) -> int:
    return sum(len(history.events) for each in histories for history in each)


def bytes_of(*histories: Histories) -> int:
    return sum(event.ByteSize() for each in histories for history in each for event in history.events)


async def replay(client: Client, *histories: WorkflowHistory, keys: Keyring = NO_KEYS) -> float:
    """Of all of them, one after the other."""
    namespace = client.temporal.namespace  # what is encrypted is bound to it
    replayer = Replayer(workflows=BY_HAND, plugins=[FlowPlugin(store=client.store, keys=keys)], namespace=namespace)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for history in histories:
            await replayer.replay_workflow(history)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def medians(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    return statistics.median(one), statistics.median(other)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
