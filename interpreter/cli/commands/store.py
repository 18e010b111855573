"""`dsl store`."""

import time
from contextlib import AsyncExitStack
from dataclasses import asdict

import click

from dsl.ast.duration import parse_duration
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.client import Client, connect, connect_embedded, server_name
from interpreter.client.named import named
from interpreter.stores import pruning, users
from interpreter.stores.store import StoreError

LEAST_GRACE = 60


@click.group(epilog="Example: dsl store prune --dry-run")
def store() -> None:
    """Remove what is stored and no run needs any more."""


@store.command(
    epilog="""\b
Examples:
  dsl store prune --dry-run
  dsl store prune --older-than 7d
  dsl store prune --address temporal.example.com:7233 --also embedded
"""
)
@click.option(
    "--older-than",
    metavar="DURATION",
    default="24h",
    show_default=True,
    help="What was kept within that time stays: a run may not have been told of it yet.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@click.option(
    "--also", metavar="SERVER", multiple=True, help="Another server with this store: HOST:PORT/NAMESPACE, or embedded."
)
@click.option("--forget", metavar="SERVER", multiple=True, help="A server that is no more, with all its runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def prune(
    older_than: str, dry_run: bool, also: tuple[str, ...], forget: tuple[str, ...], as_json: bool, target: Target
) -> int:
    """Remove stored objects that no run needs any more.

    Definitions, large values and conversations lie in the store of the state folder. What a run names that the server
    still has, open or closed, stays; so does what that names in turn. The server keeps closed runs for the retention
    of its namespace: the embedded one for 90 days. Workers may go on meanwhile.
    """
    milliseconds = parse_duration(older_than)
    if milliseconds is None:
        raise Misuse(f"`{older_than}` is no duration; write it as `36h` or `7d`")
    if milliseconds < LEAST_GRACE * 1000:
        raise Misuse("a worker may not have told the server yet of what it has just kept: leave it a minute at least")
    before = time.time() - milliseconds / 1000
    return carry_out(_prune(before, dry_run, also, forget, as_json, target))


async def _prune(
    before: float, dry_run: bool, also: tuple[str, ...], forget: tuple[str, ...], as_json: bool, target: Target
) -> None:
    objects = target.folder.objects
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(connected(target))
        clients = {users.EMBEDDED if target.is_embedded else server_name(client.temporal): client}
        for other in also:
            clients[other] = await stack.enter_async_context(await _other(other, target))
        unknown = [each for each in users.users(objects) if each not in clients and each not in forget]
        if unknown:
            raise Problem(
                f"{objects} is used with {', '.join(unknown)} too: say `--also {unknown[0]}`, so that nothing goes "
                f"which runs there need, or `--forget {unknown[0]}` if it is no more"
            )
        executions, digests = 0, set[str]()
        for each in clients.values():
            found = await named(each.temporal)
            executions, digests = executions + found.executions, digests | found.digests
        try:
            pruned = pruning.prune(_files(client), digests, before, dry_run=dry_run)
        except StoreError as error:
            raise Problem(f"nothing more is removed: {error}") from error
    for gone in () if dry_run else forget:
        users.forget(objects, gone)
    _say(pruned, executions, dry_run, as_json)


async def _other(server: str, target: Target) -> Client:
    if server == users.EMBEDDED:
        return await connect_embedded(target.state)
    address, _, namespace = server.partition("/")
    return await connect(address, namespace or None, state_dir=target.state)


def _files(client: Client) -> pruning.FileStore:
    assert pruning.is_file_store(client.store)
    return client.store


def _say(pruned: pruning.Pruned, executions: int, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": dry_run, "executions": executions, **asdict(pruned)})
        return
    reasons = {
        "would remove" if dry_run else "removed": pruned.removed,
        f"needed by {executions} executions": pruned.needed,
        "kept lately": pruned.young,
        "of another key": pruned.foreign,
    }
    for reason, amount in reasons.items():
        if amount.objects or amount is pruned.removed:
            click.echo(f"{amount.objects:>8} objects  {amount.bytes:>14,} bytes  {reason}")
