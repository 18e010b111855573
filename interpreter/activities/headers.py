"""What travels beside the arguments of a call, in headers: its idempotency key, its attempt, the declared signature."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from interpreter.boundary.names import ATTEMPT_HEADER, KEY_HEADER, SIGNATURE_HEADER


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
    names = (KEY_HEADER, ATTEMPT_HEADER, SIGNATURE_HEADER)
    key, attempt, signature = (converter.from_payload(headers[name]) if name in headers else None for name in names)
    return CallHeaders(key, attempt, DeclaredSignature(**json.loads(signature)) if signature is not None else None)
