"""A child whose end comes with the first workflow task of its caller after a continue-as-new."""

from interpreter.boundary.payloads import ChildReport, RunResult
from tests.workflow.played import Played, settle
from tests.workflow.test_children import CHILD, ID, World


async def test_one_whose_end_comes_with_the_first_task_is_not_begun_again(played: Played) -> None:
    """Its report is handled before the commands are carried out that say what the run waits for."""
    world = World(played, {CHILD: ID})
    world.children.reported(ChildReport(CHILD, "completed", RunResult("yes"), child=ID))
    assert [event.report.outcome for event in world.events] == ["completed"]
    assert world.children.runs(CHILD)
    world.children.look_after(CHILD)
    await settle()
    assert (played.asked, world.children.runs(CHILD)) == ([], False)


async def test_one_that_was_looked_after_and_ends_is_one_that_does_not_run(played: Played) -> None:
    """What asks for it again under its id, after a retry, begins another."""
    world = World(played, {CHILD: ID})
    world.children.look_after(CHILD)
    await settle()
    world.children.reported(ChildReport(CHILD, "completed", RunResult("yes"), child=ID))
    assert not world.children.runs(CHILD)
