"""Start a run of a prepared flow."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client as TemporalClient
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary import names
from interpreter.boundary.payloads import RunInput
from interpreter.boundary.sparse import sparse
from interpreter.client.errors import ClientError, RunExists
from interpreter.encryption.converter import encrypts

TASK_TIMEOUT = timedelta(seconds=5)
"""What a lost worker costs when it is lost in the middle of a workflow task; replaying a long run must fit as well."""


@dataclass(frozen=True)
class Start:
    """All that a start needs. `source` is the digest of the source map, when there is one."""

    id: str
    task_queue: str
    input: RunInput
    source: str | None = None


def new_id(flow: str) -> str:
    return f"{flow}-{secrets.token_hex(4)}"


async def start_run(client: TemporalClient, start: Start) -> None:
    """Also on a namespace where the search attributes are not registered: then without them."""
    start.input.options.indexed = True
    start.input.options.private = encrypts(client)
    try:
        await _start(client, start, _attributes(start.input))
    except RPCError as error:
        if error.status != RPCStatusCode.INVALID_ARGUMENT or "search attribute" not in error.message:
            raise ClientError(f"the server refused to start the run: {error.message}") from error
        start.input.options.indexed = False
        await _start(client, start, None)


async def _start(client: TemporalClient, start: Start, attributes: TypedSearchAttributes | None) -> None:
    memo = {names.MEMO_FLOW: start.input.flow, names.MEMO_HASH: start.input.definition.hash}
    if start.source is not None:
        memo[names.MEMO_SOURCE] = start.source
    try:
        await client.start_workflow(
            names.WORKFLOW,
            sparse(start.input),
            id=start.id,
            task_queue=start.task_queue,
            task_timeout=TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            memo=memo,
            search_attributes=attributes,
            static_summary=f"{start.input.flow} {start.input.definition.hash[:12]}",
        )
    except WorkflowAlreadyStartedError as error:
        raise RunExists(f"a run {start.id} is under way already; choose another id, or leave it out") from error


def _attributes(given: RunInput) -> TypedSearchAttributes:
    values = {
        names.FLOW_ATTRIBUTE: given.flow,
        names.HASH_ATTRIBUTE: given.definition.hash,
        names.REQUESTER_ATTRIBUTE: None if given.options.private else given.requester,
    }
    return TypedSearchAttributes(
        [
            SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
            for name, value in values.items()
            if value is not None
        ]
    )
