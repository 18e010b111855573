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

from collections.abc import Collection, Iterable, Iterator

from interpreter.boundary.failures import BUDGET_EXCEEDED, OUTCOME_UNKNOWN, UNDO_FAILED
from interpreter.boundary.payloads import JSON
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode, encode
from interpreter.core.state import Entry, State, UndoCall

DOUBTS = frozenset({OUTCOME_UNKNOWN, UNDO_FAILED})
"""The kinds of failure that say that the world is not as anybody wanted it; caught only where their name is written."""


FINALLY = "finally"
OWED = frozenset({FINALLY, "compensate"})
"""What stands for the tool in entries that no call has opened: their calls undo nothing that a step did."""


def below(path: str, scope: str) -> bool:
    """Whether `path` stands at or below `scope`."""
    return path == scope or path.startswith((scope + "/", scope + "["))


def is_of_a_budget_outside(failure: Failure, scope: str) -> bool:
    """Whether a budget further out than `scope` is used up: nothing in there may go on."""
    return failure.kind == BUDGET_EXCEEDED and failure.purse is not None and not below(failure.purse, scope)


def open_entry(state: State, path: str, tool: str, *, started: list[int], counts: bool, owes: bool = False) -> Entry:
    """Note that an effect is about to be asked for."""
    state.sequence += 1
    entry = Entry(path, tool, f"{state.key_base}/{path}", state.sequence, started, "open", counts, owes=owes)
    state.ledger[path] = entry
    return entry


def owe(state: State, path: str, word: str, started: list[int], calls: list[UndoCall]) -> Entry:
    """Note what is to be done when all is undone, or at the end of a `try`."""
    entry = open_entry(state, path, word, started=started, counts=False)
    put(entry, calls)
    entry.state = "done"
    return entry


def put(entry: Entry, calls: list[UndoCall]) -> None:
    """How it is undone: by these calls, one after the other."""
    for first in calls[:1]:
        entry.undo_tool, entry.undo_arguments, entry.then, entry.reason = first.tool, first.arguments, calls[1:], ""
        entry.owes = False


def place(entry: Entry) -> str:
    """What the call that is next is known by, behind the path and the key of its entry."""
    undo = "" if entry.tool in OWED else "/undo"
    return f"{undo}/{entry.made + 1}" if entry.made else undo


def goes_on(entry: Entry) -> bool:
    """The call that was next has been made; whether another of its block follows."""
    if not entry.then:
        return False
    entry.made += 1
    entry.tried_at = 0.0
    put(entry, entry.then)
    return True


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


def to_undo(state: State, scope: str, since: int = 0, only: Iterable[str] | None = None) -> list[str]:
    """The paths of the entries of `scope` that have an undo and wait for it, the latest first; of what stands at or
    below one of the paths `only`, where they are given.
    """
    inside = None if only is None else frozenset(only)
    found = [
        entry
        for entry in in_scope(state, scope, since)
        if entry.undo_tool is not None
        and entry.state in ("done", "uncertain")
        and (inside is None or not inside.isdisjoint(_around(entry.path)))
    ]
    return [entry.path for entry in sorted(found, key=lambda entry: entry.started, reverse=True)]


def _around(path: str) -> Iterator[str]:
    """The path, and those of all that it stands below."""
    yield path
    for at, sign in enumerate(path):
        if sign in "/[":
            yield path[:at]


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
    broken = [entry for entry in entries if entry.state == "undo_failed"]
    unknown = [entry.path for entry in entries if entry.state != "undo_failed"]
    parts = [not_undone(broken)] if broken else []
    if unknown:
        parts.append(f"nobody knows whether these steps took effect: {_listed(unknown)}")
    if cause is not None:
        parts.append(f"before that {cause.kind}: {cause.message}")
    kind = UNDO_FAILED if broken else OUTCOME_UNKNOWN
    paths = [entry.path for entry in broken]
    details = {"undo_failed": paths, "uncertain": unknown, "before": cause.as_value() if cause else None}
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


def not_undone(entries: list[Entry]) -> str:
    """What is said of undos that failed; of a block with the call at which it stopped."""
    undos = [_where(entry) for entry in entries if entry.tool not in OWED]
    owed = [_where(entry) for entry in entries if entry.tool in OWED]
    parts = [f"what these steps did could not be undone: {', '.join(undos)}"] if undos else []
    if owed:
        parts.append(f"what is owed here could not be done: {', '.join(owed)}")
    return "; ".join(parts)


def _where(entry: Entry) -> str:
    of_a_block = entry.made or entry.then or entry.tool in OWED
    return f"`{entry.path}` (at `{entry.undo_tool}`)" if of_a_block else f"`{entry.path}`"


def _listed(paths: list[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def commit(state: State, scope: str | None = None, since: int = 0, beside: Collection[str] = ()) -> None:
    """What was done, in all or in `scope`, is not undone any more. What nobody knows stays a doubt. What still runs
    `beside` it, at these paths, is not over: that can yet fail, and be undone.
    """
    entries = list(state.ledger.values()) if scope is None else list(in_scope(state, scope, since))
    for entry in entries:
        if beside and not set(_around(entry.path)).isdisjoint(beside):
            continue
        if entry.state == "done":
            del state.ledger[entry.path]
        elif entry.state == "uncertain":
            entry.undo_tool, entry.undo_arguments, entry.then = None, None, []
            entry.owes, entry.promise = False, None


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
