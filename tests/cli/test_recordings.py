"""A run that a model answered, recorded; and the same run without that model."""

import json
import signal
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Dsl
from tests.live.played_model import Acts, PlayedModel, Says, Silent, played_model

FLOW = """edition 1
tool orders.find(id: text) -> { id: text } read
tool mail.send(to: text) -> { id: text } write keyed final
agent helper(question: text) -> { s: text } { model "m1" prompt "{{ question }}" use orders.find budget 5 turns }
agent judge(s: text) -> text { model "m2" prompt "{{ s }}" }
flow ask(q: text) -> text budget 10k tokens {
  step reply = helper(q)
  step sent = mail.send(to: reply.s)
  step verdict = judge("{{ reply.s }} {{ sent.id }}")
  return verdict
}
"""
TOOLS = """
from pathlib import Path
from interpreter.api import tool

@tool("orders.find")
def find(id: str) -> dict[str, str]:
    return {"id": id}

@tool("mail.send")
def send(to: str) -> dict[str, str]:
    Path("sent").write_text(to)
    return {"id": "m-1"}
"""


@pytest.fixture
def model(dsl: Dsl) -> Iterator[PlayedModel]:
    (dsl.folder / "ask.flow").write_text(FLOW)
    (dsl.folder / "ask_tools.py").write_text(TOOLS)
    with played_model() as model:
        model.plans = {"m1": [Acts("orders-find", ('{"id": "o-1"}',), Says('{"s": "ann"}'))], "m2": [Says("good")]}
        yield model


@pytest.mark.slow
def test_a_recorded_run_runs_again_without_a_model_and_says_so(dsl: Dsl, model: PlayedModel) -> None:
    (dsl.folder / "takes").mkdir()
    run = ("run", "ask.flow", "--set", "q=where?", "--json")
    dsl.environment = dict(model.environment)
    first = dsl(*run, "--staged", "--record", "takes")
    assert first.code == 0, first.err
    assert "recording: what models are asked" in first.out
    file = dsl.folder / "takes" / "ask.cassette.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    assert [line["step"] for line in lines] == ["ask/reply/turn#1", "ask/reply/turn#2", "ask/verdict"]
    assert lines[1]["asked"]["after"] == lines[0]["key"]
    dsl.environment = {}
    again = dsl(*run, "--replay", file)
    assert again.code == 0, again.err
    assert "rehearsal: no model is asked; the answers of agents were recorded in ask.cassette.jsonl" in again.out
    one, other = first.events[-1], again.events[-1]
    assert (other["value"], other["rehearsal"], other["staged"]) == ("good", True, True)
    assert other["spent"] == one["spent"] | {"made_up": True}
    assert not (dsl.folder / "sent").exists()
    missed = dsl("run", "ask.flow", "--set", "q=when?", "--replay", "takes")
    assert missed.code == 1
    assert "NotRecorded (ask.cassette.jsonl has no answer for turn 1 of `helper` (ask/reply/turn#1)" in missed.err
    assert 'messages[0].content (recorded "where?", now "when?")' in missed.err
    assert [len(asked) for asked in model.asked.values()] == [2, 1]


@pytest.mark.slow
def test_what_a_killed_run_has_got_is_not_asked_again(dsl: Dsl, model: PlayedModel) -> None:
    dsl.environment = dict(model.environment)
    model.plans["m2"] = [Silent()]
    running = dsl.start("run", "ask.flow", "--set", "q=where?", "--id", "killed-recording", "--record", "a.jsonl")
    running.while_waiting_for(lambda: model.asked["m2"])
    running.process.send_signal(signal.SIGKILL)
    running.process.communicate()
    kept = (dsl.folder / "a.jsonl").read_text().splitlines()
    assert len(kept) == 3
    model.plans["m2"] = [Says("good")]
    ended = dsl("attach", "killed-recording")
    assert (ended.code, ended.json) == (0, "good"), ended.err
    lines = (dsl.folder / "a.jsonl").read_text().splitlines()
    assert lines[:3] == kept
    assert len(lines) == 4


def test_one_way_to_answer_at_a_time_and_nothing_else_is_written_over(dsl: Dsl, model: PlayedModel) -> None:
    both = dsl.here("run", "ask.flow", "--set", "q=x", "--record", "a.jsonl", "--replay", "a.jsonl")
    assert (both.code, "take one of them" in both.err) == (2, True)
    dsl.environment |= model.environment
    over = dsl.here("run", "ask.flow", "--set", "q=x", "--record", "ask_tools.py")
    assert over.code == 2
    assert "is no cassette" in over.err
    assert (dsl.folder / "ask_tools.py").read_text() == TOOLS
    nothing = dsl.here("run", "ask.flow", "--set", "q=x", "--replay", "none.jsonl")
    assert (nothing.code, "none.jsonl cannot be read" in nothing.err) == (2, True)
