"""The runs that a shell completes: those of the server that the command would ask, if it answers at once.

No server is started for it. Whatever is wrong, nothing is offered and nothing said: somebody has pressed a key.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from interpreter.client.listing import RunSummary

LONGEST = 1.5
"""Seconds that one waits for a server."""
MOST = 100
"""Runs that are looked at, the latest first."""


def runs(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Ids of runs."""
    return [_item(each) for each in _listed(context) if each.id.startswith(incomplete)]


def runs_under_way(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Ids of those that have not ended."""
    found = _listed(context)
    return [_item(each) for each in found if each.status == "running" and each.id.startswith(incomplete)]


def runs_that_left_something(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Ids of those that have ended and left effects behind."""
    found = (each for each in _listed(context) if each.doubts or each.status == "terminated")
    return [_item(each) for each in found if each.id.startswith(incomplete)]


def flows_of_runs(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Names of flows that runs have."""
    from click.shell_completion import CompletionItem

    names = dict.fromkeys(each.flow for each in _listed(context))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _item(run: "RunSummary") -> "CompletionItem[str]":
    from click.shell_completion import CompletionItem

    return CompletionItem(run.id, help=f"{run.flow}, {run.status}")


def _listed(context: click.Context) -> "list[RunSummary]":
    found: list[RunSummary] = []
    with contextlib.suppress(Exception):
        asyncio.run(_list(context, found))
    return found


async def _list(context: click.Context, found: "list[RunSummary]") -> None:
    """Into `found`, so that what was told before the time is over is kept."""
    from interpreter.cli.core_logs import keep_off_standard_output
    from interpreter.cli.target import Target
    from interpreter.client.connecting import connect_temporal, connect_with_keys
    from interpreter.client.listing import list_runs
    from interpreter.encryption.keyring import keyring_of
    from interpreter.server.record import read_record

    keep_off_standard_output(None, None)
    target = Target(*(context.params.get(name) for name in ("state", "address", "namespace")))
    async with asyncio.timeout(LONGEST):
        if target.is_embedded:
            record = read_record(target.folder.server)
            if record is None:
                return
            client = await connect_with_keys(keyring_of(), target_host=record.address)
        else:
            client = await connect_temporal(target.address, target.namespace, keyring_of())
        async for run in list_runs(client, flow=None, status=None):
            found.append(run)
            if len(found) == MOST:
                return
