"""When an execution is long enough."""

import pytest

from interpreter.workflow import limits
from interpreter.workflow.limits import SOFT_EVENTS, over_soft_limit
from interpreter.workflow.moments import Moments
from interpreter.workflow.patches import SHORTER_EXECUTIONS
from tests.workflow.played import Info, Played


@pytest.mark.parametrize(
    ("length", "suggested", "patched", "over"),
    [
        (SOFT_EVENTS, False, True, False),
        (SOFT_EVENTS + 1, False, True, True),
        (SOFT_EVENTS + 1, False, False, False),  # a history of before goes on as it went
        (SOFT_EVENTS + 1, True, False, True),
        (10, True, True, True),
    ],
)
def test_a_run_continues_as_new_after_so_many_events(
    monkeypatch: pytest.MonkeyPatch, length: int, suggested: bool, patched: bool, over: bool
) -> None:
    asked: list[str] = []
    temporal = Played(Info(length=length, suggested=suggested))
    monkeypatch.setattr(temporal, "patched", lambda id_: asked.append(id_) or patched, raising=False)
    monkeypatch.setattr(limits, "workflow", temporal)
    assert over_soft_limit() is over
    assert asked == ([SHORTER_EXECUTIONS] if length > SOFT_EVENTS and not suggested else []), (
        "no other has a mark of it"
    )


@pytest.mark.parametrize(("what", "most"), [("update", limits.HARD_UPDATES), ("signal", limits.HARD_SIGNALS)])
@pytest.mark.parametrize("patched", [True, False])
async def test_an_execution_is_full_after_so_many_updates_or_signals(
    played: Played, monkeypatch: pytest.MonkeyPatch, what: str, most: int, patched: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(played, "patched", lambda id_: asked.append(id_) or patched, raising=False)
    room = limits.Room(Moments())
    take = room.take_update if what == "update" else room.take_signal
    for _ in range(most):
        take()
    assert (room.is_full, asked) == (False, []), "no shorter history has a mark of it"
    take()
    assert (room.is_full, asked) == (patched, [f"counts-{what}s"])
