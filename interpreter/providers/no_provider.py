"""Asks nobody: a rehearsal is asked for, never fallen into."""

from interpreter.boundary.failures import NO_PROVIDER
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.access import KEY
from interpreter.providers.provider import ProviderFailure


class NoProvider:
    """`key` is the variable that has no key, `name` that of a provider that has a name."""

    def __init__(self, key: str = KEY, name: str | None = None) -> None:
        self.key = key
        self.name = name

    @property
    def lacks(self) -> str:
        """For people."""
        return self.key if self.name is None else f"{self.key} for the provider {self.name}"

    async def chat(self, request: ChatRequest) -> ChatResult:
        raise ProviderFailure(
            NO_PROVIDER, f"the worker has no {self.lacks}, and was not told to rehearse", charge="none"
        )

    async def close(self) -> None:
        """There is nothing to close."""
