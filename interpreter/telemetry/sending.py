"""Where metrics are sent, as the environment says: the variables that any program with OpenTelemetry reads.

They are sent by the SDK's own core, with those that it counts itself, so nothing has to be installed for it. Nothing is
sent unless an address for metrics or the exporter is named.
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote

from temporalio.runtime import OpenTelemetryConfig, OpenTelemetryMetricTemporality

from interpreter.telemetry.environment import DISABLED, GRPC, HTTP, UnusableTelemetry
from interpreter.telemetry.metrics import BUCKETS

EXPORTER = "OTEL_METRICS_EXPORTER"
ENDPOINT, ENDPOINT_OF_ALL = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
PROTOCOLS = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
HEADERS = ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"
TEMPORALITY = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
USUAL_INTERVAL = "60000"
USUAL = {HTTP: "http://localhost:4318", GRPC: "http://localhost:4317"}


def metrics_from(environment: Mapping[str, str]) -> OpenTelemetryConfig | None:
    """None where none are to be sent. Raises `UnusableTelemetry`."""
    named = environment.get(EXPORTER, "").strip().lower()
    wanted = named or ("otlp" if environment.get(ENDPOINT) else "none")
    if wanted == "none" or environment.get(DISABLED, "").strip().lower() == "true":
        return None
    if wanted != "otlp":
        more = "; `--metrics HOST:PORT` offers them to Prometheus" if wanted == "prometheus" else ""
        raise UnusableTelemetry(f"{EXPORTER} is {named}; metrics are sent by otlp or none{more}")
    protocol = next((environment[name] for name in PROTOCOLS if environment.get(name)), HTTP)
    if protocol not in USUAL:
        raise UnusableTelemetry(f"{PROTOCOLS[1]} is {protocol}; metrics are sent by {HTTP} or {GRPC}")
    return OpenTelemetryConfig(
        url=_address(environment, protocol),
        headers=_headers(next((environment[name] for name in HEADERS if environment.get(name)), "")),
        metric_periodicity=_interval(environment),
        metric_temporality=_temporality(environment),
        durations_as_seconds=True,
        http=protocol == HTTP,
        histogram_bucket_overrides=BUCKETS,
    )


def _address(environment: Mapping[str, str], protocol: str) -> str:
    """That of all is the beginning of one over HTTP; that of metrics is meant as it is."""
    of_metrics = environment.get(ENDPOINT, "").strip()
    if of_metrics:
        return of_metrics
    of_all = environment.get(ENDPOINT_OF_ALL, "").strip() or USUAL[protocol]
    return f"{of_all.rstrip('/')}/v1/metrics" if protocol == HTTP else of_all


def _headers(text: str) -> dict[str, str]:
    """`name=value,name=value`, escaped as in an address."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not sign or not name.strip() for name, sign, _ in pairs):
        raise UnusableTelemetry(f"{HEADERS[1]} is no list of headers: write it as name=value,name=value")
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}


def _interval(environment: Mapping[str, str]) -> timedelta:
    text = environment.get(INTERVAL, "").strip() or USUAL_INTERVAL
    if not text.isdecimal() or not 0 < int(text) < 10**9:
        raise UnusableTelemetry(f"{INTERVAL} is {text}; it is a number of milliseconds")
    return timedelta(milliseconds=int(text))


def _temporality(environment: Mapping[str, str]) -> OpenTelemetryMetricTemporality:
    text = environment.get(TEMPORALITY, "").strip().lower() or "cumulative"
    if text not in ("cumulative", "delta"):
        raise UnusableTelemetry(f"{TEMPORALITY} is {text}; it is cumulative or delta")
    return OpenTelemetryMetricTemporality[text.upper()]
