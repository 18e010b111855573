"""Move a run that is under way to another text of its flow. What can be refused without the run is refused here."""

import asyncio
import uuid
from typing import TYPE_CHECKING

from dsl.definition.packed import packed
from dsl.models.configured import Models
from interpreter.boundary.move import Move
from interpreter.boundary.moved import Moved
from interpreter.client.delivering import until_taken
from interpreter.client.errors import MoveRefused
from interpreter.client.giving import give
from interpreter.client.statuses import how_it_ended
from interpreter.client.submission import FlowSource, prepare_move

if TYPE_CHECKING:
    from interpreter.client.run import Run

ASK_AGAIN = 0.1
"""Seconds until a run is asked once more whether it has moved."""


async def upgrade(
    run: "Run", flow_source: FlowSource, *, by: str, note: str, models: Models | None, require_signed: bool
) -> Moved:
    """Raises `MoveRefused`."""
    description = await run.describe()
    if description.close_time is not None:
        raise MoveRefused(f"the run {run.id} {how_it_ended(description.status)}, so it goes on with nothing")
    view = await run.state()
    prepared, sealed = prepare_move(run.store, flow_source, view.flow, view.requester, models, require_signed)
    if sealed.hash == view.hash:
        return Moved("", view.hash, view.hash, by, view.started)
    given = prepared.input
    move = Move(
        uuid.uuid4().hex,
        given.definition,
        packed(sealed.json),
        by,
        note,
        prepared.source,
        given.prices,
        given.max_output,
        given.refuses,
        given.lanes,
        given.caps,
    )
    try:
        await until_taken(run.id, lambda: give(run, move))
    except MoveRefused as refused:
        raise MoveRefused(f"the run {run.id} stays as it is: {refused}") from refused
    return await _made(run, move)


async def _made(run: "Run", move: Move) -> Moved:
    """What came of it: it is made where the run continues as new, in the same moment, unless something came before."""
    while (moved := next((each for each in (await run.state()).moves if each.id == move.id), None)) is None:
        description = await run.describe()
        if description.close_time is not None:
            raise MoveRefused(f"the run {run.id} {how_it_ended(description.status)} before it was moved")
        await asyncio.sleep(ASK_AGAIN)
    if moved.refused:
        raise MoveRefused(f"the run {run.id} stays as it is: {moved.refused}")
    return moved
