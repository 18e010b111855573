"""Start a run of a prepared flow."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias

from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary import names
from interpreter.boundary.payloads import JSON, RunInput
from interpreter.boundary.sparse import sparse
from interpreter.client.errors import ClientError, RunExists
from interpreter.client.statuses import how_it_ended
from interpreter.converter.own import encrypts

LONGEST_RESULT = 300
"""Characters of a result in a message."""

TASK_TIMEOUT = timedelta(seconds=5)
"""What a lost worker costs when it is lost in the middle of a workflow task; replaying a long run must fit as well."""


Again: TypeAlias = Literal["reject", "new", "attach"]
"""What becomes of a start under an id that a run has already: it is refused; another run begins, if that one is over;
or that run is the one that was meant, if it is one of the same definition.
"""


@dataclass(frozen=True)
class Start:
    """All that a start needs. `source` is the digest of the source map, if there is one; `about` goes into the memo."""

    id: str
    task_queue: str
    input: RunInput
    source: str | None = None
    again: Again = "reject"
    about: Mapping[str, JSON] = field(default_factory=dict)


REUSE = {
    "reject": WorkflowIDReusePolicy.REJECT_DUPLICATE,
    "new": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    "attach": WorkflowIDReusePolicy.REJECT_DUPLICATE,
}


def new_id(flow: str) -> str:
    return f"{flow}-{secrets.token_hex(4)}"


async def start_run(client: TemporalClient, start: Start) -> None:
    """Also on a namespace where the search attributes are not registered: then without them."""
    start.input.options.private = encrypts(client)
    try:
        await _start(client, start, attributes_of(start.input))
    except RPCError as error:
        if error.status != RPCStatusCode.INVALID_ARGUMENT or "search attribute" not in error.message:
            raise ClientError(f"the server refused to start the run: {error.message}") from error
        await _start(client, start, None)


async def _start(client: TemporalClient, start: Start, attributes: TypedSearchAttributes | None) -> None:
    try:
        await client.start_workflow(
            names.WORKFLOW,
            sparse(start.input),
            id=start.id,
            task_queue=start.task_queue,
            task_timeout=TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=REUSE[start.again],
            memo=memo_of(start),
            search_attributes=attributes,
            static_summary=f"{start.input.flow} {start.input.definition.hash[:12]}",
        )
    except WorkflowAlreadyStartedError as error:
        existing = await client.get_workflow_handle(start.id).describe()
        if start.again == "attach" and await _is_meant(existing, start):
            return
        raise RunExists(await _existing(client, existing, start)) from error


def memo_of(start: Start) -> dict[str, JSON]:
    memo: dict[str, JSON] = {
        **start.about,
        names.MEMO_FLOW: start.input.flow,
        names.MEMO_HASH: start.input.definition.hash,
    }
    if start.input.options.staged:
        memo[names.MEMO_MADE_UP] = [names.STAGED_WORD]
    return memo if start.source is None else {**memo, names.MEMO_SOURCE: start.source}


async def _is_meant(existing: WorkflowExecutionDescription, start: Start) -> bool:
    memo = await existing.memo()
    return (memo.get(names.MEMO_FLOW), memo.get(names.MEMO_HASH)) == (start.input.flow, start.input.definition.hash)


async def _existing(client: TemporalClient, existing: WorkflowExecutionDescription, start: Start) -> str:
    """What there is, and what can be done instead."""
    if start.again == "attach":
        return f"the run {start.id} is one of another definition; choose another id"
    if existing.status is WorkflowExecutionStatus.RUNNING:
        return f"a run {start.id} is under way already; choose another id, or leave it out"
    result = await _result(client, start.id)
    how = how_it_ended(existing.status)
    return f"there was a run {start.id} already, which {how}{result}; choose another id, or leave it out"


async def _result(client: TemporalClient, id: str) -> str:
    """Of one that has completed, as far as it fits into a sentence."""
    try:
        kept = await client.get_workflow_handle(id).result()
    except (WorkflowFailureError, RPCError):
        return ""
    text = json.dumps(kept.get("value") if isinstance(kept, dict) else kept, ensure_ascii=False)
    return f", and its result is {text if len(text) <= LONGEST_RESULT else text[: LONGEST_RESULT - 1] + '…'}"


def attributes_of(given: RunInput) -> TypedSearchAttributes:
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
