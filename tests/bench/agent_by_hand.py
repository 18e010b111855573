"""An agent written by hand, as samples write it: the messages so far are the argument of each call of the model."""

from typing import Any

from temporalio import activity, workflow

from tests.bench.by_hand import TIMEOUT

PAGE = "word " * 160


@activity.defn
async def ask(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"role": "assistant", "call": len(messages)}


@activity.defn
async def read(number: int) -> str:
    return f"{number}: {PAGE}"


@workflow.defn
class Agent:
    @workflow.run
    async def run(self, pages: int) -> str:
        messages: list[dict[str, Any]] = [{"role": "user", "text": f"Read {pages} pages."}]
        for _ in range(pages):
            asked = await workflow.execute_activity(ask, messages, start_to_close_timeout=TIMEOUT)
            messages.append(asked)
            text = await workflow.execute_activity(read, asked["call"], start_to_close_timeout=TIMEOUT)
            messages.append({"role": "tool", "text": text})
        return "read"
