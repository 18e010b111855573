"""A question that comes with a workflow task is not answered while local work is under way in that task.

The SDK holds the completion of an activation until local work has ended, and where it answers a question it is sent
then: that ends the task, with the marker of the work, but before the run has heard of its end (temporalio 1.35). The
run hears of it with the next task, behind what has come with that; a replay lets it hear at the marker, and issues its
commands in another order, for ever.

So such an answer is left out, and the task goes on as if nobody had asked. The server finds the question without an
answer when the task ends, and asks again: by itself, or with the next task.
"""

from collections.abc import Callable, Sequence
from typing import Any

from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

ALONE = "legacy_query"
"""The id of a question that came by itself. Its answer ends no task."""

Activate = Callable[[Any], Any]


class PatientRunner(WorkflowRunner):
    """Makes instances with `runner`."""

    def __init__(self, runner: WorkflowRunner) -> None:
        self._runner = runner

    def prepare_workflow(self, defn: Any) -> None:
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self._runner.create_instance(det)
        instance.activate = _Patient(instance.activate)  # type: ignore[method-assign]
        return instance


class _Patient:
    """One run: it knows by their numbers which local activities are under way."""

    def __init__(self, activate: Activate) -> None:
        self._activate = activate
        self._under_way: set[int] = set()

    def __call__(self, act: Any) -> Any:
        for job in act.jobs:
            if job.HasField("resolve_activity") and job.resolve_activity.is_local:
                self._under_way.discard(job.resolve_activity.seq)
        completion = self._activate(act)
        commands = list(completion.successful.commands)
        for command in commands:
            if command.HasField("schedule_local_activity"):
                self._under_way.add(command.schedule_local_activity.seq)
        if self._under_way and any(map(_is_answer, commands)):
            del completion.successful.commands[:]
            completion.successful.commands.extend(each for each in commands if not _is_answer(each))
        return completion


def _is_answer(command: Any) -> bool:
    return bool(command.HasField("respond_to_query")) and command.respond_to_query.query_id != ALONE
