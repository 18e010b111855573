"""Where spans go, as the environment says: the variables that any program with OpenTelemetry reads.

Nothing is sent unless an address or an exporter is named, so a command on a laptop does not knock at a port where
nobody listens. What the SDK reads by itself (sampler, limits, delays, headers, certificates, resource) it reads here.
"""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTER = "OTEL_TRACES_EXPORTER"
DISABLED = "OTEL_SDK_DISABLED"
TEXTS = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
INSTALL = "pip install 'steadflow[otel]'"
HTTP, GRPC = "http/protobuf", "grpc"


class UnusableTelemetry(ValueError):
    """What of the environment cannot be followed, and what to do."""


def traces_from(environment: Mapping[str, str]) -> "TracerProvider | None":
    """None where none are wanted. Raises `UnusableTelemetry`."""
    named = environment.get(EXPORTER, "").strip().lower()
    wanted = named or ("otlp" if any(environment.get(name) for name in ENDPOINTS) else "none")
    if wanted == "none" or environment.get(DISABLED, "").strip().lower() == "true":
        return None
    if wanted not in ("otlp", "console"):
        raise UnusableTelemetry(f"{EXPORTER} is {named}; spans are sent by otlp, console or none")
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = _otlp(environment) if wanted == "otlp" else _console()
    except ImportError as error:
        raise UnusableTelemetry(f"spans are wanted, and OpenTelemetry is not installed: {INSTALL}") from error
    says = environment.get("OTEL_SERVICE_NAME") or "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if says else {"service.name": "steadflow"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def texts_wanted(environment: Mapping[str, str]) -> bool:
    """Whether what models are told and say may stand in spans."""
    return environment.get(TEXTS, "").strip().lower() in ("true", "1", "span_only", "span_and_event")


def _otlp(environment: Mapping[str, str]) -> "SpanExporter":
    protocol = next((environment[name] for name in PROTOCOLS if environment.get(name)), HTTP)
    if protocol == HTTP:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    if protocol != GRPC:
        raise UnusableTelemetry(f"{PROTOCOLS[1]} is {protocol}; spans are sent by {HTTP} or {GRPC}")
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # type: ignore[import-not-found]
            OTLPSpanExporter as GrpcExporter,
        )
    except ImportError as error:
        raise UnusableTelemetry(
            f"{PROTOCOLS[1]} is {GRPC}: pip install opentelemetry-exporter-otlp-proto-grpc, or use {HTTP}"
        ) from error
    exporter: SpanExporter = GrpcExporter()
    return exporter


def _console() -> "SpanExporter":
    """Standard output is for results."""
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    return ConsoleSpanExporter(out=sys.stderr)
