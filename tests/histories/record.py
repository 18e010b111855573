"""Records the histories of representative run cases: `python -m tests.histories.record [FOLDER]`.

Nothing in a recording names the machine: the workers' identity is `recorder`, and stack traces are left out.
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.histories.recorded import FOLDER
from tests.live.server import local_server
from tests.runs.case import Case, all_cases
from tests.runs.served import PlannedProvider, Served, ServedRun

IDENTITY = "recorder"

PLAIN = (
    *("agent_next_model", "approval_escalated", "approval_quorum", "budget_block", "cancel_in_flight"),
    *("child_asks", "child_undone_by_parent", "compensate_in_reverse", "compensate_on_cancel", "for_each"),
    *("loop_exhausted", "loop_until", "parallel_fails", "parallel_for_keep_going", "references", "sleeping"),
    *("tool_retry", "try_handled", "undo_fails", "verify_found", "write_outcome_unknown"),
)
CONTINUED = (
    *(
        "agent_asked_again",
        "approval_escalated",
        "cancel_during_undo",
        "carried_beside_a_loop",
        "child_cancelled",
        "child_undone_by_parent",
    ),
    *("loop_nested_leaving", "loop_until", "parallel_for_in_order", "parallel_for_keep_going", "try_then_fails_later"),
)


async def record() -> dict[str, list[dict[str, Any]]]:
    """The executions of each run, by the name of its recording."""
    cases = {case.name: case for case in all_cases()}
    planned = [(name, cases[name], False) for name in PLAIN]
    planned += [(f"{name}-continued", cases[name], True) for name in CONTINUED]
    async with local_server() as environment:
        client = await Client.connect(environment.client.service_client.config.target_host, identity=IDENTITY)
        served = Served(client, "record")
        store = MemoryStore()
        for case in cases.values():
            served.keep(case, store)
        plugin = FlowPlugin(provider=PlannedProvider(served), store=store)
        async with Worker(client, task_queue=served.task_queue, activities=[served.tool()], plugins=[plugin]):
            recorded = await asyncio.gather(*(_record(served, case, eagerly) for _, case, eagerly in planned))
    return dict(zip((name for name, _, _ in planned), recorded, strict=True))


async def _record(served: Served, case: Case, eagerly: bool) -> list[dict[str, Any]]:
    _, run = await served.run(case, continue_eagerly=eagerly)
    return [execution async for execution in _executions(served.client, run)]


async def _executions(client: Client, run: ServedRun) -> AsyncIterator[dict[str, Any]]:
    """Every execution of the run and of its children, each before those that it has started."""
    waiting = deque([(run.id, run.first_run)])
    while waiting:
        id_, run_id = waiting.popleft()
        history = await client.get_workflow_handle(id_, run_id=run_id).fetch_history()
        for event in history.events:
            if event.HasField("child_workflow_execution_started_event_attributes"):
                child = event.child_workflow_execution_started_event_attributes.workflow_execution
                waiting.append((child.workflow_id, child.run_id))
            elif event.HasField("workflow_execution_continued_as_new_event_attributes"):
                continued = event.workflow_execution_continued_as_new_event_attributes
                waiting.append((id_, continued.new_execution_run_id))
        yield {"id": id_, "history": _without_traces(history.to_json_dict())}


def _without_traces(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without_traces(value) for name, value in data.items() if name != "stackTrace"}
    return [_without_traces(item) for item in data] if isinstance(data, list) else data


def main(folder: Path) -> None:
    folder.mkdir()  # a folder that exists is never written to again
    for name, executions in asyncio.run(record()).items():
        text = json.dumps(executions, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(FOLDER / (sys.argv[1] if len(sys.argv) > 1 else version("steadflow")))
