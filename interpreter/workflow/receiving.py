"""What workers that are not ours answer, when it is large: it is validated beside the run (`activities/receive.py`).

An answer that arrived is never lost: a cancel does not reach what is done with it here, and where that fails (it does
not fit, the store cannot be written) the machine gets the answer as it came.
"""

from temporalio.common import RawValue
from temporalio.exceptions import FailureError

from dsl.ast.types import Type
from dsl.definition.encode import encode
from dsl.values.structure import Types
from interpreter.boundary.names import REFERENCES
from interpreter.boundary.payloads import ReceiveRequest
from interpreter.workflow import limits, local

LARGE_ANSWER = 64 * 1024
"""Bytes. What our own workers answer has less, or references."""


def is_large(answer: RawValue) -> bool:
    """Whether it is an answer as no worker of ours gives it."""
    payload = answer.payload
    plain = payload.metadata.get("encoding") == b"json/plain" and REFERENCES not in payload.metadata
    return plain and len(payload.data) > LARGE_ANSWER


async def received(id_: str, answer: RawValue, returns: Type, types: Types, room: limits.Room) -> RawValue:
    """The answer to the call `id_`, as a worker of ours would have given it if that can be."""
    await room.for_local()
    room.take(limits.LOCAL_RESULT)
    try:
        return await local.receipt(id_, ReceiveRequest(encode(returns), encode(types)), answer, room)
    except FailureError:
        return answer
