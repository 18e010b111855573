"""Every example passes the check and runs to its end, on a real server.

Where nobody is asked, the server skips the time in which nothing happens; a question would time out at once.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client as TemporalClient
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from dsl.analysis import analyse
from dsl.linking.files import files_of
from dsl.source import Source
from interpreter.cli.scripted import Script
from interpreter.client.client import Client
from interpreter.client.errors import RunFailed
from interpreter.client.run import Run
from interpreter.providers.provider import Provider
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.providers.scripted import ScriptedProvider
from interpreter.server.command import DYNAMIC_CONFIG, find_binary
from interpreter.server.setup import register_attributes
from interpreter.stores.memory import MemoryStore
from interpreter.worker.flows import definitions
from interpreter.worker.model_script import read_models
from interpreter.worker.plugin import FlowPlugin
from tests.examples.example import EXAMPLES, FOLDER, RUNS, Example, agrees, rows
from tests.examples.journal import Journal
from tests.examples.shop import shop_on_this_machine
from tests.examples.site import failing_site

QUICKLY = ("deploy", "helper", "invoice", "refund", "report", "support", "vote")
"""Run by each run of the tests; the slow ones run the others."""
ON_ONE_LOOP = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    settings = [*DYNAMIC_CONFIG, "frontend.WorkflowTimeSkippingEnabled=true"]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=find_binary(),
        dev_server_extra_args=[part for setting in settings for part in ("--dynamic-config-value", setting)],
    ) as environment:
        await register_attributes(environment.client)
        yield environment


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_it_passes_the_check(example: Example) -> None:
    source = Source(str(example.flow), example.flow.read_text(encoding="utf-8"))
    assert analyse(source, files=files_of(str(example.flow))).diagnostics == ()


def test_each_is_run() -> None:
    assert {example.name for example in RUNS} | {"monitor", "desk"} == {example.name for example in EXAMPLES}


@ON_ONE_LOOP
@pytest.mark.parametrize(
    "example", [pytest.param(run, marks=() if str(run) in QUICKLY else pytest.mark.slow) for run in RUNS], ids=str
)
async def test_it_runs(
    example: Example, server: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADFLOW_DEMO_DIR", str(tmp_path))
    journal = Journal()
    if "fails" in example.expected:
        with pytest.raises(RunFailed) as failed:
            await carried_out(example, example.input, server, tmp_path, journal)
        assert {"kind": failed.value.kind, "message": failed.value.detail.message} == example.expected["fails"]
    else:
        result = await carried_out(example, example.input, server, tmp_path, journal)
        assert agrees(result, example.expected["result"]), result
    books = example.expected.get("books", {})
    assert rows(tmp_path, books) == books
    assert dict(journal.called) == example.expected["called"]
    for agent, words in example.expected.get("told", {}).items():
        assert journal.heard(agent, words), journal.told[agent]


@ON_ONE_LOOP
async def test_the_monitor_calls_when_a_site_fails_twice(
    server: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADFLOW_DEMO_DIR", str(tmp_path))
    monitor = Example("monitor")
    with failing_site(statuses=[200, 200, 500, 200, 503, 503]) as address:
        result = await carried_out(monitor, {"site": address}, server, tmp_path, Journal())
    assert result == {"probes": 6, "alarmed": True}
    (call,) = (tmp_path / "pager").iterdir()
    assert address in call.read_text(encoding="utf-8")


@ON_ONE_LOOP
@pytest.mark.parametrize(
    ("customer", "result", "opened", "closed"),
    [
        ("c-7", {"tickets": ["t-1", "t-2"], "voucher": "v-1"}, 2, 0),
        ("c-8", {"tickets": [], "voucher": "no voucher"}, 1, 1),
        ("c-9", {"tickets": [], "voucher": "unknown customer"}, 0, 0),
    ],
)
async def test_the_desk_asks_a_shop(
    server: WorkflowEnvironment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    customer: str,
    result: Any,
    opened: int,
    closed: int,
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "demo")
    monkeypatch.setenv("STEADFLOW_HTTP_PRIVATE", "127.0.0.1")
    with shop_on_this_machine(tmp_path) as (desk, shop):
        found = await carried_out(desk, {"customer": customer}, server, tmp_path, Journal())
    assert {**found, "tickets": sorted(found["tickets"])} == result
    assert (len(shop.tickets), len(shop.closed)) == (opened, closed)


def test_the_list_of_examples_is_complete() -> None:
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [example.name for example in EXAMPLES if f"({example.name}.flow)" not in listed] == []


async def carried_out(example: Example, input: Any, server: WorkflowEnvironment, folder: Path, journal: Journal) -> Any:
    """The result of a run on a worker of its own, its questions answered as the example's file says."""
    temporal = server.client
    script = example.script(folder)
    sends = example.expected.get("sends", ())
    if script.answers or sends:
        temporal = await TemporalClient.connect(temporal.service_client.config.target_host)
    client = Client(temporal, store := MemoryStore())
    queue = uuid.uuid4().hex
    models = example.models(folder)
    said: Provider = (
        RehearsalProvider() if models is None else ScriptedProvider(read_models(models, definitions([example.flow])))
    )
    plugin = FlowPlugin(example.tools, [example.flow], provider=journal.listening(said), rehearse=True, store=store)
    async with Worker(temporal, task_queue=queue, plugins=[plugin], interceptors=[journal]):
        run = await client.submit(example.flow, input, task_queue=queue, requester="test", with_tools=True)
        for sent in sends:
            await run.send(**sent)
        answering = asyncio.create_task(answer(run, script))
        result = await run.result()
        answering.cancel()
        assert not any(script.answers.values()), "not asked"
        return result


async def answer(run: Run, script: Script) -> None:
    """Give all answers of the script, as their questions are asked."""
    while any(script.answers.values()):
        for question in await run.approvals():
            for given in script.take(question):
                reply = await run.answer(
                    question,
                    given.decision,
                    by=given.by or "test",
                    answer=given.answer,
                    group=given.group,
                    note=given.note,
                )
                assert reply.accepted, reply
        await asyncio.sleep(0.05)
