"""What is told once: a workflow task that is done again takes the place of what it said before."""

import pytest

from interpreter.core.traces import Trace
from interpreter.telemetry.bounded import OTHER, Bounded
from interpreter.telemetry.environment import UnusableTelemetry, texts_wanted, traces_from
from interpreter.telemetry.told import RunIdentity, Told

RUN = RunIdentity("run", "first")


def _trace(path: str) -> Trace:
    return Trace("f", path, "tool", "t", "f", 1.0, 2.0)


def test_a_task_that_is_done_again_is_told_once() -> None:
    heard: list[str] = []
    told = Told([lambda _, trace: heard.append(trace.path)], seconds=60)
    for number, path in enumerate(("f/a", "f/b", "f/c"), 1):
        told.hold("execution", number, RUN, _trace(path))
    told.hold("another", 3, RUN, _trace("g/a"))
    told.hold("execution", 2, RUN, _trace("f/b"))
    told.hold("execution", 3, RUN, _trace("f/other"))
    told.tell_what_is_due()
    assert heard == []
    told.tell_what_is_due(everything=True)
    assert heard == ["f/a", "f/b", "f/other", "g/a"]
    told.tell_what_is_due(everything=True)
    assert len(heard) == 4


def test_a_label_has_so_many_values() -> None:
    bounded = Bounded(most=2)
    assert [bounded(kind=kind)["kind"] for kind in ("A", "B", "C", "A")] == ["A", "B", OTHER, "A"]
    assert bounded(flow="C") == {"flow": "C"}
    assert Bounded()(kind="x" * 101) == {"kind": OTHER}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
    ],
)
def test_nothing_is_sent_unless_that_is_said(environment: dict[str, str]) -> None:
    assert traces_from(environment) is None


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER is zipkin; spans are sent by otlp, console or none"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "http/protobuf or grpc"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "pip install opentelemetry-exporter-otlp-proto-grpc",
        ),
    ],
)
def test_what_cannot_be_followed_is_told(environment: dict[str, str], problem: str) -> None:
    with pytest.raises(UnusableTelemetry) as caught:
        traces_from(environment)
    assert problem in str(caught.value)


def test_texts_are_wanted_only_where_that_is_said() -> None:
    name = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
    assert [texts_wanted({name: value}) for value in ("true", "SPAN_ONLY", "false", "", "no_content")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not texts_wanted({})
