"""The ledger: what a run did that can be undone, and what may have happened without anyone knowing.

It is written ahead. An entry is opened when a call with an effect is issued, and settled when it is known what became
of it; whatever is done to an error on its way (a handler, `keep going`, a cancel) touches no entry. So nothing that was
asked of the outside can be missing here, and there is one question that decides whether anybody may go on as if all
were known: `doubts`. It is asked before a handler, before `keep going` gathers a failure, before `on exhausted`, and at
the end of the run.

Entries are in the order in which they were opened (`Entry.opened`), so those of a frame are found from the end of the
ledger, back to when the frame was opened. They are undone in the reverse order in which their steps started. `started`
is a list of numbers because a child's entries keep their own order inside that of the step that ran the child.
"""

from collections.abc import Iterator

from interpreter.boundary.failures import BUDGET_EXCEEDED, OUTCOME_UNKNOWN, UNDO_FAILED
from interpreter.boundary.payloads import JSON
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode, encode
from interpreter.core.state import Entry, State

DOUBTS = frozenset({OUTCOME_UNKNOWN, UNDO_FAILED})
"""The kinds of failure that say that the world is not as anybody wanted it; caught only where their name is written."""


def below(path: str, scope: str) -> bool:
    """Whether `path` stands at or below `scope`."""
    return path == scope or path.startswith((scope + "/", scope + "["))


def is_of_a_budget_outside(failure: Failure, scope: str) -> bool:
    """Whether a budget further out than `scope` is used up: nothing in there may go on."""
    return failure.kind == BUDGET_EXCEEDED and failure.purse is not None and not below(failure.purse, scope)


def open_entry(
    state: State, path: str, tool: str, *, started: list[int], counts: bool, undo_tool: str | None = None
) -> Entry:
    """Note that an effect is about to be asked for."""
    state.sequence += 1
    entry = Entry(path, tool, f"{state.key_base}/{path}", state.sequence, started, "open", counts, undo_tool)
    state.ledger[path] = entry
    return entry


def never_happened(state: State, path: str) -> None:
    """Settle an entry: nothing came of it."""
    state.ledger.pop(path, None)


def in_scope(state: State, scope: str, since: int) -> Iterator[Entry]:
    """The entries of `scope`, the latest first. `since`: what had been opened when the scope was (`Frame.opened`)."""
    inside = (scope + "/", scope + "[")
    for entry in reversed(state.ledger.values()):
        if entry.opened <= since:
            return
        if entry.path == scope or entry.path.startswith(inside):
            yield entry


def to_undo(state: State, scope: str, since: int = 0) -> list[str]:
    """The paths of the entries of `scope` that have an undo and wait for it, the latest first."""
    found = [
        entry
        for entry in in_scope(state, scope, since)
        if entry.undo_tool is not None and entry.state in ("done", "uncertain")
    ]
    return [entry.path for entry in sorted(found, key=lambda entry: entry.started, reverse=True)]


def doubts(state: State, scope: str, since: int = 0) -> list[Entry]:
    """What nobody knows, or could not be undone, in `scope`, and no handler has named."""
    return [entry for entry in in_scope(state, scope, since) if is_doubt(entry)][::-1]


def is_doubt(entry: Entry) -> bool:
    unknown = entry.counts and entry.state in ("open", "uncertain")
    return (unknown or entry.state == "undo_failed") and not entry.accepted


def accept(state: State, paths: list[str], *, accepted: bool = True) -> None:
    """A handler has named the doubts at `paths` and takes them over; or it came to nothing, and they are open again."""
    for path in paths:
        state.ledger[path].accepted = accepted


def failure_of(entries: list[Entry], path: str, cause: Failure | None = None) -> Failure:
    """What those who must not go on beside these doubts fail with; `cause` is what else went wrong."""
    broken = [entry.path for entry in entries if entry.state == "undo_failed"]
    unknown = [entry.path for entry in entries if entry.state != "undo_failed"]
    parts = []
    if broken:
        parts.append(f"what these steps did could not be undone: {_listed(broken)}")
    if unknown:
        parts.append(f"nobody knows whether these steps took effect: {_listed(unknown)}")
    if cause is not None:
        parts.append(f"before that {cause.kind}: {cause.message}")
    kind = UNDO_FAILED if broken else OUTCOME_UNKNOWN
    details = {"undo_failed": broken, "uncertain": unknown, "before": cause.as_value() if cause else None}
    return Failure(kind, "; ".join(parts), path, details, unknown=bool(unknown))


def of_child(failure: Failure, entries: list[Entry], path: str) -> Failure:
    """The failure of a child whose doubts, `entries`, are this run's now: with the names that they have here."""
    if failure.kind not in DOUBTS:
        return failure_of(entries, path, failure)
    listed = listed_in(failure)
    if not listed:
        return failure
    before = listed["before"]
    return failure_of(entries, path, Failure(before["kind"], before["message"]) if before else None)


def listed_in(failure: Failure) -> dict[str, JSON]:
    """What a failure lists of doubts, when it is made of such a list; else nothing."""
    return failure.details if type(failure.details) is dict and "undo_failed" in failure.details else {}


def _listed(paths: list[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def commit(state: State, scope: str | None = None, since: int = 0) -> None:
    """What was done, in all or in `scope`, is not undone any more. What nobody knows stays a doubt."""
    entries = list(state.ledger.values()) if scope is None else list(in_scope(state, scope, since))
    for entry in entries:
        if entry.state == "done":
            del state.ledger[entry.path]
        elif entry.state == "uncertain":
            entry.undo_tool, entry.undo_arguments = None, None


def hand_over(state: State) -> list[JSON]:
    """What a run leaves behind: all that is not undone. An open entry is one that nobody will ever settle."""
    left = [entry for entry in state.ledger.values() if entry.state != "undone"]
    return [encode(entry) | ({"state": "uncertain"} if entry.state == "open" else {}) for entry in left]


def adopt(state: State, entries: list[JSON], path: str, started: list[int]) -> None:
    """Take over what a child left behind, under the step that ran it."""
    for data in entries:
        entry = decode(data)
        state.sequence += 1
        entry.path, entry.opened, entry.started = f"{path}/{entry.path}", state.sequence, started + entry.started
        state.ledger[entry.path] = entry
