"""What a captured call gives: nothing is called, and the result is made up from the type of the tool's result.

A local activity, so that any worker of ours makes it, also for tools of other workers, and history has it.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity

from dsl.expressions.values import replaced
from interpreter.activities.missing import object_not_kept
from interpreter.activities.results import Unrecordable, answered, plain
from interpreter.boundary.names import CAPTURE_ACTIVITY
from interpreter.boundary.payloads import CaptureRequest
from interpreter.providers.rehearsal import MadeUpFile, made_up
from interpreter.stores.kept_files import File
from interpreter.stores.store import ObjectStore


def capture_activity(store: ObjectStore | None) -> Callable[[CaptureRequest], Awaitable[Any]]:
    @activity.defn(name=CAPTURE_ACTIVITY)
    async def capture(request: CaptureRequest) -> Any:
        made = made_up(request.tool, request.schema)
        try:
            return await asyncio.to_thread(_recorded, made, store)
        except Unrecordable as error:
            raise object_not_kept(error) from error

    return capture


def _recorded(made: Any, store: ObjectStore | None) -> Any:
    """Files that were made up go to the store, as those of a tool do."""
    found = replaced(made, MadeUpFile, _with_content)
    return made if found == made else answered(plain(found, store))


def _with_content(made: MadeUpFile) -> File:
    return File(_CONTENTS[made.media_type], made.name, made.media_type)


_CONTENTS = {
    "image/png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
    "application/pdf": b"%PDF-1.4\n% rehearsed\n%%EOF\n",
    "text/plain": b"rehearsed\n",
}
