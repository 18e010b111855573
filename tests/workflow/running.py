"""A whole run on a Temporal that is played."""

import asyncio
import hashlib
import json
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import value_to_type

from dsl.definition.packed import packed
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.payloads import RunInput
from interpreter.workflow.run import FlowWorkflow
from tests.definition.reading import sealed
from tests.workflow.played import Asked, Continued, Played, settle


def envelope(text: str) -> DefinitionEnvelope:
    data = sealed(text, "main").json
    return DefinitionEnvelope(hashlib.sha256(data).hexdigest(), packed(data))


class PlayedRun:
    """An execution of the flow `main` of a text, or of the input that an earlier one has continued with."""

    def __init__(self, played: Played, text: str | RunInput, given: Any = None, **more: Any) -> None:
        self.played = played
        self.input = text if isinstance(text, RunInput) else RunInput(envelope(text), "main", given or {}, **more)
        self.flow = FlowWorkflow(self.input)
        self.main: asyncio.Task[Any] = asyncio.create_task(self.flow.run(self.input))

    async def goes_on(self) -> None:
        """To the end of a workflow task, and to the next."""
        await settle()
        self.played.now += 1
        self.played.info_.length += 3
        self.played.info_.size += 100

    async def asked(self, name: str) -> Asked:
        await self.goes_on()
        return self.played.take(name)

    async def answers(self, name: str, result: Any) -> None:
        """The call that was asked for first under this name has ended."""
        (await self.asked(name)).end(told(result))
        await self.goes_on()

    async def ended(self) -> Any:
        """What it returns, or raises."""
        await self.goes_on()
        assert self.main.done(), self.played.names
        return self.main.result()

    async def continued(self) -> RunInput:
        await self.goes_on()
        assert self.main.done(), self.played.names
        error = self.main.exception()
        assert type(error) is Continued, error
        found: RunInput = value_to_type(RunInput, json.loads(json.dumps(error.input, default=vars)))
        return found


def told(value: Any) -> RawValue:
    """What an activity of a worker answers."""
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode()))
