"""Which answers to questions are left out. Why, is seen on a server in `tests/traps/test_local_work.py`."""

from collections.abc import Iterable
from typing import Any, cast

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from interpreter.worker.patience import ALONE, PatientRunner


class Scripted(WorkflowRunner):
    """Makes an instance that issues what the test says."""

    def __init__(self) -> None:
        self.next = WorkflowActivationCompletion()

    def prepare_workflow(self, defn: Any) -> None:
        raise NotImplementedError

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = type("Instance", (), {"activate": lambda _, act: self.next})()
        return cast(WorkflowInstance, instance)


class World:
    def __init__(self) -> None:
        self.plain = Scripted()
        details: Any = None
        self.instance = PatientRunner(self.plain).create_instance(details)

    def issued(self, *, resolved: Iterable[int] = (), remote: Iterable[int] = (), **commands: Any) -> list[str]:
        """The names of the commands that are left of these, in an activation that tells of these ends."""
        act = WorkflowActivation()
        for local, numbers in ((True, resolved), (False, remote)):
            for number in numbers:
                job = act.jobs.add().resolve_activity
                job.seq, job.is_local = number, local
        completion = WorkflowActivationCompletion()
        completion.successful.SetInParent()
        for number in commands.get("local", ()):
            completion.successful.commands.add().schedule_local_activity.seq = number
        for id_ in commands.get("answers", ()):
            completion.successful.commands.add().respond_to_query.query_id = id_
        for number in commands.get("timers", ()):
            completion.successful.commands.add().start_timer.seq = number
        self.plain.next = completion
        left = self.instance.activate(act)
        return [str(each.WhichOneof("variant")) for each in left.successful.commands]


def test_a_question_is_answered_when_no_local_work_is_under_way() -> None:
    world = World()
    assert world.issued(answers=["1"]) == ["respond_to_query"]
    assert world.issued(local=[1, 2], timers=[1]) == ["schedule_local_activity"] * 2 + ["start_timer"]
    assert world.issued(answers=["2", "3"]) == []
    assert world.issued(resolved=[1]) == []
    assert world.issued(answers=["4"]) == []
    assert world.issued(resolved=[2], answers=["5"]) == ["respond_to_query"]


def test_work_that_begins_beside_the_question_counts() -> None:
    assert World().issued(local=[1], answers=["1"], timers=[1]) == ["schedule_local_activity", "start_timer"]


def test_the_end_of_other_work_is_not_the_end_of_local_work() -> None:
    world = World()
    world.issued(local=[1])
    assert world.issued(remote=[1], answers=["1"]) == []


def test_a_question_that_came_by_itself_is_always_answered() -> None:
    world = World()
    world.issued(local=[1])
    assert world.issued(answers=[ALONE]) == ["respond_to_query"]


def test_a_task_that_failed_stays_as_it_is() -> None:
    world = World()
    world.issued(local=[1])
    failed = world.plain.next = WorkflowActivationCompletion()
    failed.failed.failure.message = "broken"
    assert world.instance.activate(WorkflowActivation()).failed.failure.message == "broken"
    assert failed.WhichOneof("status") == "failed"
