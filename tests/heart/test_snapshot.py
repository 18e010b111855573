"""A snapshot of an earlier format is brought up to this one step by step; one of a later format is refused."""

import json
from typing import Any

import pytest

from interpreter.core import snapshot
from interpreter.core.snapshot import FORMAT, UnknownFormat, restore, save
from interpreter.core.state import State

STATE = State("main", "hash", "run", requester="ann")


def saved() -> Any:
    return json.loads(json.dumps(save(STATE)))


def test_it_carries_its_format() -> None:
    assert saved()["format"] == FORMAT


def test_an_earlier_format_is_upgraded_in_as_many_steps_as_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here `requester` was called `asker` two formats ago, and `who` one ago."""
    steps: list[int] = []

    def renamed(format_: int, old: str, new: str) -> Any:
        def upgrade(data: Any) -> Any:
            steps.append(format_)
            state = dict(data["state"])
            state[new] = state.pop(old)
            return {"format": format_ + 1, "state": state}

        return upgrade

    now = saved()
    monkeypatch.setattr(snapshot, "FORMAT", FORMAT + 2)
    monkeypatch.setitem(snapshot.UPGRADES, FORMAT, renamed(FORMAT, "asker", "who"))
    monkeypatch.setitem(snapshot.UPGRADES, FORMAT + 1, renamed(FORMAT + 1, "who", "requester"))
    old = dict(now["state"])
    old["asker"] = old.pop("requester")
    assert restore({"format": FORMAT, "state": old}) == STATE
    assert steps == [FORMAT, FORMAT + 1]
    assert restore({"format": FORMAT + 2, "state": now["state"]}) == STATE
    assert steps == [FORMAT, FORMAT + 1], "one of this format needs none"


@pytest.mark.parametrize("format_", [FORMAT + 1, FORMAT + 7, 0, -1, None, "1", 1.5])
def test_a_format_that_nobody_knows_here_is_refused_by_name(format_: object) -> None:
    with pytest.raises(UnknownFormat, match=f"has format {format_}; this version reads up to {FORMAT}"):
        restore(saved() | {"format": format_})


def test_one_that_was_never_numbered_is_refused() -> None:
    data = saved()
    del data["format"]
    with pytest.raises(UnknownFormat):
        restore(data)


def test_an_upgrade_is_there_for_every_earlier_format() -> None:
    assert sorted(snapshot.UPGRADES) == list(range(1, FORMAT))
