"""The lock file, what it refuses, and what changes a digest."""

from pathlib import Path
from typing import Any

import pytest

from interpreter.mcp.errors import ToolChanged, Unusable
from interpreter.mcp.lock_file import Lock, lock_text, read_lock
from interpreter.mcp.pins import Listing, Pin, refuse_changed
from interpreter.mcp.server import Server

SAID: dict[str, Any] = {
    "description": "Reads.\nAll of it.",
    "inputSchema": {"type": "object", "properties": {"n": {"const": 1.0}}},
}
FS = Server("fs", "npx fs {root}")


def locked(folder: Path, **said: Any) -> Path:
    path = folder / "flow.lock"
    pin = Pin("tool", "read", SAID | said)
    path.write_text(lock_text({"fs": FS}, {("fs", "tool", "read"): pin}))
    return path


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    lock = read_lock(locked(tmp_path, outputSchema={"type": "object", "description": "on: yes, 2026-01-01"}))
    pin = lock.pin(FS, "tool", "read")
    assert pin.said["outputSchema"] == {"type": "object", "description": "on: yes, 2026-01-01"}
    assert lock_text(lock.servers, lock.pins) == lock.path.read_text()


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "flow.lock") == Lock(tmp_path / "flow.lock")


@pytest.mark.parametrize(
    ("server", "key", "words"),
    [
        (Server("fs", "npx evil"), "read", "pins `fs` as `npx fs {root}`, not `npx evil`"),
        (FS, "write", "the tool `write` of the server `fs` is not pinned"),
        (Server("other", "npx fs {root}"), "read", "is not pinned"),
    ],
)
def test_only_what_is_pinned_is_had(tmp_path: Path, server: Server, key: str, words: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_lock(locked(tmp_path)).pin(server, "tool", key)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("Reads.", "Reads and sends.", "does not fit its digest"), ("format: 1", "format: 9", "of the format 9")],
)
def test_a_file_that_was_changed_by_hand_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    path = locked(tmp_path)
    path.write_text(path.read_text().replace(before, after))
    with pytest.raises(Unusable) as caught:
        read_lock(path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text", ["[1, 2]", "format: 1\nservers: {fs: 3}", "{", "format: 1\nservers: {fs: {mcp: x, tools: {a: 1}}}"]
)
def test_what_is_no_lock_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "flow.lock").write_text(text)
    with pytest.raises(Unusable):
        read_lock(tmp_path / "flow.lock")


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"description": "Reads!"}, False),
        ({"inputSchema": {"type": "object"}}, False),
        ({"outputSchema": {"type": "object"}}, False),
        ({"title": "Read it", "annotations": {"readOnlyHint": True}}, True),
        ({"outputSchema": None}, True),
    ],
)
def test_what_a_person_has_read_is_pinned(changed: dict[str, Any], same: bool) -> None:
    live = Listing({"read": {"name": "read", **SAID, **changed}}, {}, {}).pin("tool", "read")
    assert live is not None
    assert (live.digest == Pin("tool", "read", SAID).digest) is same


def test_a_change_is_shown_line_by_line() -> None:
    live = Pin("tool", "read", SAID | {"description": "Reads.\nAnd sends it on."})
    with pytest.raises(ToolChanged) as caught:
        refuse_changed("fs", Pin("tool", "read", SAID), live)
    assert "-  All of it.\n+  And sends it on." in caught.value.diff
    assert caught.value.message.endswith("is not what was pinned: -  All of it.; +  And sends it on.")


def test_a_tool_that_is_gone_is_told() -> None:
    with pytest.raises(ToolChanged, match="the tool `read` of the server `fs` is gone"):
        refuse_changed("fs", Pin("tool", "read", SAID), None)
