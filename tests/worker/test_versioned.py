"""Workers of a versioned deployment: a run goes on with the current version, also one that another version began.

Temporal's worker does not start where a workflow says nothing of versions.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from interpreter.api import tool
from interpreter.client.waiting import missing_workers
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.settings import with_recommended
from tests.live.runs import LiveRun, Runs, eventually

FLOW = """edition 1
tool plus(n: int) -> int read { exclusive by n }
flow below(n: int) -> int {
  step more = plus(n: n)
  return more
}
flow main() -> int {
  step one = below(n: 0)
  await approval ok "Go on from {{ one }}?" { from "leads" timeout 1h then reject }
  exclusive by "two" { step two = below(n: one) }
  return two
}
"""


@tool("plus")
def plus(n: int) -> int:
    return n + 1


@asynccontextmanager
async def version(runs: Runs, number: str) -> AsyncIterator[None]:
    """A worker of this version, which is the current one from then on."""
    deployed = WorkerDeploymentVersion(deployment_name=runs.task_queue, build_id=number)
    config = WorkerDeploymentConfig(version=deployed, use_worker_versioning=True)
    plugin = FlowPlugin([plus], store=runs.store)
    async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin], deployment_config=config):

        async def is_current() -> bool | None:
            request = SetWorkerDeploymentCurrentVersionRequest(
                namespace="default", deployment_name=runs.task_queue, build_id=number
            )
            try:
                await runs.client.workflow_service.set_worker_deployment_current_version(request)
            except RPCError:  # the server has not heard of this version yet
                return None
            return True

        await eventually(is_current)
        yield


async def worked_on_by(run: LiveRun) -> str:
    info = (await run.handle.describe()).raw_description.workflow_execution_info
    return info.versioning_info.deployment_version.build_id


@pytest.mark.parametrize(
    ("said", "is_said"),
    [
        (VersioningBehavior.UNSPECIFIED, VersioningBehavior.AUTO_UPGRADE),
        (VersioningBehavior.PINNED, VersioningBehavior.PINNED),
    ],
)
def test_a_deployment_may_say_something_else(said: VersioningBehavior, is_said: VersioningBehavior) -> None:
    deployed = WorkerDeploymentVersion("desk", "1")
    configs = [WorkerDeploymentConfig(deployed, versioned, said) for versioned in (True, False)]
    versioned, not_versioned = (with_recommended({"deployment_config": each})["deployment_config"] for each in configs)
    assert versioned == replace(configs[0], default_versioning_behavior=is_said)
    assert not_versioned == configs[1]


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_a_run_goes_on_with_the_current_version(temporal_address: str, eagerly: bool) -> None:
    runs = Runs(await Client.connect(temporal_address), f"versioned-{uuid4().hex[:8]}")
    async with version(runs, "1"):
        run = await runs.start(FLOW, eagerly=eagerly)
        question = await run.question()
        assert await worked_on_by(run) == "1"
        assert await missing_workers(runs.client, await run.handle.describe()) == []
    async with version(runs, "2"):
        await run.answer(question.id)
        assert await run.value() == 2
        assert await worked_on_by(run) == "2"
