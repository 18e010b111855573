"""What a long agent costs: its histories and its store, beside the same agent written by hand as samples write it, with
the messages as the argument of each call.

The model is a function, because it is not what is measured: it asks for one page after the other, each of about two
hundred tokens, until it has all of them.
"""

import asyncio
import json
from uuid import uuid4

from temporalio.worker import Worker

from interpreter.api import FlowPlugin, tool
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.client.client import Client
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import digest_of
from tests.bench.agent_by_hand import PAGE, Agent, ask, read
from tests.bench.runs import FLOWS, HANDS, bytes_of, executions, replay, server
from tests.bench.table import Row

LONG, SHORT = 1000, 100
FLOW = """edition 1

tool pages.read(number: int) -> text read

agent reader(pages: int) -> text {
  model "function"
  prompt "Read {{ pages }} pages."
  use pages.read
  budget 2k turns
}

flow main(pages: int) -> text {
  step said = reader(pages)
  return said
}
"""


@tool("pages.read")
async def read_page(number: int) -> str:
    return f"{number}: {PAGE}"


class _Store(MemoryStore):
    """Knows how much is kept in it."""

    size = 0

    def put(self, content: bytes) -> str:
        before = digest_of(content) in self._objects
        self.size += 0 if before else len(content)
        return super().put(content)


class Asks:
    """The model: how many pages it is to read stands in its prompt."""

    async def chat(self, request: ChatRequest) -> ChatResult:
        assert request.talk is not None
        read = sum(message["role"] == "assistant" for message in request.talk.messages)
        usage = ChatUsage(10, 10)
        if read == int(str(request.prompt).split()[1]):
            return ChatResult(None, usage, "function", text='{"value": "read"}')
        return ChatResult(None, usage, "function", calls=[AskedCall(f"c{read}", "pages-read", f'{{"number": {read}}}')])

    async def close(self) -> None:
        """Nothing is open."""


def agents() -> list[Row]:
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    async with server() as temporal:
        stores = _Store(), _Store()
        rows, found = [], []
        for store, pages in zip(stores, (LONG, SHORT), strict=True):
            plugin = FlowPlugin(tools=[read_page], provider=Asks(), store=store)
            async with Worker(temporal, task_queue=f"{FLOWS}-{pages}", plugins=[plugin]):
                client = Client(temporal, store)
                run = await client.submit(FLOW, {"pages": pages}, task_queue=f"{FLOWS}-{pages}")
                assert await run.result() == "read"
                chain = await executions(client, run.id)
                replays = [await replay(client, each) for each in chain]
                found.append((bytes_of(chain), max(replays), store.size, len(chain)))
        async with Worker(temporal, task_queue=HANDS, workflows=[Agent], activities=[ask, read]):
            id_ = uuid4().hex
            await temporal.execute_workflow(Agent.run, SHORT, id=id_, task_queue=HANDS)
            by_hand = bytes_of([await temporal.get_workflow_handle(id_).fetch_history()])
        (long, slowest, kept, parts), (short, _, kept_short, _) = found
        rows += [
            Row(f"{SHORT} turns: histories, beside messages as arguments", short, by_hand, "B"),
            Row(f"{LONG} turns in {parts} executions: histories, beside ten times {SHORT}", long, 10 * short, "B"),
            Row(f"{LONG} turns: store, beside ten times {SHORT}", kept, 10 * kept_short, "B"),
            Row(f"{LONG} turns: the slowest replay of an execution", slowest),
        ]
    return rows


if __name__ == "__main__":
    print(json.dumps([vars(row) for row in agents()], indent=1))
