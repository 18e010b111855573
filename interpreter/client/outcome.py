"""How a run ended, in the caller's terms."""

from dataclasses import replace
from typing import Any

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError, FailureError, TerminatedError, TimeoutError
from temporalio.service import RPCError, RPCStatusCode

from dsl.diagnostics.inert import inert
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.payloads import RunResult, Spent
from interpreter.client.carried import begun_with
from interpreter.client.errors import (
    ClientError,
    FailureDetail,
    RunCancelled,
    RunFailed,
    RunTerminated,
    UnknownRun,
    failure_detail,
)
from interpreter.stores.conversations import told
from interpreter.stores.ledgers import entries
from interpreter.stores.store import ObjectStore, StoreError


async def result_of(client: Client, handle: WorkflowHandle[Any, Any], store: ObjectStore) -> RunResult:
    """Wait for the end. The value is whole: what travelled as a reference is fetched."""
    try:
        data = await handle.result()
    except WorkflowFailureError as error:
        raise _ended_badly(handle.id, error.cause, store) from error
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise UnknownRun(f"there is no run {inert(handle.id)}") from error
        raise
    spent = Spent(**data["spent"]) if data.get("spent") is not None else await _all_that_was_lent(client, handle.id)
    try:
        value = told(store, data["value"], data.get("references") or [])
        ledger = entries(store, data.get("ledger"))
    except StoreError as error:
        raise ClientError(f"the result lies in a store that this client does not have: {error}") from error
    return RunResult(value, spent, bool(data.get("rehearsal")), bool(data.get("staged")), ledger)


async def _all_that_was_lent(client: Client, id: str) -> Spent:
    """What a child has spent that does not say it."""
    lease = (await begun_with(client, id)).lease or Lease()
    return Spent(lease.usd or "0", lease.tokens or 0, lease.calls or 0)


def _ended_badly(run: str, cause: BaseException | None, store: ObjectStore) -> ClientError:
    match cause:
        case ApplicationError():
            return RunFailed(_with_whole_ledger(failure_detail(cause.type, cause.message, cause.details), store))
        case CancelledError():
            return RunCancelled(f"the run {run} was cancelled")
        case TerminatedError():
            return RunTerminated(f"the run {run} was terminated: {cause.message}")
        case TimeoutError():
            return RunTerminated(f"the run {run} was ended by a timeout of the server")
        case _:
            message = cause.message if isinstance(cause, FailureError) else str(cause)
            return RunFailed(FailureDetail("Failed", message))


def _with_whole_ledger(detail: FailureDetail, store: ObjectStore) -> FailureDetail:
    try:
        return replace(detail, ledger=tuple(entries(store, list(detail.ledger))))
    except StoreError as error:
        where = f"what the run left behind lies in a store that this client does not have: {error}"
        return replace(detail, message=f"{detail.message}; {where}", ledger=())
