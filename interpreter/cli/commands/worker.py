"""`dsl worker`."""

import os
from pathlib import Path

import click
from temporalio.runtime import OpenTelemetryConfig

from interpreter.cli.carry_out import carry_out
from interpreter.cli.nameable import nameable
from interpreter.cli.problem import Misuse, Refused
from interpreter.cli.serving import Serving, serving_options, told_at_start
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.tool_logs import tool_logs
from interpreter.cli.tools import chosen_tools
from interpreter.cli.working import loaded_tools, plugin_for
from interpreter.client.client import TASK_QUEUE
from interpreter.encryption.keyring import keyring_of
from interpreter.mcp.errors import UnusableServers
from interpreter.telemetry.environment import UnusableTelemetry
from interpreter.worker.agreements import SignatureError
from interpreter.worker.running import run_worker


@click.command(
    epilog="""\b
Examples:
  dsl worker --tools examples/support_tools.py --flow examples/support.flow
  dsl worker --task-queue payments --tools shop.payments --address localhost:7233
  dsl worker --tools support_tools.py --people people.yaml
  dsl worker --tools support_tools.py --metrics 0.0.0.0:9464
"""
)
@click.option("--tools", multiple=True, metavar="MODULE|FILE", help="Where the tools are; may be repeated.")
@click.option(
    "--flow",
    "flows",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A flow whose tools this worker must have.",
)
@click.option(
    "--lock",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What pins the MCP servers of the flows.  [default: flow.lock beside the first --flow]",
)
@click.option("--partial", is_flag=True, help="Other workers on the task queue have the tools that are missing here.")
@click.option(
    "--require-signed",
    "require_signed",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="SIGNERS",
    help="Begin only runs whose definition is signed off below this SIGNERS, or folder; may be repeated.",
)
@serving_options
@click.option("--metrics", metavar="HOST:PORT", help="Where metrics can be scraped: http://HOST:PORT/metrics.")
@click.option(
    "--task-queue", default=TASK_QUEUE, show_default=True, metavar="NAME", help="What it works on.", callback=nameable
)
@target_options
def worker(
    tools: tuple[str, ...],
    flows: tuple[Path, ...],
    lock: Path | None,
    partial: bool,
    require_signed: tuple[Path, ...],
    metrics: str | None,
    task_queue: str,
    serving: Serving,
    target: Target,
) -> int:
    """Carry out runs and tools until stopped.

    Stops on Ctrl-C or SIGTERM once what runs has ended; a second one stops it at once.
    """
    return carry_out(_worker(tools, flows, lock, partial, require_signed, metrics, task_queue, serving, target))


async def _worker(
    tools: tuple[str, ...],
    flows: tuple[Path, ...],
    lock: Path | None,
    partial: bool,
    require_signed: tuple[Path, ...],
    metrics: str | None,
    task_queue: str,
    serving: Serving,
    target: Target,
) -> None:
    loaded = loaded_tools(chosen_tools(tools, None).modules, str(Path.cwd()))
    sent = _sent(metrics)
    async with connected(target, metrics, sent) as client:
        otlp = sent is not None
        plugin = plugin_for(
            client,
            loaded,
            flows,
            partial=partial,
            serving=serving,
            lock=lock,
            otlp=otlp,
            require_signed=require_signed,
        )

        def say_ready() -> None:
            names = ", ".join(sorted(tool.name for tool in loaded)) or "no tools"
            click.echo(f"working on the task queue {task_queue} with {names}", err=True)
            if keys := keyring_of():
                click.echo(f"encrypting with the key {keys.first.id}", err=True)
            for place in require_signed:
                click.echo(f"beginning only what is signed off, as {place} says", err=True)
            if metrics is not None:
                click.echo(f"metrics at http://{metrics}/metrics", err=True)
            if sent is not None:
                click.echo(f"metrics go to {sent.url}", err=True)
            for line in told_at_start(serving):
                click.echo(line, err=True)

        try:
            with tool_logs(target.folder, f"worker-{task_queue}", lambda line: click.echo(line, err=True)):
                await run_worker(client.temporal, task_queue, plugin, ready=say_ready)
        except (SignatureError, UnusableServers) as error:
            raise Refused(str(error)) from error


def _sent(metrics: str | None) -> OpenTelemetryConfig | None:
    """Where the environment says that metrics go. They go to one place."""
    # Few workers send any.
    from interpreter.telemetry.sending import EXPORTER, metrics_from

    try:
        sent = metrics_from(os.environ)
    except UnusableTelemetry as error:
        raise Misuse(str(error)) from error
    if sent is not None and metrics is not None:
        raise Misuse(f"metrics go to one place: leave out --metrics, or say {EXPORTER}=none")
    return sent
