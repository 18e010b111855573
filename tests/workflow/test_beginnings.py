"""What a child begins with: a line, where that says all, and read as it was meant."""

import pytest
from temporalio.converter import DataConverter

from interpreter.boundary.beginnings import CHILD, DefinitionEnvelope, Lease, line
from interpreter.boundary.payloads import RunInput, Spent
from interpreter.boundary.sparse import sparse
from interpreter.core.purses import is_all_of
from interpreter.stores.pruning import digests_in
from tests.workflow.played import Played
from tests.workflow.test_children import World

HASH = "3d6e6b4c72680f8b4d0f1673b567adb04952c57e4e28a60e2e6e2a705d3b27cf"
STORED = DefinitionEnvelope(HASH)


@pytest.mark.parametrize(
    ("lease", "words"),
    [
        (Lease("0.5", 1000, 3), "0.5 1000 3"),
        (Lease("0", 0, 0), "0 0 0"),
        (Lease(), "- - -"),
        (Lease(tokens=7), "- 7 -"),
        (Lease(calls=1, deadline=1795858399.8555694), "- - 1 1795858399.8555694"),
    ],
)
def test_a_line_is_read_as_it_was_written(lease: Lease, words: str) -> None:
    written = line(STORED, "shop.notify", lease)
    assert written == f"{HASH} shop.notify {words}"
    given = {"child": written, "input": {"x": 1}, "requester": "ann"}
    converter = DataConverter.default.payload_converter
    (payload,) = converter.to_payloads([given])
    (read,) = converter.from_payloads([payload], [RunInput])
    assert read == RunInput(STORED, "shop.notify", {"x": 1}, requester="ann", lease=lease)
    assert "child" not in sparse(read), "whoever goes on with it says it in full"
    found = CHILD.search(payload.data)
    assert found is not None
    assert found[1].decode() == HASH


@pytest.mark.parametrize(
    ("definition", "lease"), [(STORED, Lease(depth={"f": 2})), (DefinitionEnvelope(HASH, "inline"), Lease())]
)
def test_what_does_not_fit_is_no_line(definition: DefinitionEnvelope, lease: Lease) -> None:
    assert line(definition, "notify", lease) == ""


def test_what_a_run_below_is_of_stays_in_the_store() -> None:
    assert digests_in(line(STORED, "notify", Lease()).encode()) == {HASH}


async def test_what_a_child_begins_with_is_a_line(played: Played) -> None:
    world = World(played)
    world.input.definition.inline = None
    (sent,) = (await world.asked()).arguments
    said = f"{world.definition.hash} child 1 - -"
    assert sent == {"child": said, "input": {"x": "a"}} | {
        name: value for name, value in sparse(world.input).items() if name in ("requester", "prices", "max_output")
    }


@pytest.mark.parametrize(
    ("spent", "lent", "all_"),
    [
        (Spent(calls=1), Lease("0", 0, 1), True),
        (Spent(calls=1), Lease(calls=1), True),
        (Spent("0.50", 7, 1), Lease("0.5", 7, 1), True),
        (Spent(calls=1), Lease("0", 0, 2), False),
        (Spent(calls=2), Lease("0", 0, 1), False),
        (Spent(calls=1), Lease(), False),
        (Spent(), None, False),
        (None, Lease(), False),
    ],
)
def test_what_is_not_told_is_what_was_reserved(spent: Spent | None, lent: Lease | None, all_: bool) -> None:
    assert is_all_of(spent, lent) is all_
