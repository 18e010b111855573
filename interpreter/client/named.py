"""Which objects the runs of a server name: in the histories of all executions that it still has.

Inputs, results, states, headers, memos: whatever an event carries is looked through, decrypted where it is encrypted.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from interpreter.stores.pruning import digests_in

AT_ONCE = 16
"""Histories that are read side by side."""


@dataclass
class Named:
    executions: int = 0
    digests: set[str] = field(default_factory=set)


async def named(client: Client) -> Named:
    """Raises what reading or decrypting does: who does not know all knows nothing."""
    found = Named()
    async for batch in _batches(client):
        for digests in await asyncio.gather(*(_of(client, each) for each in batch)):
            found.executions += 1
            found.digests |= digests
    return found


async def _batches(client: Client) -> AsyncIterator[list[WorkflowExecution]]:
    batch: list[WorkflowExecution] = []
    async for execution in client.list_workflows():
        batch.append(execution)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


async def _of(client: Client, execution: WorkflowExecution) -> set[str]:
    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
    found: set[str] = set()
    codec = client.data_converter.payload_codec
    try:
        async for event in handle.fetch_history_events():
            found |= digests_in(event.SerializeToString())
            payloads = list(_payloads(event)) if codec is not None else []
            for payload in await codec.decode(payloads) if codec is not None and payloads else []:
                found |= digests_in(payload.SerializeToString())
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return set()  # the server has just forgotten it
    return found


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        if descriptor.message_type.GetOptions().map_entry:
            parts = [part for part in value.values() if isinstance(part, Message)]
        else:
            parts = [value] if isinstance(value, Message) else list(value)
        for part in parts:
            yield from _payloads(part)
