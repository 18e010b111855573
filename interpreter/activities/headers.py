"""What travels beside the arguments of a call, in headers: its idempotency key, its attempt, the declared signature,
and what of the arguments is a reference.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from interpreter.boundary.names import ATTEMPT_HEADER, KEY_HEADER, REFERENCES, SIGNATURE_HEADER
from interpreter.boundary.payloads import References


@dataclass(frozen=True, slots=True)
class DeclaredSignature:
    """What the definition declares: the digest, and the same in words."""

    digest: str
    readable: str


@dataclass(frozen=True, slots=True)
class CallHeaders:
    """Absent values are None: the activity was not called by a flow."""

    key: str | None = None
    attempt: int | None = None
    signature: DeclaredSignature | None = None
    references: References = field(default_factory=list)


HEADERS: ContextVar[CallHeaders] = ContextVar("steadflow_call_headers", default=CallHeaders())  # noqa: B039 - frozen


class HeaderInterceptor(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Inbound(next)


class _Inbound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        HEADERS.set(_read(input.headers))
        return await super().execute_activity(input)


def _read(headers: Mapping[str, Payload]) -> CallHeaders:
    converter = activity.payload_converter()
    names = (KEY_HEADER, ATTEMPT_HEADER, SIGNATURE_HEADER, REFERENCES)
    key, attempt, signature, references = (
        converter.from_payload(headers[name]) if name in headers else None for name in names
    )
    declared = DeclaredSignature(**json.loads(signature)) if signature is not None else None
    return CallHeaders(key, attempt, declared, json.loads(references) if references is not None else [])
