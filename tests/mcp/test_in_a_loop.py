"""Tools of a real server in an agent's loop of turns: what the model sees of them, and what comes of its calls."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.live.played_model import Says, Sends, played_model
from tests.mcp.test_real_servers import FILES, place, worked_on
from tests.mcp.test_real_servers import pytestmark as needs_servers

pytestmark = needs_servers

AGENT = """
agent clerk(task: text) -> text {
  model "m1"
  prompt "{{ task }}"
  use fs.list_directory, fs.read_text_file, fs.write_file
  budget 6 turns
}
"""


def calls(*asked: tuple[str, dict[str, Any]]) -> Sends:
    tools = [
        {"id": f"c{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for number, (name, arguments) in enumerate(asked)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": tools}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m1", "choices": [choice], "usage": usage}
    return Sends(json.dumps(body))


async def test_an_agent_works_with_a_server_through_several_turns(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "files"
    with played_model() as model:
        for name, value in model.environment.items():
            monkeypatch.setenv(name, value)
        new = str(files / "new.txt")
        model.plans["m1"] = [
            calls(("fs-list_directory", {"path": str(files)}), ("fs-read_text_file", {"path": new, "head": None})),
            calls(("fs-write_file", {"path": new, "content": "kept"})),
            calls(("fs-read_text_file", {"path": new, "head": 1})),
            Says("done"),
        ]
        async with worked_on(await place(tmp_path, f"{FILES}{AGENT}", temporal_address)) as fs:
            (files / "old.txt").write_text("old")
            assert await fs.value('step c = clerk("keep a note") return c') == "done"
        told = [message for message in model.asked["m1"][-1]["messages"] if message["role"] == "tool"]
    assert (files / "new.txt").read_text() == "kept"
    words = [str(message["content"]) for message in told]
    assert "[FILE] old.txt" in words[0]
    assert "ENOENT" in words[1]
    assert "kept" in words[3]
