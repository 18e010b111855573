"""Asking a run: at once, or where its answer is larger than the server lets through, part by part."""

import asyncio
import base64
import zlib
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError

from interpreter.boundary.names import PART_QUERY
from interpreter.boundary.parts import Part

TOO_LARGE = "Blob data size exceeds limit"
"""What the server says of an answer to a query."""
MOST_TRIES = 20
PAUSE = 0.2

LARGEST = 100_000_000
"""Bytes that are put together again: what a worker says may be anything."""

T = TypeVar("T")


class Torn(Exception):
    """The parts are not of one telling: the run has gone on in between."""


async def asked(
    client: Client,
    handle: WorkflowHandle[Any, Any],
    query: str,
    arguments: list[object],
    result_type: type[T],
    patience: timedelta,
) -> T:
    """What the run answers to `query`, which takes one argument at most. Raises what the client's `query` raises."""
    try:
        answer: T = await handle.query(query, args=arguments, result_type=result_type, rpc_timeout=patience)
    except WorkflowQueryFailedError as error:
        content = await _in_parts(handle, query, arguments, patience) if TOO_LARGE in str(error) else None
        if content is None:
            raise
        payload = Payload(metadata={"encoding": b"json/plain"}, data=content)
        answer = client.data_converter.payload_converter.from_payload(payload, result_type)
    return answer


async def _in_parts(
    handle: WorkflowHandle[Any, Any], query: str, arguments: list[object], patience: timedelta
) -> bytes | None:
    """Begun anew where the run has gone on in between; None where it always does."""
    for _ in range(MOST_TRIES):
        parts: list[Part] = []
        while not parts or len(parts) < parts[0].parts:
            numbered = [query, len(parts), *arguments]
            parts.append(await handle.query(PART_QUERY, args=numbered, result_type=Part, rpc_timeout=patience))
        try:
            return joined(parts)
        except Torn:
            await asyncio.sleep(PAUSE)
    return None


def joined(parts: list[Part]) -> bytes:
    """The whole of which these are the parts. Raises `Torn`."""
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(base64.b64decode("".join(part.text for part in parts)), LARGEST)
    except (ValueError, zlib.error) as error:
        raise Torn from error
    if len({part.digest for part in parts}) != 1 or sha256(content).hexdigest() != parts[0].digest:
        raise Torn
    return content
