"""Children of a run: started, ended, cancelled, told to report, looked after."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair
from temporalio.exceptions import ApplicationError, FailureError, TerminatedError, WorkflowAlreadyStartedError

from dsl.expressions.values import Reference
from interpreter.boundary.beginnings import DefinitionEnvelope, Lease
from interpreter.boundary.names import (
    DESCRIBE_RUN_ACTIVITY,
    FLOW_ATTRIBUTE,
    LONGEST_ID,
    REPORT_SIGNAL,
    WORKFLOW,
    child_id,
    detached_id,
    is_detached,
    parent_of,
    path_of_child,
)
from interpreter.boundary.payloads import (
    ChildReport,
    DescribeRunRequest,
    ParentLink,
    Price,
    ReportRequest,
    RunInput,
    RunResult,
    Spent,
)
from interpreter.boundary.sparse import sparse
from interpreter.core.commands import StartChild
from interpreter.core.events import ChildEnded
from interpreter.workflow.children import Children, parent_link
from tests.definition.reading import definition
from tests.workflow.ends import cancelled, child_error
from tests.workflow.played import Asked, Handle, Info, Played, gone, settle

TEXT = 'edition 1\nflow child(x: text) -> text { return x }\nflow main() { step child(x: "a") }\n'
CHILD, START, SIGNAL = "main/child", f"child {WORKFLOW}", f"signal {REPORT_SIGNAL}"
ID = child_id("run", "first-run", CHILD)
HASH = "a" * 64


class World:
    """Children, and what arrived of them."""

    def __init__(self, played: Played, told: dict[str, str] | None = None) -> None:
        self.played = played
        self.definition = definition(TEXT, "main")
        self.input = RunInput(
            DefinitionEnvelope(self.definition.hash, "inline"),
            "main",
            {},
            requester="ann",
            prices={"m": Price("0.1", "0.2")},
            max_output={"m": 5},
            children=told or {},
        )
        self.inbox: list[Callable[[], Any]] = []
        self.children = Children(self.input, self.inbox.append)

    @property
    def events(self) -> list[ChildEnded]:
        return [arrival() for arrival in self.inbox]

    async def asked(self, id_: str = CHILD) -> Asked:
        self.children.start(command(id_))
        await settle()
        return self.played.take(START)

    async def started(self, id_: str = CHILD) -> Handle:
        """How the child ends."""
        asked, ends = await self.asked(id_), self.played.handle()
        asked.end(ends)
        await settle()
        return ends


@pytest.fixture
def world(played: Played) -> World:
    return World(played)


def command(id_: str = CHILD, **other: Any) -> StartChild:
    return StartChild(id_, "child", **{"input": {"x": "a"}, "lease": Lease(usd="1"), "summary": "child"} | other)


async def test_what_is_sent(world: World) -> None:
    world.children.start(command(input={"x": Reference(HASH, 9)}, rehearsal=True))
    await settle()
    asked = world.played.take(START)
    sent = RunInput(
        definition=world.input.definition,
        flow="child",
        input={"x": {"$ref": HASH, "$size": 9}},
        references=[[["x"], HASH, 9]],
        requester="ann",
        prices={"m": Price("0.1", "0.2")},
        max_output={"m": 5},
        lease=Lease(usd="1"),
        rehearsal=True,
    )
    assert asked.arguments == (sparse(sent),)
    assert asked.options["id"] == ID
    assert asked.options["parent_close_policy"] is workflow.ParentClosePolicy.ABANDON
    assert asked.options["cancellation_type"] is workflow.ChildWorkflowCancellationType.ABANDON
    assert asked.options["task_timeout"] == timedelta(seconds=10)
    assert asked.options["search_attributes"] is None
    assert list(asked.options["memo"].values()) == ["child"]
    assert asked.options["static_summary"] is None, "its place is the end of its id"


async def test_a_child_whose_id_does_not_say_who_waits_for_it_is_told(world: World) -> None:
    far_down = "main/" + "x" * 2_000
    asked = await world.asked(far_down)
    assert asked.arguments[0]["parent"] == {"workflow_id": "run", "command": far_down}
    assert asked.options["static_summary"] == "child"
    assert len(asked.options["id"]) <= LONGEST_ID


@pytest.mark.parametrize(
    ("id_", "parent", "link"),
    [
        (ID, "run", ParentLink("run", CHILD)),
        (child_id("run", "first-run", "main/a[0]/b"), "run", ParentLink("run", "main/a[0]/b")),
        ("of/its/own", "run", None),
        (ID, "another", None),
        (ID, None, None),
    ],
)
async def test_a_child_knows_by_its_id_who_waits_for_it(
    played: Played, id_: str, parent: str | None, link: ParentLink | None
) -> None:
    played.info_ = Info(workflow_id=id_, parent=parent and SimpleNamespace(workflow_id=parent))
    assert parent_link() == link


def test_nobody_is_the_parent_of_what_is_detached_by_its_id() -> None:
    """So it reports to nobody, and is no orphan when the run that started it is gone."""
    id_ = detached_id("run", "first-run", CHILD)
    assert (parent_of(id_, "run"), path_of_child(id_, "run"), is_detached(id_, "run")) == (None, None, True)
    assert not is_detached(ID, "run")
    assert len(detached_id("run", "first-run", "x" * 2_000)) <= LONGEST_ID


def test_runs_that_begin_at_the_same_time_under_one_id_have_children_of_their_own() -> None:
    """The ids of executions begin with their time."""
    first, second = "019ac0de-1b2c-7abc-8def-0123456789ab", "019ac0de-1b2d-7abc-8def-ba9876543210"
    assert child_id("run", first, CHILD) != child_id("run", second, CHILD)
    assert parent_of(child_id("run", second, CHILD), "run") == ("run", "76543210")


@pytest.mark.parametrize("detached", [False, True])
async def test_only_what_is_detached_is_found_by_its_flow_from_its_start(played: Played, detached: bool) -> None:
    attribute = SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE)
    played.info_.typed_search_attributes = [SearchAttributePair(attribute, "main")]
    world = World(played)
    world.children.start(command(detached=detached))
    await settle()
    asked = played.take(START)
    assert asked.options["memo"] is None
    found = {pair.key.name: pair.value for pair in asked.options["search_attributes"] or []}
    assert found == ({"SteadflowFlow": "child"} if detached else {}), "a child's history begins with it"


async def test_the_size_counts_what_travels(world: World) -> None:
    assert world.children.size(command()) == len("inline") + len('[{"x": "a"}, []]')
    assert world.children.size(command(input={"x": Reference(HASH, 10**9)})) < 300


async def test_a_start_is_awaited_before_anything_is_settled(world: World) -> None:
    asked = await world.asked()
    assert (world.children.settled, world.children.in_flight) == (False, 1)
    ends = world.played.handle()
    asked.end(ends)
    await settle()
    assert (world.children.settled, world.children.in_flight, world.inbox) == (True, 1, [])
    ends.set_result(RunResult("b", Spent(tokens=5)))
    await settle()
    (event,) = world.events
    assert (event.id, event.report.outcome, event.report.spent) == (CHILD, "completed", Spent(tokens=5))
    assert (world.children.settled, world.children.in_flight) == (True, 0)


async def test_a_child_that_does_not_start(world: World) -> None:
    (await world.asked()).fail(WorkflowAlreadyStartedError(ID, WORKFLOW))
    await settle()
    (event,) = world.events
    assert (event.id, event.report.outcome) == (CHILD, "failed")
    assert (world.children.settled, world.children.in_flight) == (True, 0)


@pytest.mark.parametrize(
    ("cause", "outcome"), [(ApplicationError("no", type="Broken"), "failed"), (cancelled(), "cancelled")]
)
async def test_a_child_that_ends_by_itself_is_not_asked(world: World, cause: FailureError, outcome: str) -> None:
    (await world.started()).set_exception(child_error(cause))
    await settle()
    assert [event.report.outcome for event in world.events] == [outcome]
    assert world.played.asked == []


@pytest.mark.parametrize("found", [True, False])
async def test_what_a_lost_child_leaves_is_read_from_its_history(world: World, found: bool) -> None:
    (await world.started()).set_exception(child_error(TerminatedError("terminated")))
    await settle()
    assert world.events == []
    asked = world.played.take(DESCRIBE_RUN_ACTIVITY)
    assert asked.arguments == (DescribeRunRequest(ID, CHILD),)
    assert "maximum_attempts=0" in str(asked.options["retry_policy"])
    report = ChildReport(CHILD, "lost", spent=Spent(tokens=7), ledger=[{"path": "x"}])
    world.played.now = 200.0
    asked.end(report if found else None)
    await settle()
    (event,) = world.events
    assert event.report.outcome == "lost"
    assert event.report.spent == (report.spent if found else None)
    assert event.at == (200.0 if found else 100.0)
    assert world.children.in_flight == 0


async def test_a_bug_reaches_the_main_coroutine(world: World) -> None:
    (await world.started()).set_exception(ValueError("a bug"))
    await settle()
    (arrival,) = world.inbox
    with pytest.raises(ValueError, match="a bug"):
        arrival()


async def test_a_cancel_waits_for_the_start(world: World) -> None:
    asked = await world.asked()
    world.children.cancel(CHILD)
    await settle()
    assert "cancel" not in world.played.names
    asked.end(world.played.handle())
    await settle()
    assert not world.children.settled
    sent = world.played.take("cancel")
    assert sent.arguments == (ID,)
    sent.end()
    await settle()
    assert world.children.settled


async def test_a_cancel_of_a_child_that_never_began_is_over_with_it(world: World) -> None:
    asked = await world.asked()
    world.children.cancel(CHILD)
    await settle()
    asked.fail(WorkflowAlreadyStartedError(ID, WORKFLOW))
    await settle()
    assert world.played.asked == []
    assert world.children.settled


async def test_a_cancel_of_a_child_that_has_just_ended(world: World) -> None:
    await world.started()
    world.children.cancel(CHILD)
    await settle()
    world.played.take("cancel").fail(gone())
    await settle()
    assert world.children.settled
    assert world.inbox == []


async def test_a_cancel_goes_to_a_child_from_before_a_continue(played: Played) -> None:
    world = World(played, {CHILD: "run/child-of-before"})
    assert world.children.runs(CHILD)
    assert not world.children.runs("main/other")
    world.children.cancel(CHILD)
    await settle()
    assert played.take("cancel").arguments == ("run/child-of-before",)


async def test_a_cancel_of_one_that_has_ended_goes_nowhere(world: World) -> None:
    (await world.started()).set_result(RunResult(None, Spent()))
    await settle()
    world.children.cancel(CHILD)
    await settle()
    assert world.played.asked == []
    assert world.children.settled


async def telling(world: World) -> Any:
    """Telling all to report, under way."""
    task = asyncio.create_task(world.children.tell_all_to_report())
    await settle()
    return task


async def test_each_open_child_is_told_once_to_report(world: World) -> None:
    await world.started()
    task = await telling(world)
    signal = world.played.take(SIGNAL)
    assert signal.arguments == (ID, ReportRequest(ParentLink("run", CHILD)))
    assert not task.done()
    assert world.children.told == {}
    signal.end()
    assert await task
    assert world.children.told == {CHILD: ID}
    assert await (await telling(world))
    assert world.played.asked == []


async def test_a_child_that_has_just_ended_is_waited_for(world: World) -> None:
    await world.started()
    task = await telling(world)
    world.played.take(SIGNAL).fail(gone())
    assert not await task
    assert world.children.told == {}


async def test_a_child_that_ends_while_it_is_told_is_not_expected_any_more(world: World) -> None:
    ends = await world.started()
    task = await telling(world)
    ends.set_result(RunResult(None, Spent()))
    await settle()
    world.played.take(SIGNAL).end()
    assert await task
    assert world.children.told == {}


async def test_a_report_is_the_end(played: Played) -> None:
    world = World(played, {CHILD: ID})
    result = RunResult({"$ref": HASH, "$size": 9}, Spent(), references=[[[], HASH, 9]])
    played.now = 300.0
    world.children.reported(ChildReport(CHILD, "completed", result))
    (event,) = world.events
    assert (event.at, event.id) == (300.0, CHILD)
    assert event.report.result is not None
    assert event.report.result.value == Reference(HASH, 9)
    assert world.children.told == {}


async def test_a_told_child_is_looked_after_at_longer_and_longer_intervals(played: Played) -> None:
    world = World(played, {CHILD: ID})
    world.children.look_after(CHILD)
    waits = []
    for _ in range(8):
        await settle()
        assert played.names == ["timer"]
        timer = played.take("timer")
        waits.append(timer.arguments[0] / timedelta(minutes=1))
        timer.end()
        await settle()
        played.take(DESCRIBE_RUN_ACTIVITY).end(None)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert world.inbox == []


async def test_one_that_was_terminated_is_found(played: Played) -> None:
    world = World(played, {CHILD: ID})
    world.children.look_after(CHILD)
    await settle()
    played.take("timer").end()
    await settle()
    asked = played.take(DESCRIBE_RUN_ACTIVITY)
    assert asked.arguments == (DescribeRunRequest(ID, CHILD),)
    asked.end(ChildReport(CHILD, "lost"))
    await settle()
    assert [event.report.outcome for event in world.events] == ["lost"]
    played.take("timer").end()
    await settle()
    assert played.asked == []


async def test_one_that_has_reported_is_looked_after_no_more(played: Played) -> None:
    world = World(played, {CHILD: ID})
    world.children.look_after(CHILD)
    await settle()
    world.children.reported(ChildReport(CHILD, "cancelled", ledger=[]))
    played.take("timer").end()
    await settle()
    assert played.asked == []
    assert len(world.inbox) == 1


async def test_the_id_is_that_of_the_first_execution(played: Played) -> None:
    played.info_ = Info(run_id="later-run", first_execution_run_id="first-run")
    assert (await World(played).asked()).options["id"] == ID


async def test_a_child_has_ended_when_its_end_came_not_when_it_began(world: World) -> None:
    """Else all that is reckoned from then is over before it begins."""
    ends = await world.started()
    world.played.now += 3_600
    ends.set_result(RunResult("a", Spent()))
    await settle()
    assert [event.at for event in world.events] == [3_700.0]
