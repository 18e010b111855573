"""What a provider is: one attempt at one model, ending in an answer or in a failure that says what it cost."""

from typing import Literal, Protocol

from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage

Charge = Literal["none", "usage", "reservation"]
"""What a failed attempt is charged: nothing, what was reported, or (nobody knows) all that was reserved."""


class Provider(Protocol):
    async def chat(self, request: ChatRequest) -> ChatResult:
        """Ask once. Never tries again by itself: the interpreter decides. Raises `ProviderFailure`."""
        ...

    async def close(self) -> None: ...


class ProviderFailure(Exception):
    """How an attempt ended badly; `kind` is one of `interpreter.boundary.failures.MODEL_FAILURES`."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        charge: Charge,
        retry_after: float | None = None,
        usage: ChatUsage | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.charge = charge
        self.retry_after = retry_after
        self.usage = usage


def spent(kind: str, message: str, usage: ChatUsage | None) -> ProviderFailure:
    """A failure of an answer that was produced and is paid for: by its usage, if that was reported."""
    return ProviderFailure(kind, message, charge="usage" if usage else "reservation", usage=usage)
