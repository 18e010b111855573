"""Settings of a worker that make it recover fast from a lost one, as measured; what the caller sets himself stays."""

import inspect
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.common import VersioningBehavior
from temporalio.worker import Worker, WorkerDeploymentConfig

RECOMMENDED: dict[str, Any] = {
    # A workflow task of a worker that was killed waits this long before another worker gets it.
    "sticky_queue_schedule_to_start_timeout": timedelta(seconds=2),
    # A cancel reaches an activity with the answer to its next heartbeat.
    "max_heartbeat_throttle_interval": timedelta(seconds=1),
    "default_heartbeat_throttle_interval": timedelta(seconds=2),
    # What runs when a worker is told to stop may end; without it, its outcome would be unknown.
    "graceful_shutdown_timeout": timedelta(seconds=5),
    # 62 KB each, and what is replayed after an eviction costs more than that.
    "max_cached_workflows": 500,
}

_DEFAULTS = {name: parameter.default for name, parameter in inspect.signature(Worker.__init__).parameters.items()}


def with_recommended(config: dict[str, Any]) -> dict[str, Any]:
    """`config` with each recommended setting that still has the default of the SDK."""
    found = {name: value for name, value in RECOMMENDED.items() if config.get(name) == _DEFAULTS[name]}
    return config | found | {"deployment_config": _going_on(config.get("deployment_config"))}


def _going_on(deployment: WorkerDeploymentConfig | None) -> WorkerDeploymentConfig | None:
    """Runs last for months, and their definition is their own whatever works on them: so they go on with the current
    version of a deployment, unless it says otherwise. Temporal's worker does not start where nothing is said.
    """
    if deployment is None or not deployment.use_worker_versioning or deployment.default_versioning_behavior:
        return deployment
    return replace(deployment, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
