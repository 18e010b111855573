"""The same work written by hand: plain workflows and activities, as Temporal's own samples write them."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow

TIMEOUT = timedelta(seconds=30)


@activity.defn(name="number.next")
async def next_number(given: dict[str, int]) -> int:
    return given["after"] + 1


def _call(after: int, name: str) -> Any:
    return workflow.start_activity(
        "number.next", {"after": after}, result_type=int, activity_id=name, start_to_close_timeout=TIMEOUT, summary=name
    )


@workflow.defn
class InTurn:
    @workflow.run
    async def run(self, steps: int) -> int:
        number = 0
        for position in range(steps):
            number = await _call(number, f"s{position}")
        return number


@workflow.defn
class Beside:
    @workflow.run
    async def run(self, steps: int) -> list[int]:
        found: list[int] = await asyncio.gather(*(_call(position, f"s{position}") for position in range(steps)))
        return found


@workflow.defn
class OneStep:
    @workflow.run
    async def run(self, after: int) -> int:
        number: int = await _call(after, "s")
        return number


@workflow.defn
class Children:
    @workflow.run
    async def run(self, steps: int) -> list[int]:
        own = workflow.info().workflow_id
        started = (
            workflow.execute_child_workflow("OneStep", position, result_type=int, id=f"{own}/{position}")
            for position in range(steps)
        )
        found: list[int] = await asyncio.gather(*started)
        return found


BY_HAND = [InTurn, Beside, OneStep, Children]
