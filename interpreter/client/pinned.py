"""The definition that a run is pinned to, by the run or by its hash."""

from typing import TYPE_CHECKING

from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from interpreter.client.carried import definition_of
from interpreter.stores.store import StoreError, read

if TYPE_CHECKING:
    from interpreter.client.client import Client

WHOLE = 64
MOST_LOOKED_AT = 10_000
"""Runs, the latest first, for one of a hash."""


class NotPinned(Exception):
    """There is no such definition here, or more than one."""


async def pinned(client: "Client", *, hash: str | None = None, run: str | None = None) -> Definition:
    """What `run` is pinned to, or what has this `hash` or begins so. Raises `NotPinned`, and `UnknownRun`."""
    if run is not None:
        await client.run(run).describe()
        found = await definition_of(client.run(run))
        if found is None:
            raise NotPinned(f"the definition of the run {run} cannot be had here: it is in another store")
        return found
    assert hash is not None
    return _stored(client, hash) or await _of_a_run(client, hash)


def _stored(client: "Client", hash: str) -> Definition | None:
    if len(hash) < WHOLE:
        return None
    try:
        return unseal(read(client.store, hash), hash)
    except StoreError:
        return None
    except UnsealError as error:
        raise NotPinned(f"{hash} is stored, and is no definition: {error}"[:300]) from error


async def _of_a_run(client: "Client", hash: str) -> Definition:
    """A small definition travels with its runs, and is in no store."""
    runs: dict[str, str] = {}
    looked_at = 0
    async for each in client.runs():
        looked_at += 1
        if each.hash.startswith(hash):
            runs.setdefault(each.hash, each.id)
        if looked_at >= MOST_LOOKED_AT or hash in runs:
            break
    if not runs:
        raise NotPinned(f"no run and no stored definition has the hash {hash}")
    if len(runs) > 1:
        raise NotPinned(f"{len(runs)} hashes begin so: {', '.join(sorted(runs)[:5])}")
    (found,) = runs.values()
    return await pinned(client, run=found)
