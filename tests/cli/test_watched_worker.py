"""What operators see of a worker that is killed in the middle of an agent's turn, and of the one that takes over: spans
at a receiver over a real socket, metrics at an address, and nothing of what was said.
"""

import socket
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PATIENCE, Dsl
from tests.live.otlp_receiver import Received, otlp_receiver
from tests.live.played_model import Acts, Says, played_model

pytestmark = pytest.mark.slow

PLANTED = "PLANTED-7c1f"
FLOW = """edition 1
tool orders.find(id: text) -> { id: text, note: text } read
agent helper(question: text) -> { s: text } {
  model "m1"
  instructions "Never say PLANTED-7c1f."
  prompt "PLANTED-7c1f {{ question }}"
  use orders.find
  budget 9 turns
}
flow main() -> text {
  step reply = helper("PLANTED-7c1f?")
  return reply.s
}
"""
TOOLS = """
import time
from dataclasses import dataclass
from pathlib import Path
from interpreter.api import tool

@dataclass
class Found:
    id: str
    note: str

@tool("orders.find")
def find(id: str) -> Found:
    if id == "PLANTED-7c1f-2" and not Path("hung").exists():
        Path("hung").touch()
        time.sleep(600)
    return Found(id, "PLANTED-7c1f")
"""


def test_one_trace_over_two_workers_and_nothing_of_what_was_said(dsl: Dsl) -> None:
    (dsl.folder / "agent.flow").write_text(FLOW)
    (dsl.folder / "tools.py").write_text(TOOLS)
    metrics = f"127.0.0.1:{_free_port()}"
    with played_model() as model, otlp_receiver() as receiver:
        dsl.environment |= model.environment | receiver.environment | {"OTEL_SERVICE_NAME": "desk"}
        arguments = tuple(f'{{"id": "{PLANTED}-{number}"}}' for number in range(4))
        model.plans = {"m1": [Acts("orders-find", arguments, Says(f'{{"s": "{PLANTED} is found"}}'))]}
        assert dsl("submit", "agent.flow", "--task-queue", "watched", "--id", "watched").code == 0

        worker = ("worker", "--task-queue", "watched", "--tools", "tools.py")
        first = dsl.start(*worker)
        _until((dsl.folder / "hung").exists)
        _until(lambda: "turn 2" in _names(receiver.spans))
        first.process.kill()
        first.process.communicate()
        second = dsl.start(*worker, "--metrics", metrics)
        assert dsl("result", "watched").json == f"{PLANTED} is found"
        _until(lambda: "invoke_workflow main" in _names(receiver.spans))
        scraped = urllib.request.urlopen(f"http://{metrics}/metrics").read().decode()
        second.interrupt()
        assert second.end().code == 0
        spans, sent = receiver.spans, b"".join(receiver.bodies)

    _is_one_tree(spans)
    assert Counter(_names(spans)) == {
        "invoke_workflow main": 1,
        "invoke_agent helper": 1,
        **{f"turn {number}": 1 for number in range(1, 6)},
        "step orders.find#1": 4,
        "execute_tool orders.find": 5,
        "chat m1": 5,
    }
    (lost,) = (span for span in spans if span.failed)
    assert (lost.name, lost.attributes["error.type"]) == ("execute_tool orders.find", "TimedOut")
    agent = next(span for span in spans if span.name == "invoke_agent helper")
    assert {key: agent.attributes[key] for key in ("steadflow.turns", "gen_ai.usage.input_tokens")} == {
        "steadflow.turns": 5,
        "gen_ai.usage.input_tokens": 50,
    }
    assert {span.service for span in spans} == {"desk"}
    assert PLANTED.encode() not in sent
    assert PLANTED not in scraped
    assert 'steadflow_runs_total{flow="main",outcome="completed"' in scraped
    assert 'steadflow_errors_total{flow="main",kind="TimedOut",node="attempt"' in scraped
    assert (
        'steadflow_model_request_seconds_bucket{agent="helper",flow="main",model="m1",provider="openai",le="0.25"}'
        in scraped
    )
    assert "temporal_workflow_completed_total" in scraped


def _is_one_tree(spans: list[Received]) -> None:
    assert len({span.trace for span in spans}) == 1
    assert max(Counter(span.id for span in spans).values()) == 1
    assert {span.parent for span in spans if span.parent} <= {span.id for span in spans}
    assert [span.name for span in spans if not span.parent] == ["invoke_workflow main"]


def _names(spans: list[Received]) -> list[str]:
    return [span.name for span in spans]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def test_a_run_of_ones_own_sends_its_spans_and_the_servers_stay_at_home(dsl: Dsl, tmp_path: Path) -> None:
    (dsl.folder / "one.flow").write_text('edition 1\nflow main() -> text { return "done" }')
    with otlp_receiver() as receiver:
        dsl.environment |= receiver.environment | {"OTEL_TRACES_EXPORTER": "otlp"}
        assert dsl("run", "one.flow", "--state", tmp_path / "own").json == "done"
        assert [(span.name, span.service) for span in receiver.spans] == [("invoke_workflow main", "steadflow")]
        dsl.environment["OTEL_TRACES_EXPORTER"] = "zipkin"
        refused = dsl("run", "one.flow", "--state", tmp_path / "own")
    assert refused.code == 2
    assert "OTEL_TRACES_EXPORTER is zipkin; spans are sent by otlp, console or none" in refused.err


def test_an_address_for_metrics_that_is_none_is_refused(dsl: Dsl) -> None:
    refused = dsl("worker", "--metrics", "nonsense")
    assert refused.code == 2
    assert "metrics cannot be offered at nonsense" in refused.err
