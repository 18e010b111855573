"""A run that is over is told of without any worker, on any server, and nobody replays it for that."""

import asyncio
import json
import random
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from dsl.definition.packed import packed, unpacked
from interpreter.boundary.archive import LARGEST, archived, unarchived
from interpreter.boundary.payloads import Spent
from interpreter.boundary.view import Counts, LedgerView, Note, RunView
from interpreter.client.client import connect
from interpreter.server.folder import state_folder
from interpreter.server.record import read_record
from interpreter.worker import looking
from tests.cli.conftest import CASES, Dsl, Ended

pytestmark = pytest.mark.slow

SHOP = CASES / "shop.flow"


@pytest.fixture
def shared(dsl: Dsl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dsl:
    """`dsl` that knows the server by its address alone, and in which no run can be queried."""

    async def nobody(*_: object, **__: object) -> object:
        raise AssertionError("a run that is over was queried, so replayed")

    record = read_record(state_folder(dsl.state).server)
    assert record is not None
    monkeypatch.setenv("TEMPORAL_ADDRESS", record.address)
    monkeypatch.setattr(WorkflowHandle, "query", nobody)
    return Dsl(tmp_path / "elsewhere", tmp_path)


def shown(shared: Dsl, id: str, *options: str) -> Ended:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEADFLOW_STATE", raising=False)
        record = shared.here("show", id, *options)
    assert record.code == 0, record.err
    assert "nothing works" not in record.out
    return record


def test_finished_run_on_a_shared_server(dsl: Dsl, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("keep: { decision: approve, by: ada, answer: { count: 3 } }")
    assert dsl("run", SHOP, "--set", "item=book", "--answers", answers, "--id", "over").code == 0
    assert dsl("run", SHOP, "--set", "item=moon", "--id", "over-badly").code == 1
    shared: Dsl = request.getfixturevalue("shared")
    well = shown(shared, "over").out
    assert "hold: completed, shop.reserve" in well
    assert "keep: approved, by unverified ada for team" in well
    assert "2 calls" in well
    badly = shown(shared, "over-badly").out
    assert "hold: undone" in badly
    record = shown(shared, "over", "--json").json
    assert (record["told_by"], record["state"]["notes"][0]["kind"]) == ("record", "started")


def test_a_cancelled_run_is_told_of_from_its_memo(dsl: Dsl, request: pytest.FixtureRequest) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "called-off")
    running.until("keep  asks")
    assert dsl.here("cancel", "called-off").code == 0
    assert running.end().code == 1
    told = shown(request.getfixturevalue("shared"), "called-off").out
    assert "status  cancelled" in told
    assert "hold: undone, shop.release" in told
    assert "keep: withdrawn" in told


def unreadable(patch: pytest.MonkeyPatch) -> None:
    """No history can be replayed here: as where it is of another version."""

    async def refused(*_: object) -> object:
        raise looking.Unreadable("it is of another version")

    patch.setattr(looking, "look", refused)


def test_a_terminated_run_is_told_of_by_a_replay_and_else_from_its_history(
    dsl: Dsl, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "broken-off")
    running.until("keep  asks")
    running.process.kill()
    running.end()
    assert dsl.here("terminate", "broken-off", "--yes").code == 0
    shared: Dsl = request.getfixturevalue("shared")
    record = shown(shared, "broken-off", "--json").json
    assert (record["told_by"], record["state"]["status"]) == ("replay", "terminated")
    assert [entry["state"] for entry in record["state"]["ledger"]] == ["done"]
    assert not record["state"]["questions"]
    unreadable(monkeypatch)
    told = shown(shared, "broken-off").out
    assert "from its history" in told
    assert "hold: completed, shop.reserve" in told
    assert "spent" not in told, "what is not known is not told"
    assert shown(shared, "broken-off", "--json").json["told_by"] == "history"


NAPS = "edition 1\nflow naps() budget 1h { for n in range(200) { sleep 1s } }\n"


def test_a_run_does_not_go_on_because_somebody_looks(dsl: Dsl, tmp_path: Path) -> None:
    """It needs no tools, so whoever stood in for its worker would carry it to its end."""
    flow = tmp_path / "naps.flow"
    flow.write_text(NAPS)
    running = dsl.start("run", flow, "--id", "sleepy")
    running.until("[1]/sleep")
    running.process.kill()
    running.end()
    before = asyncio.run(events_of(dsl, "sleepy"))
    for command in (["show", "sleepy"], ["approvals"], ["approvals", "sleepy"], ["terminate", "sleepy"]):
        assert "Traceback" not in dsl.here(*command).err
    told = dsl.here("show", "sleepy")
    assert "from its history, as its latest task left it" in told.out
    assert "[1]" in told.out
    after = asyncio.run(events_of(dsl, "sleepy"))
    assert after == before, "one timer may have ended, no task was carried out"
    assert dsl.here("terminate", "sleepy", "--yes").code == 0


async def events_of(dsl: Dsl, id: str) -> int:
    """How many workflow tasks were carried out."""
    async with await connect(state_dir=dsl.state) as client:
        events = (await client.run(id).handle.fetch_history()).events
    return sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in events)


