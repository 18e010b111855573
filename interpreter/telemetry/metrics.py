"""Metrics of runs, counted where the SDK counts its own: whatever exports those, exports these.

Labels have few values: names that authors give (flow, agent, tool, kind of error), models and providers, and of each at
most so many; whatever comes beyond is `other`. No id of a run, no person and no text is among them.
"""

from collections.abc import Mapping
from decimal import Decimal

from temporalio.common import MetricMeter

from dsl.models.configured import Models
from interpreter.core.traces import Trace
from interpreter.telemetry import conventional
from interpreter.telemetry.bounded import Bounded
from interpreter.telemetry.providers import REHEARSAL, Answering, answering
from interpreter.telemetry.told import RunIdentity

NANO = Decimal(10**9)
CALLED = frozenset({"tool", "agent", "flow"})

BUCKETS: dict[str, list[float]] = {
    **conventional.BUCKETS,
    **{conventional.name_in_prometheus(name): buckets for name, buckets in conventional.BUCKETS.items()},
    "steadflow_model_request_seconds": [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    "steadflow_question_wait_seconds": [60, 300, 900, 3_600, 14_400, 86_400, 259_200],
}
"""For a runtime's `histogram_bucket_overrides`: the SDK's own are for milliseconds."""


class Metrics:
    """Told of what has ended in runs; each is counted once. `dotted`: what has dots in its name goes out by OTLP."""

    def __init__(
        self, meter: MetricMeter, models: Models, environment: Mapping[str, str], *, dotted: bool = False
    ) -> None:
        self._models, self._environment = models, dict(environment)
        self._conventional = conventional.ConventionalMetrics(meter, dotted=dotted)
        self._bounded = Bounded()
        self._runs = meter.create_counter("steadflow_runs", "Runs that have ended")
        self._steps = meter.create_counter("steadflow_steps", "Steps that have ended, by what they call")
        self._turns = meter.create_counter("steadflow_turns", "Turns of agents")
        self._errors = meter.create_counter("steadflow_errors", "What has failed, by the kind of its failure")
        self._requests = meter.create_counter("steadflow_model_requests", "Attempts at models")
        self._tokens = meter.create_counter("steadflow_model_tokens", "Tokens that models reported, by kind")
        self._money = meter.create_counter(
            "steadflow_model_nanousd", "Charged for models, in billionths of a US dollar"
        )
        self._answers = meter.create_histogram_float("steadflow_model_request_seconds", "Time of an attempt at a model")
        self._waits = meter.create_histogram_float(
            "steadflow_question_wait_seconds", "Time until a question was settled"
        )

    def told(self, run: RunIdentity, trace: Trace) -> None:
        flow = trace.flow
        match trace.node:
            case "run":
                self._runs.add(1, self._bounded(flow=flow, outcome=trace.outcome))
            case "turn":
                self._turns.add(1, self._bounded(flow=flow, agent=trace.name))
            case "approval":
                self._waits.record(trace.at - trace.began, self._bounded(flow=flow))
            case "chat":
                self._asked(trace)
            case node if node in CALLED:
                self._steps.add(1, self._bounded(flow=flow, node=node, called=trace.name, outcome=trace.outcome))
        if trace.kind:
            self._errors.add(1, self._bounded(flow=flow, node=trace.node, kind=trace.kind))

    def _asked(self, trace: Trace) -> None:
        made_up = Answering(REHEARSAL)
        provider = made_up if trace.made_up else answering(self._models, trace.name, self._environment)
        self._conventional.asked(trace, provider)
        labels = self._bounded(flow=trace.flow, agent=trace.agent, model=trace.name, provider=provider.name)
        self._requests.add(1, labels | {"outcome": trace.outcome})
        self._answers.record(trace.at - trace.began, labels)
        usage = trace.usage
        if usage is not None and not trace.made_up:
            counted = {
                "input": usage.input_tokens,
                "output": usage.output_tokens,
                "cached": usage.cached_tokens,
                "reasoning": usage.reasoning_tokens,
            }
            for kind, number in counted.items():
                if number:
                    self._tokens.add(number, labels | {"kind": kind})
        if not trace.made_up:
            self._money.add(int(Decimal(trace.usd) * NANO), labels)
