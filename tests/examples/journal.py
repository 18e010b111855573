"""What a run called: each attempt at a tool or a model, and what the models of its agents were told."""

import json
from collections import Counter, defaultdict
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from interpreter.boundary.names import QUICK_ACTIVITY
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.openai_request import messages
from interpreter.providers.provider import Provider


class Journal(Interceptor):
    """`called` is by name of tool and agent; `told` has the messages of each request, by agent."""

    def __init__(self) -> None:
        self.called: Counter[str] = Counter()
        self.told: dict[str, list[str]] = defaultdict(list)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Calls(next, self.called)

    def listening(self, provider: Provider) -> Provider:
        return _Listening(provider, self)

    def heard(self, agent: str, words: list[str]) -> bool:
        """Whether some request to a model of this agent has all of these words."""
        return any(all(word in told for word in words) for told in self.told[agent])


class _Calls(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, called: "Counter[str]") -> None:
        super().__init__(next)
        self._called = called

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        name = activity.info().activity_type
        if name == QUICK_ACTIVITY:
            name = input.args[0].tool
        if not name.startswith("steadflow."):
            self._called[name] += 1
        return await self.next.execute_activity(input)


class _Listening:
    def __init__(self, provider: Provider, journal: Journal) -> None:
        self._provider = provider
        self._journal = journal

    async def chat(self, request: ChatRequest) -> ChatResult:
        self._journal.called[request.agent] += 1
        self._journal.told[request.agent].append(json.dumps(messages(request), ensure_ascii=False))
        return await self._provider.chat(request)

    async def close(self) -> None:
        await self._provider.close()
