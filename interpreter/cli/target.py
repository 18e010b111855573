"""Which server a command talks to: the embedded one of a state folder, unless an address says otherwise."""

import os
import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from interpreter.cli.problem import Misuse
from interpreter.server.folder import StateFolder, state_folder

if TYPE_CHECKING:
    from temporalio.runtime import OpenTelemetryConfig

    from interpreter.client.client import Client

REMOTE_VARIABLES = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")


@dataclass(frozen=True)
class Target:
    """As typed."""

    state: str | None
    address: str | None
    namespace: str | None

    @property
    def folder(self) -> StateFolder:
        return state_folder(self.state)

    @property
    def as_typed(self) -> str:
        """The same options again, for a command that we suggest."""
        options = {"--state": self.state, "--address": self.address, "--namespace": self.namespace}
        return "".join(f" {name} {shlex.quote(value)}" for name, value in options.items() if value is not None)

    @property
    def is_embedded(self) -> bool:
        """An explicit `--state` wins over the environment; an explicit `--address` over everything."""
        if self.address is not None:
            return False
        return self.state is not None or not any(os.environ.get(name) for name in REMOTE_VARIABLES)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options that say which server, and hands it a `target`."""

    @click.option("--state", metavar="DIR", help="State folder of the embedded server. [env: STEADFLOW_STATE]")
    @click.option("--address", metavar="HOST:PORT", help="Use this Temporal server. [env: TEMPORAL_ADDRESS]")
    @click.option("--namespace", metavar="NAME", help="Namespace on that server. [env: TEMPORAL_NAMESPACE]")
    @wraps(command)
    def with_target(*args: Any, state: str | None, address: str | None, namespace: str | None, **rest: Any) -> Any:
        return command(*args, target=Target(state, address, namespace), **rest)

    return with_target


@asynccontextmanager
async def connected(
    target: Target, metrics: str | None = None, sent: "OpenTelemetryConfig | None" = None
) -> "AsyncIterator[Client]":
    """A client for as long as the block lasts; the embedded server is kept for as long. `metrics` is an address at
    which they are offered; otherwise they may be `sent`.
    """
    # Temporal takes a while to load, and a command that has these options may not need it.
    from interpreter.cli.core_logs import keep_off_standard_output
    from interpreter.client.client import connect, connect_embedded

    try:
        keep_off_standard_output(metrics, sent)
    except (RuntimeError, ValueError) as error:
        raise Misuse(f"metrics cannot be offered at {metrics}: {error}; give an address as 127.0.0.1:9464") from error
    if target.is_embedded:
        client = await connect_embedded(target.state)
    else:
        client = await connect(target.address, target.namespace, state_dir=target.state)
    async with client:
        yield client
