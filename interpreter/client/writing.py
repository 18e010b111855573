"""What the models of a run are writing right now: the end of each text, as the heartbeats of the calls tell it.

It is lossy: the server keeps the latest heartbeat of a call, and a call that has ended has none. The numbers say what
was missed. A step's own result is the text that counts.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.client import Client as TemporalClient
from temporalio.client import WorkflowExecutionDescription
from temporalio.converter import WorkflowSerializationContext

from interpreter.boundary.names import CHAT_ACTIVITY
from interpreter.boundary.payloads import JSON
from interpreter.boundary.written import written_of
from interpreter.client.waiting import with_carriers


@dataclass(frozen=True)
class Writing:
    """`path` is that of the call. `number` grows with each piece of the text that came; of its `length` characters,
    `text` has the last.
    """

    path: str
    number: int
    length: int
    text: str


class Watch:
    """Remembers what was told before."""

    def __init__(self, client: TemporalClient) -> None:
        self._client = client
        self._told: dict[str, int] = {}

    async def news(self, run: WorkflowExecutionDescription) -> AsyncIterator[Writing]:
        """Of the calls whose text has grown since the last look."""
        for asking, call in await with_carriers(self._client, run):
            if call.activity_type.name != CHAT_ACTIVITY or not call.heartbeat_details.payloads:
                continue
            path = call.activity_id
            written = written_of(await self._details(asking, list(call.heartbeat_details.payloads)))
            if written is not None and written.number != self._told.get(path):
                self._told[path] = written.number
                yield Writing(path, written.number, written.length, written.text)

    async def _details(self, asking: str, payloads: list[object]) -> JSON:
        """None where it cannot be read here: it is encrypted, perhaps."""
        there = WorkflowSerializationContext(namespace=self._client.namespace, workflow_id=asking)
        try:
            return (await self._client.data_converter.with_context(there).decode(payloads))[0]  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 - whatever a codec raises: it is only to look at
            return None
