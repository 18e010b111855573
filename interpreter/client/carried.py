"""The definition that a run carries: in the input that its history begins with, or in the store under its hash."""

from typing import TYPE_CHECKING

from temporalio.client import Client as TemporalClient

from dsl.definition.definition import Definition
from dsl.definition.packed import unpacked
from dsl.definition.unseal import UnsealError, unseal
from interpreter.boundary.payloads import RunInput
from interpreter.client.errors import ClientError
from interpreter.stores.store import StoreError

if TYPE_CHECKING:
    from interpreter.client.run import Run


async def definition_of(run: "Run") -> Definition | None:
    """None when it cannot be had here."""
    try:
        return definition_in(run, await input_of(run))
    except ClientError:
        return None


async def input_of(run: "Run") -> RunInput:
    """What its latest execution began with."""
    return await begun_with(run.temporal, run.id)


async def begun_with(client: TemporalClient, id: str, run_id: str | None = None) -> RunInput:
    """What that execution of a run began with, the latest if none is said. Raises `ClientError`."""
    async for event in client.get_workflow_handle(id, run_id=run_id).fetch_history_events(page_size=1):
        payloads = list(event.workflow_execution_started_event_attributes.input.payloads)
        (given,) = await client.data_converter.decode(payloads, [RunInput])
        assert isinstance(given, RunInput)
        return given
    raise ClientError(f"the run {id} has no history")


def definition_in(run: "Run", given: RunInput) -> Definition:
    """Raises `ClientError` when it cannot be had here."""
    envelope = given.definition
    try:
        content = unpacked(envelope.inline) if envelope.inline is not None else run.store.get(envelope.hash)
        return unseal(content, envelope.hash)
    except (StoreError, UnsealError) as error:
        raise ClientError(f"the definition of the run {run.id} cannot be had here: {error}") from error
