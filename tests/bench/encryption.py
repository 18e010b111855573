"""What encryption costs: the same flow with a key and without, on one server, in turns; and a payload by itself."""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

from temporalio.api.common.v1 import Payload
from temporalio.worker import Worker

from interpreter.api import FlowPlugin
from interpreter.client.client import Client
from interpreter.converter.codec import decrypted, encrypted
from interpreter.converter.own import client_with_keys
from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.stores.memory import MemoryStore
from tests.bench.runs import (
    beside,
    bytes_of,
    executions,
    flow_once,
    in_turn,
    medians,
    number_next,
    paired,
    replay,
    server,
)
from tests.bench.table import Row

WORK = {"100 steps": in_turn(100), "100 side by side": beside(100)}
SIZES = {"1 KB": 1_000, "64 KB": 64_000, "1 MB": 1_000_000}
TIMES = 200


def encryption() -> list[Row]:
    return [*asyncio.run(_runs()), *_payloads()]


async def _runs() -> list[Row]:
    rows: list[Row] = []
    keys, store = Keyring((Key.new("bench"),)), MemoryStore()
    async with server() as temporal:
        plain, secret = Client(temporal, store), Client(client_with_keys(temporal, keys), store)
        workers = [_worker(plain, "plain", NO_KEYS), _worker(secret, "secret", keys)]
        async with workers[0], workers[1]:
            for name, text in WORK.items():
                one, other = await paired(
                    partial(flow_once, secret, text, queue="secret"), partial(flow_once, plain, text, queue="plain")
                )
                own, hand = await executions(plain, one.ids[-1]), await executions(plain, other.ids[-1])
                rows += [
                    Row(f"{name}: wall", *medians(one.wall, other.wall)),
                    Row(f"{name}: CPU of client and worker", *medians(one.cpu, other.cpu)),
                    Row(f"{name}: history", bytes_of(own), bytes_of(hand), "B"),
                    Row(f"{name}: replay", await replay(secret, *own, keys=keys), await replay(plain, *hand)),
                ]
    return rows


def _worker(client: Client, queue: str, keys: Keyring) -> Worker:
    plugin = FlowPlugin(tools=[number_next], store=client.store, keys=keys)
    return Worker(client.temporal, task_queue=queue, plugins=[plugin])


def _payloads() -> list[Row]:
    keys, rows = Keyring((Key.new("bench"),)), []
    for name, size in SIZES.items():
        payload = Payload(metadata={"encoding": b"json/plain"}, data=os.urandom(size))
        rows.append(Row(f"{name}: there and back", _median(partial(_there_and_back, payload, keys))))
    return rows


def _there_and_back(payload: Payload, keys: Keyring) -> Payload:
    return decrypted(encrypted(payload, keys), keys)


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
