"""What is left of a run that has ended, and what becomes of it: by a repair, or by what people settle.

A run that could not undo everything leaves its ledger. Of each entry that is left one thing is true (`standing`):

- `due`: its undo can be called, with the arguments that were stored when the step settled, under the same key;
- `asked`: only a person can know whether it stands. Either nobody ever knew whether it happened, or nobody knows what
  the call of its undo came to, and that call must not be made twice;
- `by_hand`: it stands, or may, and there is no call that could undo it.

Somebody says `stands` or not. What does not stand is closed, whichever of the three it was: it never happened, or was
undone by hand. What stands becomes due where an undo was promised and can be worded, and is closed where none was.
All this is a function of ledger and definition, so who settles something is told at once what it comes to, and the
repair that is told of it later comes to the same.
"""

from dataclasses import replace
from typing import Literal

from dsl.definition.definition import Definition
from dsl.values.validate import validate
from interpreter.boundary.payloads import JSON
from interpreter.boundary.repair import Repair, Resolution
from interpreter.core import policies
from interpreter.core.constructs.calls import describe
from interpreter.core.ledger import OWED
from interpreter.core.snapshot import decode
from interpreter.core.state import Entry, State

Standing = Literal["due", "asked", "by_hand"]


class Unresolvable(Exception):
    """What somebody says of an effect settles nothing, and why."""


def begin(state: State, repair: Repair) -> None:
    """The state of a run that repairs another: it begins with what is left of that."""
    state.repair = replace(repair, ledger=[])
    state.ledger = {entry.path: entry for entry in left(repair.ledger)}
    state.sequence = max((entry.opened for entry in state.ledger.values()), default=0)


def left(ledger: list[JSON]) -> list[Entry]:
    """The entries that nobody has taken over: no handler of the author, and no undo; nor a call that was captured."""
    entries: list[Entry] = [decode(data) for data in ledger]
    standing = (entry for entry in entries if not entry.accepted and not entry.staged and entry.state != "undone")
    return [entry for entry in standing if _is_of_note(entry)]


def _is_of_note(entry: Entry) -> bool:
    return entry.counts or entry.undo_tool is not None or entry.state == "undo_failed"


def standing(definition: Definition, entry: Entry, now: float) -> Standing:
    if _is_promised(entry):
        return "due"
    if entry.state in ("open", "uncertain") and entry.undo_arguments is None:
        return "asked"
    if entry.undo_arguments is None or entry.undo_tool is None:
        return "by_hand"
    tool = definition.tools[entry.undo_tool]
    known_for = tool.effect.keyed_for
    key_left = None if known_for is None else known_for - (now - entry.tried_at) * 1000
    return "due" if not entry.tried_at or policies.may_repeat(tool, key_left) else "asked"


def _is_promised(entry: Entry) -> bool:
    """Whether somebody has said the answer that its undo lacked."""
    return entry.promise is not None and "result" in entry.promise.names


def resolved(definition: Definition, entries: list[Entry], said: Resolution, now: float) -> list[Entry]:
    """What is left when this is settled. Raises `Unresolvable`."""
    entry = next((each for each in entries if each.path == said.path), None)
    if entry is None:
        raise Unresolvable(f"nothing is left of a step `{said.path}`")
    if said.stands:
        after = _stands(definition, entry, said, now)
    elif said.result:
        raise Unresolvable("what did not happen has no result")
    else:
        after = None
    kept = ((after if each is entry else each) for each in entries)
    return [each for each in kept if each is not None]


def _stands(definition: Definition, entry: Entry, said: Resolution, now: float) -> Entry | None:
    """What its entry becomes; None when it is closed."""
    by_hand = "undo it by hand, and then say that it does not stand any more"
    match standing(definition, entry, now):
        case "due":
            raise Unresolvable(f"it is known that `{entry.path}` happened, and its undo can be called: repair the run")
        case "by_hand":
            raise Unresolvable(f"the undo of `{entry.path}` cannot be called ({entry.reason}): {by_hand}")
    if entry.undo_arguments is not None:
        return replace(entry, state="done", tried_at=0.0)
    if entry.promise is not None:
        return _answered(definition, entry, said)
    if entry.owes:
        raise Unresolvable(f"what the undo of `{entry.path}` needs was never known: {by_hand}")
    return None


def _answered(definition: Definition, entry: Entry, said: Resolution) -> Entry:
    assert entry.promise is not None
    tool = definition.tools[entry.tool]
    if not said.result or tool.returns is None:
        raise Unresolvable(
            f"the undo of `{entry.path}` needs what `{entry.tool}` answered: say that too, as its result"
        )
    checked = validate(said.result[0], tool.returns, definition.types, received=True)
    if checked.problems:
        raise Unresolvable(f"`{entry.tool}` does not answer like that: {describe(checked.problems)}")
    promise = replace(entry.promise, names=entry.promise.names | {"result": checked.value})
    return replace(entry, promise=promise, reason="")


def undone_by(entry: Entry) -> str:
    """The tool that is called next to undo it; empty where there is none."""
    if entry.undo_tool is not None:
        return entry.undo_tool
    calls = entry.promise.calls if entry.promise is not None else []
    return str(calls[0]["target"]) if calls else ""


def reason_of(entry: Entry) -> str:
    """Why it is left, for people."""
    return entry.reason or ("it was never called" if entry.state == "done" or entry.tool in OWED else "")