def test_who_answered_a_run_below_is_told_from_its_history(
    dsl: Dsl, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = tmp_path / "outer.flow"
    flow.write_text(
        "edition 1\n"
        "tool shop.price(item: text) -> { amount: decimal } read { errors OutOfStock }\n"
        "flow inner() -> bool budget 1h {\n"
        '  step price = shop.price(item: "book")\n'
        '  await approval sure "Sure?" { from "team" timeout 10m then reject }\n'
        "  return sure.approved\n}\n"
        "flow outer() -> bool budget 1h { step one = inner() return one }\n"
    )
    answers = tmp_path / "answers.yaml"
    answers.write_text("sure: { decision: approve, by: ada, group: team, note: of course }")
    tools = CASES / "shop_tools.py"
    ended = dsl("run", flow, "--flow", "outer", "--answers", answers, "--id", "family", "--tools", tools, "--json")
    assert ended.code == 0, ended.err
    assert [event for event in ended.events if event.get("kind") == "approved"], "a follower is told by the child"
    below = asyncio.run(below_of(dsl, "family"))
    shared: Dsl = request.getfixturevalue("shared")
    told = shown(shared, below).out
    assert "sure: approved, by unverified ada for team" in told
    assert "spent   0 usd, 0 tokens, 1 calls" in told or "1 call" in told, "a run below has left no record of its own"
    unreadable(monkeypatch)
    told = shown(shared, below).out
    assert "price: completed, shop.price" in told
    assert "approve by ada for team: of course" in told


async def below_of(dsl: Dsl, id: str) -> str:
    """The id of a run that it has started."""
    async with await connect(state_dir=dsl.state) as client:
        async for execution in client.temporal.list_workflows(f"WorkflowId STARTS_WITH '{id}/'"):
            return execution.id
    raise AssertionError("it has started nothing")


def view_with(notes: int, detail: str = "") -> RunView:
    made = [
        Note(number, 1.0, "started", f"f/s{number}", f"s{number}", "tool", detail=detail)
        for number in range(1, notes + 1)
    ]
    ledger = [LedgerView("f/a", "shop.reserve", "done", "shop.release")]
    return RunView("f", "h", "completed", 1.0, "ann", False, ledger=ledger, notes=made, spent=Spent("0.5", 7, 2))


def test_what_is_archived_comes_back() -> None:
    view = view_with(200)
    assert unarchived(archived(view)) == view
    assert len(archived(view)) < 1_600, "it travels with the end of the run"


def test_notes_of_every_kind_come_back() -> None:
    chance = random.Random(11)
    for _ in range(200):
        started = chance.choice([0.0, 5.0, 1.79e9])
        made = [
            Note(
                number,
                chance.choice([started, started + chance.random(), started + chance.randrange(9)]),
                "completed",
                chance.choice(["f", "f/a", "f/b[1]", "f/ä"]),
                "a",
                "tool",
                attempt=chance.randrange(3),
                rehearsal=chance.random() < 0.3,
                counts=Counts(turns=2, usd="0.5") if chance.random() < 0.3 else None,
            )
            for number in range(7, 7 + chance.randrange(9))
        ]
        view = RunView("f", "h", "completed", started, None, False, notes=made)
        assert unarchived(archived(view)) == view


def test_what_earlier_runs_have_left_is_read() -> None:
    view = view_with(3)
    data = json.loads(unpacked(archived(view)))
    del data["columns"]
    data["notes"] = [{"kind": "started", "node": "tool", **vars(note)} for note in view.notes]
    assert unarchived(packed(json.dumps(data).encode())) == view


def test_an_archive_keeps_the_latest_notes_when_there_is_no_room_for_all() -> None:
    chance = random.Random(7)
    view = view_with(1000)
    for note in view.notes:
        note.detail = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400))
    text = archived(view)
    assert len(text) <= LARGEST
    kept = unarchived(text).notes
    assert kept
    assert kept == view.notes[-len(kept) :]


def test_a_field_of_a_later_version_is_passed_over() -> None:
    data = json.loads(unpacked(archived(view_with(1))))
    data["mood"] = "fine"
    data["columns"]["mood"] = ["fine"]
    assert unarchived(packed(json.dumps(data).encode())) == view_with(1)
