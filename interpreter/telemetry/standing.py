"""How many questions are open, for how long, and how many runs do not go on: asked of the server now and then, because
a worker knows only the runs that it has just worked on. Every worker tells the same of its namespace.

Since when a question is open, its run is asked once, when the question is seen first; a run that cannot be asked, since
nothing works on it, is taken to have asked when it was seen.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import Client, WorkflowExecution, WorkflowQueryFailedError
from temporalio.common import MetricMeter
from temporalio.service import RPCError

from interpreter.boundary import names
from interpreter.boundary.view import RunView
from interpreter.telemetry.bounded import Bounded

logger = logging.getLogger(__name__)

EVERY_SECONDS = 15.0
MOST_LOOKED_AT = 1_000
"""Runs that wait; where there are more, the gauge says so many."""
MOST_ASKED = 20
"""Runs that are asked in one look."""
QUERY_TIMEOUT = timedelta(seconds=5)
_OURS = f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus = 'Running'"
WAITING = f"{_OURS} AND {names.GROUPS_ATTRIBUTE} IS NOT NULL"
MOST_DESCRIBED = 200
"""Runs, the latest first, of which it is asked whether they go on."""
TRIES_BEFORE_STUCK = 2
"""A workflow task that is tried once more may only have lost its worker."""
LOOKS_BETWEEN = 4
"""Since each run is asked about on its own, not each look does that."""


@dataclass
class Standing:
    client: Client
    meter: MetricMeter
    every: float = EVERY_SECONDS
    _since: dict[str, list[float]] = field(default_factory=dict)
    _flows: set[str] = field(default_factory=set)
    _complained: bool = False
    _looks: int = 0

    def __post_init__(self) -> None:
        self._bounded = Bounded()
        self._open = self.meter.create_gauge("steadflow_questions_open", "Questions that wait for people")
        self._oldest = self.meter.create_gauge_float(
            "steadflow_question_oldest_age_seconds", "How long the oldest open question has waited"
        )
        self._stuck = self.meter.create_gauge("steadflow_runs_stuck", "Runs whose workflow task fails again and again")

    async def watch(self) -> None:
        while True:
            try:
                await self.look()
            except RPCError as error:
                level = logging.DEBUG if self._complained else logging.WARNING
                logger.log(level, "cannot count open questions and stuck runs: %s", error)
                self._complained = True
            await asyncio.sleep(random.uniform(self.every / 2, self.every))

    async def look(self) -> None:
        waiting = [run async for run in self.client.list_workflows(WAITING, limit=MOST_LOOKED_AT)]
        await self._learn(waiting)
        asked: dict[str, list[float]] = defaultdict(list)
        for run in waiting:
            asked[_flow(run)] += self._since[_wait(run)]
        for flow in self._flows | asked.keys():
            labels = self._bounded(flow=flow)
            self._open.set(len(asked[flow]), labels)
            self._oldest.set(time.time() - min(asked[flow]) if asked[flow] else 0.0, labels)
        self._flows |= asked.keys()
        if self._looks % LOOKS_BETWEEN == 0:
            self._stuck.set(await self._count_stuck())
        self._looks += 1

    async def _count_stuck(self) -> int:
        found = 0
        async for run in self.client.list_workflows(_OURS, limit=MOST_DESCRIBED):
            try:
                raw = (await self.client.get_workflow_handle(run.id, run_id=run.run_id).describe()).raw_description
            except RPCError as error:
                logger.debug("the run %s has just ended: %s", run.id, error)
                continue
            found += raw.pending_workflow_task.attempt > TRIES_BEFORE_STUCK
        return found

    async def _learn(self, waiting: list[WorkflowExecution]) -> None:
        known = {wait: self._since[wait] for run in waiting if (wait := _wait(run)) in self._since}
        left = MOST_ASKED
        for run in waiting:
            if _wait(run) not in known:
                known[_wait(run)] = await self._asked_at(run) if left > 0 else [time.time()]
                left -= 1
        self._since = known

    async def _asked_at(self, run: WorkflowExecution) -> list[float]:
        handle = self.client.get_workflow_handle(run.id, run_id=run.run_id)
        try:
            view: RunView = await handle.query(names.STATE_QUERY, 2**31, result_type=RunView, rpc_timeout=QUERY_TIMEOUT)
        except (RPCError, WorkflowQueryFailedError) as error:
            logger.debug("the run %s cannot be asked since when it waits: %s", run.id, error)
            return [time.time()]
        return [question.asked_at for question in view.questions] or [time.time()]


def _wait(run: WorkflowExecution) -> str:
    """What a run waits for: other questions, or another stage, are another wait."""
    told = {pair.key.name: pair.value for pair in run.typed_search_attributes}
    return f"{run.run_id} {told.get(names.GROUPS_ATTRIBUTE)} {told.get(names.DEADLINE_ATTRIBUTE)}"


def _flow(run: WorkflowExecution) -> str:
    found = next((pair.value for pair in run.typed_search_attributes if pair.key.name == names.FLOW_ATTRIBUTE), None)
    return str(found or "?")
