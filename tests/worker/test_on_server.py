"""A worker with the plugin on a real server: calls as the driver makes them, and how each ending arrives."""

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.worker import Worker

from dsl.expressions.wire import to_wire
from dsl.values.references import shown
from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.boundary.failures import RUN_LOST, SIGNATURE_MISMATCH, UNDECLARED
from interpreter.boundary.names import CHAT_ACTIVITY, DEFINITION_FUNCTION, DESCRIBE_RUN_ACTIVITY
from interpreter.boundary.payloads import (
    ChatRequest,
    ChatResult,
    ChildReport,
    DescribeRunRequest,
    RunResult,
    Spent,
)
from interpreter.boundary.told import Told, heard
from interpreter.core.commands import CallTool
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import digest_of
from interpreter.stores.values import resolve
from interpreter.worker.agreements import SignatureError
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool, tool_of
from interpreter.workflow.beside import result_of
from interpreter.workflow.headers import for_call

pytestmark = pytest.mark.slow

running = threading.Event()
left = threading.Event()
calls: list[str] = []


@tool("tickets.open")
def open_ticket(subject: str, price: Decimal) -> dict[str, Any]:
    call = current()
    calls.append(call.key)
    return {"subject": subject, "price": price, "key": call.key, "attempt": call.attempt, "path": call.path}


@tool("slow.block")
def block(seconds: float) -> str:
    running.set()
    time.sleep(seconds)
    return "woke up"


@tool("slow.look")
def look() -> str:
    running.set()
    while not current().cancelled:
        time.sleep(0.01)
    left.set()
    raise ToolError("NotDone", "left in time")


@tool("slow.sleep")
async def sleep() -> None:
    running.set()
    await asyncio.sleep(60)


@tool("large.report")
def report() -> dict[str, str]:
    return {"title": "t", "body": "x" * 3_000_000}


TOOLS = [open_ticket, block, look, sleep, report]


