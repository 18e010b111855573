"""An agent in turns with a server and a model that others wrote, over sockets; the server dies in a turn."""

import asyncio
from pathlib import Path

import pytest

from tests.live.other_servers import AIMOCK, aimock, free_port, needed
from tests.mcp.test_real_servers import EVERYTHING, SERVERS, over_http, place, worked_on
from tests.others.test_aimock import calls, journal, usage

pytestmark = needed(SERVERS, AIMOCK)

AGENT = """
agent guide(task: text) -> { text: text } {
  model "gpt-4o-mini"
  prompt "{{ task }}"
  use every.echo, every.sum, every.weather, every.page, every.long
  answer at most 300 tokens
  budget 8 turns
}
"""
TURNS = [
    calls(("every-echo", {"message": "hello"}), ("every-sum", {"a": 1.5, "b": "2.25"}), ("every-page", {"id": 7})),
    calls(("every-weather", {"location": "Chicago"}), ("every-weather", {"location": "Rome"})),
    calls(("every-long", {"duration": 2, "steps": 2})),
    calls(("every-echo", {"message": "again"})),
    {"content": '{"text": "done"}'},
]


async def test_the_loop_goes_on_when_the_server_dies_in_a_turn(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    declared = EVERYTHING.replace("ADDRESS", f"http://127.0.0.1:{port}/mcp")
    fixtures = [{"match": {"turnIndex": at}, "response": said | usage(100, 10)} for at, said in enumerate(TURNS)]
    with aimock(tmp_path, fixtures) as model:
        for name, value in model.environment.items():
            monkeypatch.setenv(name, value)
        with over_http(port) as first:
            where = await place(tmp_path, f"{declared}{AGENT}", temporal_address)
            async with worked_on(where) as every:
                run = await every.start('step c = guide("look around") return c')
                await run.noted("started every.long#1")
                await asyncio.sleep(0.5)
                first.kill()
                first.wait()
                with over_http(port):
                    assert await run.value() == {"text": "done"}
                spent = (await run.view()).spent
        asked = journal(model)
    told = [str(message["content"]) for message in asked[-1]["body"]["messages"] if message["role"] == "tool"]
    assert [words in said for words, said in zip(WORDS, told, strict=True)] == [True] * len(WORDS), told
    assert len(asked) == len(TURNS)
    assert spent.tokens == 110 * len(TURNS)


WORDS = ["Echo: hello", "3.75", "Resource 7", "humidity", "Chicago", "completed", "Echo: again"]
"""What the model is told of each call; of one with arguments that do not fit, what would."""
