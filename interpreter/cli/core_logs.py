"""Keeps what Temporal's core logs off standard output, which is for results: by itself it writes there.

Its warnings are about things that mend themselves (a query that came too late, a server that is just coming back);
what is worth knowing of those, the commands say themselves.
"""

import logging
from typing import Literal

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    OpenTelemetryConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

LEVEL: Literal["ERROR"] = "ERROR"


def keep_off_standard_output(metrics: str | None = None, sent: OpenTelemetryConfig | None = None) -> None:
    """For all connections that this process makes from now on; errors go to Python's logging, so to standard error.
    `metrics` is the address at which what is counted can be scraped, or it is `sent`. Raises `RuntimeError` where the
    address cannot be had.
    """
    logs = LoggingConfig(
        filter=TelemetryFilter(core_level=LEVEL, other_level=LEVEL),
        forwarding=LogForwardingConfig(logging.getLogger("temporalio.core")),
    )
    counted: PrometheusConfig | OpenTelemetryConfig | None = sent
    if metrics is not None:
        # What is counted is loaded where it is counted.
        from interpreter.telemetry.metrics import BUCKETS

        counted = PrometheusConfig(
            metrics,
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
            histogram_bucket_overrides=BUCKETS,
        )
    Runtime.set_default(
        Runtime(telemetry=TelemetryConfig(logging=logs, metrics=counted, attach_service_name=False)),
        error_if_already_set=False,
    )