def command(tool_name: str, arguments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = {tool_of(one).name: tool_of(one) for one in TOOLS}[tool_name].signature
    return {
        "id": "main/open~2",
        "tool": tool_name,
        "arguments": arguments,
        "key": "run/main/open",
        "attempt": 2,
        "timeout": 10_000,
        "heartbeat": 1_000,
        "queue": None,
        "signature": found.digest,
        "declared": found.readable,
        "summary": "open",
    } | changes


@workflow.defn(sandboxed=False)
class Caller:
    """Calls one tool as the driver does; what it answers is shown with its references."""

    @workflow.run
    async def run(self, call: dict[str, Any]) -> Any:
        one = CallTool(**call)
        with for_call(one, []):
            handle = workflow.start_activity(
                one.tool,
                one.arguments,
                result_type=RawValue,
                activity_id=one.id,
                start_to_close_timeout=timedelta(milliseconds=one.timeout),
                heartbeat_timeout=timedelta(milliseconds=one.heartbeat) if one.heartbeat is not None else None,
                retry_policy=RetryPolicy(maximum_attempts=1),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        return to_wire(shown(result_of(await handle)))


@workflow.defn(sandboxed=False)
class Loader:
    """Loads a definition through the door that the worker gives to workflows."""

    @workflow.run
    async def run(self, run_input: dict[str, Any]) -> str:
        content: bytes = workflow.extern_functions()[DEFINITION_FUNCTION](run_input["definition"]["hash"])
        return content.decode()


@workflow.defn(sandboxed=False)
class Child:
    """Ends as it is told to."""

    @workflow.run
    async def run(self, ending: str) -> RunResult:
        if ending == "fail":
            detail = {
                "failure": {"$type": "Failure", "kind": "Broken"},
                "spent": {"usd": "0.1", "tokens": 2, "calls": 1},
            }
            raise ApplicationError("it broke", detail, type="Broken")
        if ending == "wait":
            await workflow.sleep(60)
        return RunResult("done", Spent("0.5", 10, 1))


@workflow.defn(sandboxed=False)
class Runner:
    """Runs one activity of the run's own."""

    @workflow.run
    async def run(self, name: str, argument: Any) -> Any:
        return await workflow.execute_activity(name, argument, start_to_close_timeout=timedelta(seconds=10))


@asynccontextmanager
async def worker(
    address: str, store: MemoryStore | None = None, *, rehearse: bool = False, **settings: Any
) -> AsyncIterator[tuple[Client, str, Worker]]:
    for event in (running, left):
        event.clear()
    client = await Client.connect(address)
    queue = f"queue-{uuid.uuid4()}"
    plugin = FlowPlugin(tools=TOOLS, store=store or MemoryStore(), rehearse=rehearse)
    workflows = [Caller, Loader, Child, Runner]
    async with Worker(client, task_queue=queue, workflows=workflows, plugins=[plugin], **settings) as one:
        yield client, queue, one


async def start(client: Client, queue: str, flow: Any, *arguments: Any) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(flow, args=arguments, id=f"run-{uuid.uuid4()}", task_queue=queue)


async def cause(handle: WorkflowHandle[Any, Any]) -> BaseException | None:
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    error = caught.value.cause
    return error.cause if isinstance(error, ActivityError) else error


async def test_a_call_has_its_key_attempt_and_path_from_the_headers(temporal_address: str) -> None:
    async with worker(temporal_address) as (client, queue, _):
        handle = await start(client, queue, Caller.run, command("tickets.open", {"subject": "a", "price": "1.50"}))
        assert await handle.result() == {
            "subject": "a",
            "price": "1.50",
            "key": "run/main/open",
            "attempt": 2,
            "path": "main/open~2",
        }


async def test_another_signature_is_refused_with_both_sides_and_without_a_call(temporal_address: str) -> None:
    calls.clear()
    async with worker(temporal_address) as (client, queue, _):
        call = command("tickets.open", {"subject": "a"}, signature="0", declared="subject: text -> {id: text}")
        found = await cause(await start(client, queue, Caller.run, call))
    assert isinstance(found, ApplicationError)
    assert heard(found.type) == Told(SIGNATURE_MISMATCH)
    assert list(found.details) == ["subject: text -> {id: text}", "subject: text, price: decimal -> json"]
    assert calls == []


async def test_a_signature_that_differs_but_fits_is_served(temporal_address: str) -> None:
    async with worker(temporal_address) as (client, queue, _):
        declared = 'price: int, subject: "a" | "b" -> {subject: text}'
        call = command("tickets.open", {"subject": "a", "price": 1}, signature="0", declared=declared)
        assert (await (await start(client, queue, Caller.run, call)).result())["price"] == 1


async def test_a_blocked_thread_is_not_taken_for_lost(temporal_address: str) -> None:
    async with worker(temporal_address) as (client, queue, _):
        call = command("slow.block", {"seconds": 1.6}, heartbeat=500)
        assert await (await start(client, queue, Caller.run, call)).result() == "woke up"


async def test_a_cancel_reaches_a_thread_and_a_coroutine(temporal_address: str) -> None:
    async with worker(temporal_address) as (client, queue, _):
        for name in ("slow.look", "slow.sleep"):
            running.clear()
            handle = await start(client, queue, Caller.run, command(name, {}))
            await asyncio.to_thread(running.wait, 10)
            await handle.cancel()
            found = await cause(handle)
            if name == "slow.look":
                assert left.is_set()
                assert isinstance(found, ApplicationError)
                assert found.type == "NotDone"
            else:
                assert isinstance(found, CancelledError)


@pytest.mark.parametrize("name", ["slow.sleep", "slow.block"])
async def test_a_worker_that_stops_leaves_the_outcome_unknown_and_is_not_called_again(
    temporal_address: str, name: str
) -> None:
    arguments = {"seconds": 3} if name == "slow.block" else {}
    async with worker(temporal_address, graceful_shutdown_timeout=timedelta(seconds=0.1)) as (client, queue, _):
        handle = await start(client, queue, Caller.run, command(name, arguments, heartbeat=5_000))
        await asyncio.to_thread(running.wait, 10)
    async with Worker(client, task_queue=queue, workflows=[Caller]):
        found = await cause(handle)
    assert isinstance(found, ApplicationError)
    assert heard(found.type) == Told(UNDECLARED, at_work=name == "slow.block")
    assert found.message.startswith("the worker stopped")


async def test_what_ends_within_the_grace_has_succeeded(temporal_address: str) -> None:
    async with worker(temporal_address, graceful_shutdown_timeout=timedelta(seconds=5)) as (client, queue, _):
        handle = await start(client, queue, Caller.run, command("slow.block", {"seconds": 0.3}))
        await asyncio.to_thread(running.wait, 10)
    async with Worker(client, task_queue=queue, workflows=[Caller]):
        assert await handle.result() == "woke up"


async def test_a_large_result_travels_as_a_reference(temporal_address: str) -> None:
    store = MemoryStore()
    async with worker(temporal_address, store) as (client, queue, _):
        kept = await (await start(client, queue, Caller.run, command("large.report", {}))).result()
    assert resolve(store, kept, [[["body"], kept["body"]["$ref"], kept["body"]["$size"]]]) == report()


async def test_a_missing_definition_holds_the_run_until_it_is_there(temporal_address: str) -> None:
    store = MemoryStore()
    content = b'{"flow":"main"}'
    async with worker(temporal_address, store) as (client, queue, _):
        handle = await client.start_workflow(
            Loader.run,
            {"definition": {"hash": digest_of(content), "inline": None}},
            id=f"run-{uuid.uuid4()}",
            task_queue=queue,
            task_timeout=timedelta(seconds=1),  # also the wait before a failed task is tried again
        )
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(handle.result(), 0.5)
        store.put(content)
        assert await handle.result() == content.decode()


async def describe(client: Client, queue: str, workflow_id: str) -> ChildReport | None:
    request = DescribeRunRequest(workflow_id, "main/child")
    id_ = f"run-{uuid.uuid4()}"
    handle = await client.start_workflow(
        "Runner",
        args=[DESCRIBE_RUN_ACTIVITY, request],
        id=id_,
        task_queue=queue,
        result_type=ChildReport | None,  # type: ignore[arg-type]
    )
    found: ChildReport | None = await handle.result()
    return found


async def test_how_a_child_ended(temporal_address: str) -> None:
    async with worker(temporal_address) as (client, queue, _):
        done, failed, waiting, killed = [
            await start(client, queue, Child.run, ending) for ending in ("done", "fail", "wait", "wait")
        ]
        assert await describe(client, queue, waiting.id) is None
        await done.result()
        await cause(failed)
        await waiting.cancel()
        await cause(waiting)
        await killed.terminate()
        spent = Spent("0.5", 10, 1)
        assert await describe(client, queue, done.id) == ChildReport(
            "main/child", "completed", RunResult("done", spent), spent=spent, ledger=[]
        )
        assert await describe(client, queue, failed.id) == ChildReport(
            "main/child", "failed", failure={"$type": "Failure", "kind": "Broken"}, spent=Spent("0.1", 2, 1)
        )
        assert await describe(client, queue, waiting.id) == ChildReport("main/child", "cancelled", ledger=[])
        lost = await describe(client, queue, killed.id)
        assert lost is not None
        assert (lost.outcome, lost.failure["kind"], lost.ledger) == ("lost", RUN_LOST, None)
        gone = await describe(client, queue, "no-such-run")
        assert gone is not None
        assert gone.failure["kind"] == RUN_LOST


async def test_agents_are_rehearsed_when_that_is_asked_for(temporal_address: str) -> None:
    async with worker(temporal_address, rehearse=True) as (client, queue, _):
        handle = await client.start_workflow(
            "Runner",
            args=[CHAT_ACTIVITY, ChatRequest(agent="triage", model="gpt-4o", prompt="Sort this.")],
            id=f"run-{uuid.uuid4()}",
            task_queue=queue,
            result_type=ChatResult,
        )
        result = await handle.result()
    assert result.rehearsal
    assert result.output == "rehearsed answer of triage"


FLOW = """
edition 1
tool tickets.open(subject: text) -> { id: text } write { compensate none "a test" }
flow main() -> text { step case = tickets.open(subject: "a") return case.id }
"""


async def test_tools_that_do_not_fit_the_flows_keep_the_worker_from_starting(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    plugin = FlowPlugin(tools=[open_ticket], flows=[FLOW], store=MemoryStore())
    with pytest.raises(SignatureError) as caught:
        Worker(client, task_queue="q", plugins=[plugin])
    assert "the function demands `price`, which is not declared" in str(caught.value)


async def test_a_setting_of_the_callers_own_stays_and_others_are_the_recommended(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    plugin = FlowPlugin(store=MemoryStore())
    one = Worker(client, task_queue="q", plugins=[plugin], graceful_shutdown_timeout=timedelta(seconds=7))
    config = one.config(active_config=True)
    assert config["graceful_shutdown_timeout"] == timedelta(seconds=7)
    assert config["sticky_queue_schedule_to_start_timeout"] == timedelta(seconds=2)
