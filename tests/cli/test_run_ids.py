"""One rule for the ids of runs, and what becomes of one that was used before."""

import asyncio
from pathlib import Path

import pytest

from interpreter.client.client import connect
from interpreter.client.errors import IdRefused, RunExists
from interpreter.client.ids import LONGEST, checked_id
from tests.cli.conftest import CASES, Dsl

SHOP = CASES / "shop.flow"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.flow"
    path.write_text("edition 1\nflow small(n: int) -> int { return n }\n")
    return path


@pytest.mark.parametrize(
    "id", ["", " ", "a b", "a\nb", "a\tb", "a\x1b[2Jb", "a\u202eb", "a\u00a0b", "a\u2028b", "\ud800", "-v", "x" * 201]
)
def test_white_space_and_what_cannot_be_seen_are_no_part_of_an_id(id: str) -> None:
    with pytest.raises(IdRefused):
        checked_id(id)


@pytest.mark.parametrize("id", ["a", "order-17", "orders/17", "übung", "注文-1", "x" * LONGEST])
def test_what_can_be_read_and_typed_is_one(id: str) -> None:
    assert checked_id(id) == id


def test_run_and_submit_refuse_it_alike(dsl: Dsl, small: Path) -> None:
    for command in ("run", "submit"):
        ended = dsl.here(command, small, "--set", "n=1", "--id", "two\nlines")
        assert (ended.code, ended.out) == (2, "")
        assert "'two\\nlines' cannot be the id of a run" in ended.err


def test_a_used_id_is_refused_with_the_result_named(dsl: Dsl, small: Path) -> None:
    assert dsl.here("run", small, "--set", "n=1", "--id", "used").json == 1
    again = dsl.here("run", small, "--set", "n=2", "--id", "used")
    assert (again.code, again.out) == (2, "")
    assert "there was a run used already, which has completed, and its result is 1" in again.err
    assert "--again new" in again.err
    attached = dsl.here("run", small, "--set", "n=2", "--id", "used", "--again", "attach")
    assert (attached.code, attached.json) == (0, 1), "it is the run that there was"
    anew = dsl.here("run", small, "--set", "n=3", "--id", "used", "--again", "new")
    assert (anew.code, anew.json) == (0, 3)


def test_one_that_is_under_way_can_only_be_attached_to(dsl: Dsl, tmp_path: Path) -> None:
    """Nothing works on what is submitted here, so it stays under way."""
    asked = ("submit", SHOP, "--set", "item=book", "--id", "busy", "--task-queue", "nobody")
    assert dsl.here(*asked).code == 0
    for again, code in (("reject", 2), ("new", 2), ("attach", 0)):
        ended = dsl.here(*asked, "--again", again)
        assert ended.code == code, ended.err
        assert ("under way already" in ended.err) == (code == 2)
    (tmp_path / "other.flow").write_text("edition 1\nflow shop(item: text) -> text { return item }\n")
    other = dsl.here("submit", tmp_path / "other.flow", "--set", "item=book", "--id", "busy", "--again", "attach")
    assert (other.code, "another definition" in other.err) == (2, True), other.err
    assert dsl.here("terminate", "busy", "--yes").code == 0


def test_an_answer_to_a_finished_run_is_told_how_it_ended(dsl: Dsl, small: Path) -> None:
    assert dsl.here("run", small, "--set", "n=1", "--id", "answered-late").code == 0
    for command in ("approve", "reject"):
        ended = dsl.here(command, "answered-late", "--by", "ada")
        assert (ended.code, ended.out) == (1, "")
        assert "the run answered-late has completed, so it takes no answer any more" in ended.err


def test_a_program_is_refused_too(dsl: Dsl, small: Path) -> None:
    async def submitted() -> None:
        async with await connect(state_dir=dsl.state) as client:
            with pytest.raises(IdRefused):
                await client.submit(small, {"n": 1}, id="two words")
            await client.submit(small, {"n": 1}, id="of-a-program")
            with pytest.raises(RunExists):
                await client.submit(small, {"n": 1}, id="of-a-program")
            same = await client.submit(small, {"n": 1}, id="of-a-program", again="attach")
            await same.terminate()

    asyncio.run(submitted())
