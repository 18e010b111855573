"""What a child is started with, and what it leaves, where that is not what it mostly is."""

import json

import pytest

from dsl.values.references import parted
from interpreter.boundary.ledgers import row_of
from interpreter.boundary.names import STATE_FUNCTION
from interpreter.boundary.payloads import RunResult, Spent
from interpreter.workflow.limits import size_of
from tests.workflow.played import Played, settle
from tests.workflow.test_children import HASH, START, World, command


async def test_what_is_detached_where_nothing_is_registered_has_no_attributes(played: Played) -> None:
    world = World(played)
    world.children.start(command(detached=True))
    await settle()
    asked = world.played.take(START)
    assert asked.options["search_attributes"] is None
    assert list(asked.options["memo"].values()) == ["child"]


async def test_a_ledger_that_was_too_large_to_travel_is_whole_again(played: Played) -> None:
    world = World(played)
    entries = [{"id": "main/a", "state": "done"}]
    world.played.functions[STATE_FUNCTION] = {HASH: json.dumps(entries)}.get
    ends = await world.started()
    ends.set_result(RunResult("a", Spent(), ledger=row_of(HASH, 70_000)))
    await settle()
    assert [event.report.ledger for event in world.events] == [entries]


@pytest.mark.parametrize("inline", ["inline", None])
def test_what_starting_sends_is_the_input_and_the_definition_if_that_travels(
    played: Played, inline: str | None
) -> None:
    world = World(played)
    world.input.definition.inline = inline
    assert world.children.size(command()) == len(inline or "") + size_of(parted({"x": "a"}))
