"""Requests of runs on a real Temporal server: what reached the other side, how often, and what the run says of it."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from dsl.analysis import analyse
from dsl.expressions.functions_encoding import encoded
from dsl.source import Source
from interpreter.boundary.failures import HTTP_REFUSED, OUTCOME_UNKNOWN, TIMED_OUT
from interpreter.boundary.payloads import RunOptions
from interpreter.core.outcomes import Failure
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.http_server import Faulty, Reply, said
from tests.live.runs import LiveRun, Runs

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

DECLARED = """
tool a.read(n: int) -> { n: int } read {
  http get "SERVER/read/{{ n }}"
  timeout 1s
  errors NotFound when 404
  retry 0 times
}
tool a.write(n: int) -> { n: int } write final { http post "SERVER/write" auth "TOKEN" { body { n: n } } timeout 1s }
tool a.keyed(n: int) -> { n: int } write keyed final {
  http post "SERVER/keyed" { header "Idempotency-Key": key body { n: n } }
  retry 2 times backoff 1s to 1s
}
tool a.found(key: text) -> { n: int }? read { http get "SERVER/found" { query { key: key } } }
tool a.verified(n: int) -> { n: int } write final {
  http post "SERVER/verified" { body { n: n, key: key } }
  verify a.found(key: key) after 1s
}
tool a.quick() -> { n: int } read quick { http get "SERVER/quick" }
tool a.stand_in() -> text read { http get "SERVER/stand-in" }
"""
EVERY = """
flow every() {
  step a.read(1) step a.write(1) step a.keyed(1) step a.verified(1) step a.quick() step a.stand_in()
}
"""


@tool("a.stand_in")
def stand_in() -> str:
    return "a function"


class Bench:
    def __init__(self, runs: Runs, server: Faulty) -> None:
        self.runs = runs
        self.server = server

    async def start(self, body: str, change: Callable[[str], str] = str, **more: Any) -> LiveRun:
        declared = change(DECLARED.replace("SERVER", self.server.url))
        return await self.runs.start(f"edition 1\n{declared}\nflow f() -> json {{ {body} }}", **more)

    async def value(self, body: str, **more: Any) -> Any:
        return await (await self.start(body, **more)).value()

    async def failure(self, body: str) -> Failure:
        return await (await self.start(body)).failure()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def working(temporal_address: str) -> AsyncIterator[Bench]:
    client = await Client.connect(temporal_address)
    runs = Runs(client, uuid.uuid4().hex, MemoryStore())
    with Faulty().serving() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOKEN", "s3cret-token")
        patch.setenv("STEADFLOW_HTTP_PRIVATE", "127.0.0.0/8")
        flow = f"edition 1\n{DECLARED}\n{EVERY}".replace("SERVER", server.url)
        assert analyse(Source("every.flow", flow)).ok
        async with Worker(
            client, task_queue=runs.task_queue, plugins=[FlowPlugin([stand_in], [flow], store=runs.store)]
        ):
            yield Bench(runs, server)


@pytest_asyncio.fixture(loop_scope="module")
async def bench(working: Bench) -> Bench:
    working.server.forget()
    return working


async def test_a_server_that_is_busy_is_asked_when_it_says(bench: Bench) -> None:
    bench.server.plan("/write", Reply(429, headers={"Retry-After": "1"}), Reply(503), said({"n": 1}))
    run = await bench.start("step w = a.write(1) return w.n")
    assert (await run.value(), bench.server.targets()) == (1, ["POST /write"] * 3)
    assert bench.server.seen[0].headers["authorization"] == "Bearer s3cret-token"
    assert "s3cret" not in "".join(str(event) for event in await run.events())


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(breaks="before"), Reply(after=1.5), Reply(body=b"{", pause=1.5), Reply(302)]
)
async def test_nobody_knows_what_became_of_a_write(bench: Bench, reply: Reply) -> None:
    bench.server.plan("/write", reply)
    failure = await bench.failure("step w = a.write(1) return w.n")
    assert (failure.kind, bench.server.targets()) == (OUTCOME_UNKNOWN, ["POST /write"])


async def test_a_keyed_write_is_sent_again_with_its_key(bench: Bench) -> None:
    bench.server.plan("/keyed", Reply(500), Reply(breaks="before"), said({"n": 1}))
    assert await bench.value("step w = a.keyed(1) return w.n") == 1
    assert len(bench.server.seen) == 3
    assert len({seen.headers["idempotency-key"] for seen in bench.server.seen}) == 1


async def test_another_request_looks_up_what_became_of_one(bench: Bench) -> None:
    bench.server.plan("/verified", Reply(breaks="before"))
    bench.server.plan("/found", said({"n": 7}))
    assert await bench.value("step w = a.verified(1) return w.n") == 7
    sent, looked_up = bench.server.seen
    assert looked_up.target == f"/found?key={encoded(json.loads(sent.body)['key'])}"


async def test_what_is_refused_did_not_happen(bench: Bench) -> None:
    bench.server.plan("/write", Reply(422))
    handled = "try { step w = a.write(1) return w.n } on error as e { return [e.kind, text(e.details?.status)] }"
    assert await bench.value(handled) == [HTTP_REFUSED, "422"]
    bench.server.plan("/read/1", Reply(404))
    assert (
        await bench.value("try { step w = a.read(1) return w.n } on error NotFound as e { return e.kind }")
        == "NotFound"
    )
    bench.server.plan("/read/1", Reply(after=1.5))
    assert (await bench.failure("step w = a.read(1) return w.n")).kind == TIMED_OUT


async def test_a_definition_sends_nothing_that_the_worker_does_not_have(bench: Bench) -> None:
    """Whoever submits a run cannot have a credential sent elsewhere."""
    run = await bench.start("step w = a.write(1) return w.n", lambda text: text.replace("/write", "/steal"))

    def waiting(view: Any) -> str | None:
        return next((step.detail for step in view.steps if "waits for a worker" in (step.detail or "")), None)

    assert "http post" in await run.seen(waiting)
    assert bench.server.seen == []
    await run.handle.terminate()


async def test_a_quick_one_is_local_work_and_waits_no_longer_within_it(bench: Bench) -> None:
    bench.server.plan("/quick", Reply(503, headers={"Retry-After": "1"}), said({"n": 3}))
    run = await bench.start("step q = a.quick() return q.n")
    assert (await run.value(), len(bench.server.seen)) == (3, 2)


async def test_a_function_of_the_worker_stands_in(bench: Bench) -> None:
    assert await bench.value("step s = a.stand_in() return s") == "a function"


async def test_a_staged_run_sends_no_write(bench: Bench) -> None:
    bench.server.plan("/read/1", said({"n": 1}))
    body = "step r = a.read(1) step w = a.write(r.n) return r.n"
    assert await bench.value(body, options=RunOptions(staged=True)) == 1
    assert bench.server.targets() == ["GET /read/1"]
