"""How a run that is over went, from what was kept at its end: no worker has to replay it to tell."""

from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError

from dsl.definition.unseal import UnsealError
from interpreter.boundary import names
from interpreter.boundary.archive import unarchived
from interpreter.boundary.view import RunView
from interpreter.client.errors import ClientError

if TYPE_CHECKING:
    from interpreter.client.run import Run


async def ending(run: "Run") -> RunView | None:
    """Wait until the run is over, whichever way, under whichever execution. None when it has left nothing."""
    try:
        kept = await run.handle.result()
    except WorkflowFailureError as error:
        kept = await _kept_badly(run, error.cause)
    except RPCError as error:
        raise ClientError(f"the server refused: {error.message}") from error
    record = kept.get("record") if isinstance(kept, dict) else None
    try:
        return unarchived(record) if record else None
    except (UnsealError, ValueError, TypeError):  # not of ours, or of a later format
        return None


async def _kept_badly(run: "Run", cause: BaseException | None) -> Any:
    match cause:
        case ApplicationError():
            return cause.details[0] if cause.details else None
        case CancelledError():
            return {"record": (await (await run.describe()).memo()).get(names.MEMO_RECORD)}
        case _:
            return None
