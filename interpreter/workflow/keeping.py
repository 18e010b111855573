"""What is too large to travel lies in the store, and a reference travels: state, result and ledger of a run.

A state that travels stands twice, at the end of one execution and at the beginning of the next, so it is compressed.
The names of objects that are in it stand beside it, so whoever looks for what is still needed finds them in a history.

A store that cannot be written is waited for, by a timer and in view: each try is one attempt of a local activity.
"""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

from dsl.definition.packed import packed, unpacked
from interpreter.boundary.ledgers import digest_of
from interpreter.boundary.names import STATE_FUNCTION, STORE_ACTIVITY
from interpreter.boundary.payloads import JSON
from interpreter.core import policies
from interpreter.core.snapshot import restore, save
from interpreter.core.state import State
from interpreter.workflow import limits

TIMEOUT = timedelta(seconds=30)
_NAME = re.compile("(?=([0-9a-f]{64}))")
ONE_ATTEMPT = RetryPolicy(maximum_attempts=1)


class Keeper:
    """Keeps what does not travel, and says what is wrong while the store cannot be written."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self._tries = 0
        self._pause: asyncio.Task[None] | None = None

    @property
    def pausing(self) -> bool:
        """Whether it is too early for another try."""
        return self._pause is not None and not self._pause.done()

    async def state(self, state: State) -> JSON:
        """The state as the next execution gets it; None when the store cannot be written."""
        data = save(state)
        return _compressed(data) if limits.size_of(data) <= limits.LARGEST_STATE else await self.keep(data)

    async def keep(self, data: JSON) -> Any:
        """A reference to what a local activity puts into the store; the argument of a local activity does not travel.

        None when the store cannot be written: the reason is the trouble, and another try is due after a pause.
        """
        try:
            kept = await workflow.execute_local_activity(
                STORE_ACTIVITY, data, start_to_close_timeout=TIMEOUT, retry_policy=ONE_ATTEMPT
            )
        except FailureError as error:
            self._tries += 1
            self.trouble = f"waits until the store can be written, and goes on by itself then: {error.cause or error}"
            self._pause = asyncio.create_task(_pause(self._tries))
            return None
        self.trouble, self._tries = None, 0
        return kept

    def need_no_more(self) -> None:
        """The run ends: there is nothing to continue."""
        self.trouble = None

    async def paused(self) -> None:
        if self._pause is not None:
            await self._pause


def restored(data: JSON) -> State:
    """The state that an execution begins with: there at once, so that signals and updates find it."""
    if "packed" in data:
        data = json.loads(unpacked(data["packed"]))
    elif "kept" in data:  # only this module writes either; a state of an earlier version travels as it is
        data = json.loads(workflow.extern_functions()[STATE_FUNCTION](data["kept"]))
    return restore(data)


def whole_ledger(ledger: list[JSON]) -> list[JSON]:
    """The entries of a ledger that came with a payload: what lies in the store was brought with it."""
    digest = digest_of(ledger)
    if digest is None:
        return ledger
    entries: list[JSON] = json.loads(workflow.extern_functions()[STATE_FUNCTION](digest))
    return entries


def _compressed(data: JSON) -> JSON:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return {"packed": packed(text.encode()), "names": sorted(set(_NAME.findall(text)))}


async def _pause(tries: int) -> None:
    await workflow.sleep(policies.object_delay(tries) / 1000, summary="waits for the store")
