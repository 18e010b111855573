"""A tool that ends the process: it is told, and does not look like the end of the command."""

import os
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from interpreter.activities.context import CALL, ToolContext
from interpreter.cli.tool_exits import tool_exits_told


class Ended(Exception):
    """In a test the process goes on."""


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What the process would have ended with."""
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        raise Ended

    monkeypatch.setattr(os, "_exit", end)
    with tool_exits_told():
        yield statuses
    assert os._exit is end


def in_a_tool(status: int) -> None:
    CALL.set(ToolContext("key", 1, "main/pay", "run-\x1b1"))
    with pytest.raises(Ended):
        os._exit(status)


@pytest.mark.parametrize(("status", "told"), [(0, 1), (1, 1), (7, 7)])
def test_a_tool_that_ends_the_process_is_named_and_it_never_ends_well(
    ended: list[int], capfd: pytest.CaptureFixture[str], status: int, told: int
) -> None:
    copy_context().run(in_a_tool, status)
    assert ended == [told]
    assert (
        f"a tool has ended this process with os._exit({status}), at main/pay of run-\\u001b1" in capfd.readouterr().err
    )


def test_the_command_itself_ends_as_it_says(ended: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Ended):
        os._exit(0)
    assert (ended, capfd.readouterr().err) == ([0], "")


def test_a_process_that_a_tool_has_forked_ends_as_it_likes(
    ended: list[int], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    copy_context().run(in_a_tool, 0)
    assert (ended, capfd.readouterr().err) == ([0], "")
