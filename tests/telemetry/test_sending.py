"""Metrics by OTLP: what the environment says of them, and that they arrive, over real sockets."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.runtime import OpenTelemetryMetricTemporality, Runtime, TelemetryConfig

from interpreter.boundary.payloads import ChatUsage
from interpreter.core.traces import Trace
from interpreter.telemetry.conventional import ConventionalMetrics
from interpreter.telemetry.environment import UnusableTelemetry
from interpreter.telemetry.providers import Answering
from interpreter.telemetry.sending import metrics_from
from tests.live.otlp_receiver import Measured, otlp_receiver
from tests.live.runs import eventually


@pytest.mark.parametrize(
    ("environment", "url", "http"),
    [
        ({"OTEL_METRICS_EXPORTER": "otlp"}, "http://localhost:4318/v1/metrics", True),
        (
            {"OTEL_METRICS_EXPORTER": "OTLP", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "http://localhost:4317",
            False,
        ),
        (
            {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"},
            "http://c:4318/v1/metrics",
            True,
        ),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c/m"}, "http://c/m", True),
        (
            {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c:1", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "grpc"},
            "http://c:1",
            False,
        ),
    ],
)
def test_where_they_go(environment: dict[str, str], url: str, http: bool) -> None:
    sent = metrics_from(environment)
    assert sent is not None
    assert (sent.url, sent.http, sent.metric_periodicity) == (url, http, timedelta(minutes=1))


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"},
        {"OTEL_METRICS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c"},
        {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"},
    ],
)
def test_none_are_sent(environment: dict[str, str]) -> None:
    assert metrics_from(environment) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OTEL_METRICS_EXPORTER", "prometheus", "`--metrics HOST:PORT` offers them to Prometheus"),
        ("OTEL_METRICS_EXPORTER", "console", "metrics are sent by otlp or none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "metrics are sent by http/protobuf or grpc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "token", "write it as name=value,name=value"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1m", "it is a number of milliseconds"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory", "it is cumulative or delta"),
    ],
)
def test_what_cannot_be_followed_is_said(name: str, value: str, words: str) -> None:
    with pytest.raises(UnusableTelemetry, match=words):
        metrics_from({"OTEL_METRICS_EXPORTER": "otlp", name: value})


async def test_they_arrive_over_http_with_their_headers() -> None:
    with otlp_receiver() as receiver:
        more = {
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_METRIC_EXPORT_INTERVAL": "100",
            "OTEL_EXPORTER_OTLP_HEADERS": "X-Desk=a%20b,x-other=c",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
        }
        sent = metrics_from(receiver.environment | more)
        assert sent is not None
        assert sent.metric_temporality is OpenTelemetryMetricTemporality.DELTA
        runtime = Runtime(telemetry=TelemetryConfig(metrics=sent))
        runtime.metric_meter.create_counter("steadflow_runs", "runs").add(3)

        async def arrived() -> float | None:
            return receiver.counted.get("steadflow_runs")

        assert await eventually(arrived) == 3
        assert (receiver.heads[0]["x-desk"], receiver.heads[0]["x-other"]) == ("a b", "c")


async def test_they_are_sent_by_grpc() -> None:
    """What speaks gRPC begins so; no library for it is installed here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        sent = metrics_from(
            {
                "OTEL_METRICS_EXPORTER": "otlp",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
                "OTEL_EXPORTER_OTLP_ENDPOINT": address,
                "OTEL_METRIC_EXPORT_INTERVAL": "100",
            }
        )
        assert sent is not None
        server.settimeout(20)
        runtime = Runtime(telemetry=TelemetryConfig(metrics=sent))
        runtime.metric_meter.create_counter("steadflow_runs", "runs").add(1)
        connection, _ = await asyncio.to_thread(server.accept)
        with connection:
            assert await asyncio.to_thread(connection.recv, 24) == b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


async def test_models_are_measured_as_the_conventions_say() -> None:
    with otlp_receiver() as receiver:
        sent = metrics_from(
            receiver.environment | {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_METRIC_EXPORT_INTERVAL": "100"}
        )
        assert sent is not None
        runtime = Runtime(telemetry=TelemetryConfig(metrics=sent, attach_service_name=False))
        metrics = ConventionalMetrics(runtime.metric_meter, dotted=True)
        asked = Trace("main", "main/told", "chat", "gpt-4o", "main", 10.0, 12.5, usage=ChatUsage(20, 7))
        metrics.asked(asked, Answering("openai"))
        metrics.asked(
            replace(asked, outcome="failed", kind="Overloaded", usage=None), Answering("openai", "one.example")
        )
        metrics.asked(replace(asked, made_up=True), Answering("rehearsal"))

        async def arrived() -> dict[str, Measured] | None:
            return receiver.measured if len(receiver.measured) == 5 else None

        told = await eventually(arrived)
        chat = "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o"
        seconds = told[f"gen_ai.client.operation.duration {chat}"]
        assert (seconds.unit, seconds.count, seconds.sum) == ("s", 1, 2.5)
        assert seconds.bounds == (
            0.01,
            0.02,
            0.04,
            0.08,
            0.16,
            0.32,
            0.64,
            1.28,
            2.56,
            5.12,
            10.24,
            20.48,
            40.96,
            81.92,
        )
        failed = f"error.type=Overloaded {chat} server.address=one.example"
        assert told[f"gen_ai.client.operation.duration {failed}"].count == 1
        tokens = told[f"gen_ai.client.token.usage {chat} gen_ai.token.type=input"]
        assert (tokens.unit, tokens.sum) == ("{token}", 20)
        assert tokens.bounds == tuple(4**power for power in range(14))
        assert told[f"gen_ai.client.token.usage {chat} gen_ai.token.type=output"].sum == 7
