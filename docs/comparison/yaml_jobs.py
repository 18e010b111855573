"""The jobs as YAML on Temporal: `yaml_jobs.py worker`, `yaml_jobs.py JOB ID [cancel|result]`.

What runs `jobs.yaml` is `dsl/workflow.py` of Temporal's samples, which is not ours and not copied: SAMPLES names a
checkout of https://github.com/temporalio/samples-python. Its package has the name of ours, so it has to come first.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from temporalio import activity
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker
from world import NoCourier, act


@activity.defn(dynamic=True)
def do(given: Sequence[RawValue]) -> str:
    info = activity.info()
    values = [activity.payload_converter().from_payload(each.payload, str) for each in given]
    what = " ".join([info.activity_type, *values]) if info.activity_type == "models.ask" else info.activity_type
    try:
        return act(what, f"{info.workflow_id}/{info.activity_id}", *values)
    except NoCourier as error:
        raise ApplicationError(str(error), type="NoCourier", non_retryable=True) from error


async def main(job: str, name: str = "", what: str = "") -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    if job == "worker":
        sys.path.insert(0, os.environ["SAMPLES"])
        interpreter = importlib.import_module("dsl.workflow").DSLWorkflow
        with ThreadPoolExecutor(8) as threads:
            worker = Worker(
                client, task_queue="yaml", workflows=[interpreter], activities=[do], activity_executor=threads
            )
            await worker.run()
    handle = client.get_workflow_handle(name)
    if what == "cancel":
        await handle.cancel()
    elif what == "result":
        print(await handle.result())
    else:
        jobs = yaml.safe_load(Path(__file__).with_name("jobs.yaml").read_text(encoding="utf-8"))
        if name.startswith("atlantis"):
            jobs[job]["variables"]["city"] = "Atlantis"
        await client.start_workflow("DSLWorkflow", jobs[job], id=name, task_queue="yaml")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
