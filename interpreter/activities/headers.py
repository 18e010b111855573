"""What travels beside the arguments of a call, in headers: its idempotency key, its attempt, the declared signature,
of a verification the key that it asks about, and what of the arguments is a reference.
"""

import asyncio
import json
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from interpreter.activities.at_work import AT_WORK
from interpreter.activities.heartbeats import heartbeating
from interpreter.boundary.names import (
    CALL_HEADER,
    DIGEST_BYTES,
    EARLIER_CALL_HEADER,
    FIRST_RUN_HEADER,
    RUN_HEADER,
    id_of_call,
    key_of_activity,
)
from interpreter.boundary.payloads import References


@dataclass(frozen=True, slots=True)
class DeclaredSignature:
    """What the definition declares: the digest, and the same in words, which come only when they were asked for."""

    digest: str
    readable: str = ""


@dataclass(frozen=True, slots=True)
class CallHeaders:
    """Absent values are None: the activity was not called by a flow. `verifies` is the key of the call that this one
    asks about; `first_run` the id of the run's first execution. `discreet`: what it says goes into no log. `run`: that
    of which the call is, where another workflow carries it.
    """

    key: str | None = None
    attempt: int | None = None
    signature: DeclaredSignature | None = None
    verifies: str | None = None
    references: References = field(default_factory=list)
    first_run: str | None = None
    discreet: bool = False
    run: str | None = None


OURS = "__steadflow_activity__"
"""Attribute of the activities that we made of tools."""

HEADERS: ContextVar[CallHeaders] = ContextVar("steadflow_call_headers", default=CallHeaders())  # noqa: B039 - frozen


class HeaderInterceptor(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Inbound(next)


class _Inbound(ActivityInboundInterceptor):
    _outbound: "_Outbound"

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._outbound = _Outbound(outbound)
        super().init(self._outbound)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        headers = _read(input.headers)
        HEADERS.set(headers)
        if headers.key is None or hasattr(input.fn, OURS):
            return await super().execute_activity(input)
        # A tool that was given to the worker as an activity of its own knows nothing of heartbeats and keys.
        with AT_WORK.while_entered(headers.key):
            async with heartbeating(self._outbound.heartbeat):
                return await super().execute_activity(input)


class _Outbound(ActivityOutboundInterceptor):
    """`activity.heartbeat()` from wherever a tool's function runs; the SDK sends it from the worker's own loop only."""

    def __init__(self, next: ActivityOutboundInterceptor) -> None:
        super().__init__(next)
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def heartbeat(self, *details: Any) -> None:
        if threading.get_ident() == self._thread:
            super().heartbeat(*details)
        else:
            self._loop.call_soon_threadsafe(super().heartbeat, *details)


def run_id() -> str:
    """The workflow id of the run of which the call is."""
    return HEADERS.get().run or activity.info().workflow_id or ""


def call_id() -> str:
    """What the call that this activity is made for is known by outside."""
    info, headers = activity.info(), HEADERS.get()
    return headers.key or id_of_call(run_id(), headers.first_run or info.workflow_run_id or "", info.activity_id)


def own_key() -> str:
    """That of a call which is told none: the first attempt in an execution that has not continued as new."""
    info = activity.info()
    return key_of_activity(info.workflow_id or "", info.workflow_run_id or "", info.activity_id)


def _given(data: bytes) -> dict[str, Any]:
    if len(data) == DIGEST_BYTES:
        return {"signature": data.hex()}
    given: dict[str, Any] = json.loads(data) if data.startswith(b"{") else {"signature": data.decode()}
    return given


def _read(headers: Mapping[str, Payload]) -> CallHeaders:
    call = headers.get(CALL_HEADER) or headers.get(EARLIER_CALL_HEADER)
    if call is None:
        first, run = (headers.get(name) for name in (FIRST_RUN_HEADER, RUN_HEADER))
        return CallHeaders(
            first_run=None if first is None else first.data.decode(), run=None if run is None else run.data.decode()
        )
    given = _given(call.data)
    return CallHeaders(
        given.get("key") or own_key(),
        given.get("attempt", 1),
        DeclaredSignature(given["signature"], given.get("declared", "")),
        given.get("verifies"),
        given.get("references", []),
        discreet=given.get("discreet", False),
        run=given.get("run"),
    )
