"""The jobs as Temporal code: `temporal_jobs.py worker`, `temporal_jobs.py JOB ID [approve|cancel]`."""

import asyncio
import contextvars
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from world import NoCourier, act

DEADLINE = timedelta(seconds=4)


def beat(until: threading.Event) -> None:
    while not until.wait(1):
        activity.heartbeat()


@activity.defn
def do(what: str, value: str) -> str:
    info = activity.info()
    over = threading.Event()
    context = contextvars.copy_context()
    beating = threading.Thread(target=context.run, args=(beat, over), daemon=True)
    beating.start()
    try:
        return act(what, f"{info.workflow_id}/{info.activity_id}", value)
    except NoCourier as error:
        raise ApplicationError(str(error), type="NoCourier", non_retryable=True) from error
    finally:
        over.set()
        beating.join()


async def call(what: str, value: str = "") -> str:
    return await workflow.execute_activity(
        do,
        args=[what, value],
        start_to_close_timeout=timedelta(seconds=30),
        heartbeat_timeout=timedelta(seconds=5),
        retry_policy=RetryPolicy(maximum_attempts=5),
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=what,
    )


@workflow.defn
class Saga:
    @workflow.run
    async def run(self, city: str) -> str:
        undo: list[str] = []
        try:
            undo.append("inventory.release")
            await call("inventory.reserve")
            undo.append("payments.credit")
            await call("payments.charge")
            await call("shipping.dispatch", city)
        except (ActivityError, asyncio.CancelledError) as error:
            for what in reversed(undo):
                await asyncio.shield(asyncio.ensure_future(call(what)))
            if is_cancelled_exception(error):
                raise
            return "rolled back"
        return "shipped"


@workflow.defn
class Support:
    def __init__(self) -> None:
        self.answer: bool | None = None

    @workflow.signal
    def decide(self, answer: bool) -> None:
        self.answer = answer

    @workflow.run
    async def run(self, _: str) -> str:
        try:
            await workflow.wait_condition(lambda: self.answer is not None, timeout=DEADLINE)
        except TimeoutError:
            return "declined"
        return await call("payments.refund") if self.answer else "declined"


@workflow.defn
class Research:
    @workflow.run
    async def run(self, _: str) -> list[str]:
        slots = asyncio.Semaphore(2)

        async def one(question: str) -> str:
            async with slots:
                return await call(f"models.ask {question}")

        return list(await asyncio.gather(*(one(f"q{number}") for number in range(6))))


JOBS = {"saga": Saga, "support": Support, "research": Research}


async def main(job: str, name: str = "", what: str = "") -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    if job == "worker":
        with ThreadPoolExecutor(8) as threads:
            worker = Worker(
                client, task_queue="hand", workflows=list(JOBS.values()), activities=[do], activity_executor=threads
            )
            await worker.run()
    handle = client.get_workflow_handle(name)
    if what == "approve":
        await handle.signal("decide", True)
    elif what == "cancel":
        await handle.cancel()
    elif what == "result":
        print(await handle.result())
    else:
        city = "Atlantis" if name.startswith("atlantis") else "Rome"
        await client.start_workflow(JOBS[job].run, city, id=name, task_queue="hand")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
