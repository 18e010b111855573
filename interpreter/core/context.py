"""What `now()` and `uuid()` mean in a run: the time of the event, and a digest of where and in which run they stand."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from dsl.expressions.context import Context, Meter
from dsl.values.structure import Types
from dsl.values.validate import converting
from interpreter.core.state import State


def context_of(state: State, place: str, types: Types, meter: Meter | None = None) -> Context:
    """Both are the same when the evaluation at `place` is repeated. `meter` counts the steps that it takes."""
    numbers = count()
    context = Context(
        now=lambda: datetime.fromtimestamp(state.now, UTC),
        uuid=lambda: _uuid(f"{state.key_base}/{place}/{next(numbers)}"),
        meter=meter,
    )
    return converting(context, types)


def _uuid(seed: str) -> str:
    return str(UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16], version=5))
