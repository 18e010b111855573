"""The bad end of a run, shown where it happened in the author's file."""

import shlex
import sys
from dataclasses import dataclass, replace
from typing import Any

from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.diagnostics.frame import COLOURED, PLAIN, frame
from dsl.diagnostics.inert import inert
from interpreter.boundary import names
from interpreter.boundary.payloads import JSON
from interpreter.cli.screen import REHEARSAL
from interpreter.client.errors import ClientError, FailureDetail, RunCancelled, RunFailed
from interpreter.client.places import Place, place_of
from interpreter.client.run import Run


@dataclass(frozen=True)
class BadEnd:
    """As data, and as text."""

    record: dict[str, Any]
    text: str


async def bad_end(run: Run, error: ClientError) -> BadEnd:
    """What to tell about a run that did not complete."""
    if not isinstance(error, RunFailed):
        outcome = "cancelled" if isinstance(error, RunCancelled) else "terminated"
        rehearsal = await _was_a_rehearsal(run)
        record = {"rehearsal": rehearsal, "outcome": outcome, "message": str(error)}
        return BadEnd(record, "\n".join([*[REHEARSAL] * rehearsal, inert(str(error))]))
    detail = error.detail
    place = await place_of(run, detail.path) if detail.path else None
    record = {"rehearsal": detail.rehearsal, "outcome": "failed", **vars(without_words(detail))}
    if place is not None:
        position = place.source.position(place.span.start)
        record["place"] = {"file": place.source.name, "line": position.line, "column": position.column}
    lines = [*[REHEARSAL] * detail.rehearsal, _headline(run, detail, place), *_left_behind(run.id, detail)]
    return BadEnd(record, "\n".join(lines))


async def _was_a_rehearsal(run: Run) -> bool:
    """Of a run whose end says nothing more."""
    memo = await (await run.describe()).memo()
    return names.REHEARSAL_WORD in (memo.get(names.MEMO_MADE_UP) or [])


def _headline(run: Run, detail: FailureDetail, place: Place | None) -> str:
    if place is None:
        where = f" (at {detail.path})" if detail.path else ""
        return inert(f"error[{detail.kind}]: {detail.told}{where}")
    label = Label(place.span, f"in the run {run.id}")
    style = COLOURED if sys.stderr.isatty() else PLAIN
    return frame(place.source, Diagnostic(detail.kind, detail.told, label), style)


def _left_behind(id: str, detail: FailureDetail) -> list[str]:
    """The effects that are not undone, and what is not known; and who tells what can be done about it."""
    lines = [entry_line(entry) for entry in without_words(detail).ledger if isinstance(entry, dict)]
    run = names.repaired_by(id) or id
    how = f"how it is repaired is told by: dsl show {shlex.quote(run)}"
    return ["what is left of its effects:", *lines, inert(how)] if lines else []


def without_words(detail: FailureDetail) -> FailureDetail:
    """As it may be shown."""
    if not detail.kept_back:
        return detail
    ledger = tuple({**entry, "reason": ""} if isinstance(entry, dict) else entry for entry in detail.ledger)
    return replace(detail, message=detail.told, details=None, ledger=ledger, undo_failures=())


def entry_line(entry: JSON) -> str:
    """An effect that stands, or of which nobody knows."""
    what, state = f"{entry.get('tool', '?')} at {entry.get('path', '?')}", str(entry.get("state", "done"))
    reason = f" ({entry['reason']})" if entry.get("reason") else ""
    return f"  {_WORDS.get(state, inert(state))}: {inert(what + reason)}"


_WORDS = {"uncertain": "nobody knows whether it happened", "undo_failed": "could not be undone", "done": "not undone"}
