"""Metrics of runs, scraped over a real socket from where the SDK offers its own."""

import asyncio
import re
import socket
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

from dsl.models.configured import Models, Settings
from dsl.models.providers import Served
from interpreter import api
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.names import WORKFLOW
from interpreter.boundary.payloads import RunInput
from interpreter.telemetry.standing import Standing
from interpreter.worker.plugin import FlowPlugin
from tests.live.played_model import Refuses, Says, played_model
from tests.live.runs import eventually

ASKS = """edition 1
agent teller() -> text { model "p/m" prompt "Tell." }
flow main() -> text {
  step told = teller()
  await approval ok "Is it?" {
    show told
    from "leads" timeout 1h then reject
  }
  return told
}
"""


@dataclass
class Scraped:
    port: int

    async def value(self, name: str, **labels: str) -> float | None:
        """Of the one line that has these labels."""
        text = await asyncio.to_thread(self._text)
        found = [
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if re.match(rf"{name}[ {{]", line) and all(f'{key}="{value}"' in line for key, value in labels.items())
        ]
        assert len(found) <= 1, found
        return found[0] if found else None

    async def once(self, expected: float, name: str, standing: Standing | None = None, **labels: str) -> None:
        """Wait until it has that value, looking how things stand where that is needed."""

        async def look() -> bool | None:
            if standing is not None:
                await standing.look()
            return True if await self.value(name, **labels) == expected else None

        await eventually(look)

    def _text(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as answer:
            text: str = answer.read().decode()
        return text


@asynccontextmanager
async def measured(folder: Path) -> AsyncIterator[tuple[api.Client, Client, Scraped]]:
    """Somebody's client, and that of a worker whose runtime offers metrics."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    there = PrometheusConfig(f"127.0.0.1:{port}", counters_total_suffix=True, unit_suffix=True)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=there))
    async with await api.connect(state_dir=folder) as client:
        where = client.temporal.service_client.config.target_host
        worker = await Client.connect(where, namespace=client.temporal.namespace, runtime=runtime)
        yield client, worker, Scraped(port)


@pytest.mark.slow
async def test_what_models_take_and_what_waits_for_people(tmp_path: Path) -> None:
    async with measured(tmp_path) as (client, temporal, scraped):
        with played_model() as model:
            model.plans = {"m": [Refuses(503, "later", {"Retry-After": "0"}), Says("hello", 20, 7)]}
            served = Served("p", "compatible", f"http://127.0.0.1:{model.server_port}/v1", "")
            models = Models({"p/m": Settings(Decimal(1), Decimal(2))}, {"p": served})
            plugin = FlowPlugin(store=client.store, models=models)
            async with Worker(temporal, task_queue="measured", plugins=[plugin]):
                run = await client.submit(ASKS, task_queue="measured", models=models)
                standing = Standing(temporal, temporal.service_client.config.runtime.metric_meter)  # type: ignore[union-attr]
                await scraped.once(1, "steadflow_questions_open", standing, flow="main")
                age = await scraped.value("steadflow_question_oldest_age_seconds", flow="main")
                assert age is not None
                assert age > 0
                await run.approve(by="ada", group="leads")
                assert await run.result() == "hello"
                await scraped.once(1, "steadflow_runs_total", flow="main", outcome="completed")
                await scraped.once(0, "steadflow_questions_open", standing, flow="main")
                assert await scraped.value("steadflow_question_oldest_age_seconds", flow="main") == 0
        asked = {"flow": "main", "agent": "teller", "model": "p/m", "provider": "p"}
        assert await scraped.value("steadflow_model_requests_total", **asked, outcome="completed") == 1
        assert await scraped.value("steadflow_model_requests_total", **asked, outcome="failed") == 1
        assert await scraped.value("steadflow_model_tokens_total", **asked, kind="input") == 20
        assert await scraped.value("steadflow_model_tokens_total", **asked, kind="output") == 7
        assert await scraped.value("steadflow_model_nanousd_total", **asked) == 34_000
        assert await scraped.value("steadflow_errors_total", flow="main", node="chat", kind="Overloaded") == 1
        assert await scraped.value("steadflow_question_wait_seconds_count", flow="main") == 1
        assert await scraped.value("steadflow_model_request_seconds_count", **asked) == 2
        chat = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "p", "gen_ai_request_model": "p/m"}
        took = "gen_ai_client_operation_duration_seconds_count"
        assert await scraped.value(took, **chat, error_type="Overloaded") == 1
        assert await scraped.value("gen_ai_client_token_usage_sum", **chat, gen_ai_token_type="input") == 20
        assert await scraped.value("gen_ai_client_token_usage_sum", **chat, gen_ai_token_type="output") == 7
        assert await scraped.value("steadflow_steps_total", flow="main", node="agent", called="teller") == 1
        assert await scraped.value("steadflow_runs_stuck") == 0
        assert await scraped.value("temporal_workflow_completed_total") == 1


@pytest.mark.slow
async def test_a_run_that_does_not_go_on_is_counted(tmp_path: Path) -> None:
    async with (
        measured(tmp_path) as (client, temporal, scraped),
        Worker(temporal, task_queue="stuck", plugins=[FlowPlugin(store=client.store)]),
    ):
        lost = RunInput(DefinitionEnvelope("0" * 64), "main", None)
        handle = await temporal.start_workflow(WORKFLOW, lost, id="stuck", task_queue="stuck")
        standing = Standing(temporal, temporal.service_client.config.runtime.metric_meter)  # type: ignore[union-attr]

        async def looks_again() -> bool | None:
            standing._looks = 0
            await standing.look()
            return await scraped.value("steadflow_runs_stuck") == 1 or None

        await eventually(looks_again)
        await handle.terminate()
