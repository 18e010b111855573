"""Metrics of models as the conventions of OpenTelemetry for generative AI have them, so that ready-made dashboards fit.

What goes out by OTLP has the names of the conventions. Prometheus takes no dots; there they have the names that it
gives such metrics by its own rule, with the unit at the end.
"""

from temporalio.common import MetricMeter

from interpreter.core.traces import Trace
from interpreter.telemetry.bounded import Bounded
from interpreter.telemetry.providers import Answering

TOKENS, DURATION = "gen_ai.client.token.usage", "gen_ai.client.operation.duration"
BUCKETS: dict[str, list[float]] = {
    TOKENS: [float(4**power) for power in range(14)],
    DURATION: [0.01 * 2**power for power in range(14)],
}


def name_in_prometheus(name: str) -> str:
    return name.replace(".", "_") + ("_seconds" if name == DURATION else "")


class ConventionalMetrics:
    """`dotted`: they go out by OTLP."""

    def __init__(self, meter: MetricMeter, *, dotted: bool) -> None:
        self._dotted = dotted
        self._bounded = Bounded()
        tokens, duration = (name if dotted else name_in_prometheus(name) for name in (TOKENS, DURATION))
        units = ("{token}", "s") if dotted else (None, None)
        self._tokens = meter.create_histogram(tokens, "Number of input and output tokens used.", units[0])
        self._duration = meter.create_histogram_float(duration, "GenAI operation duration.", units[1])

    def asked(self, trace: Trace, provider: Answering) -> None:
        """An attempt at a model has ended. Of what was made up there are no tokens."""
        told = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider.name,
            "gen_ai.request.model": trace.name,
        }
        if provider.address is not None:
            told["server.address"] = provider.address
        failed = {"error.type": trace.kind} if trace.kind else {}
        self._duration.record(trace.at - trace.began, self._labels(told | failed))
        if trace.usage is None or trace.made_up:
            return
        for kind, number in (("input", trace.usage.input_tokens), ("output", trace.usage.output_tokens)):
            self._tokens.record(number, self._labels(told | {"gen_ai.token.type": kind}))

    def _labels(self, told: dict[str, str]) -> dict[str, str]:
        bounded = self._bounded(**told)
        return bounded if self._dotted else {name.replace(".", "_"): value for name, value in bounded.items()}
