"""A receiver of spans and metrics that speaks OTLP over HTTP, as a collector does."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.live.serving import serving


@dataclass(frozen=True)
class Received:
    """A span, as it came."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    failed: bool
    links: tuple[tuple[str, str], ...]
    service: str


@dataclass(frozen=True)
class Measured:
    """A histogram, as it came."""

    unit: str
    count: int
    sum: float
    bounds: tuple[float, ...]


class OtlpReceiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []
        self.metrics: list[bytes] = []
        self.heads: list[dict[str, str]] = []

    @property
    def environment(self) -> dict[str, str]:
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }

    @property
    def spans(self) -> list[Received]:
        found = []
        for body in tuple(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = _attributes(resource.resource.attributes)["service.name"]
                found += [_received(span, service) for scope in resource.scope_spans for span in scope.spans]
        return found

    @property
    def counted(self) -> dict[str, float]:
        """The latest value of each counter."""
        found: dict[str, float] = {}
        for body in tuple(self.metrics):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (metric for scope in resource.scope_metrics for metric in scope.metrics):
                    for point in metric.sum.data_points:
                        found[metric.name] = point.as_int or point.as_double
        return found

    @property
    def measured(self) -> dict[str, Measured]:
        """The latest of each histogram, by its name and what is told beside."""
        found: dict[str, Measured] = {}
        for body in tuple(self.metrics):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (metric for scope in resource.scope_metrics for metric in scope.metrics):
                    for point in metric.histogram.data_points:
                        told = _attributes(point.attributes)
                        named = " ".join([metric.name, *(f"{name}={told[name]}" for name in sorted(told))])
                        found[named] = Measured(metric.unit, point.count, point.sum, tuple(point.explicit_bounds))
        return found

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever sent it was killed; that is what is tested."""


@contextmanager
def otlp_receiver() -> Iterator[OtlpReceiver]:
    with serving(OtlpReceiver()) as server:
        yield server


class _Handler(BaseHTTPRequestHandler):
    server: OtlpReceiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path == "/v1/traces":
            self.server.bodies.append(body)
        if self.path == "/v1/metrics":
            self.server.metrics.append(body)
            self.server.heads.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200 if self.path in ("/v1/traces", "/v1/metrics") else 404)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """What came stands in `bodies`."""


def _received(span: Any, service: str) -> Received:
    links = tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links)
    failed = span.status.code == Status.STATUS_CODE_ERROR
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Received(span.name, *ids, _attributes(span.attributes), failed, links, service)


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in pairs}
