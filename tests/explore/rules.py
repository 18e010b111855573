"""What must be true after every step. A rule gives the first thing that is wrong, in words, or nothing.

**The books.** What the tools really did (`World.effects`) is held against the ledgers of all runs. An effect that
stands (it happened, and is not undone) has an entry that says so, or that says that nobody knows; unless nothing undoes
it and the run was told of it. A call that is under way is not asked about: its entry is open. What the ledger calls
`done` did happen; what it calls `undone` does not stand; what nobody may do twice was done once.

**The end.** A completed run leaves nothing unknown, but what the author has named. One that failed or was cancelled
lists all that still stands and could have been undone. One that is plainly cancelled leaves nothing in doubt.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from dsl.ast.node import walk
from dsl.ast.statements import Commit, Loop, Parallel, ParallelFor
from dsl.definition.definition import Definition
from interpreter.core.commands import AttemptModel, CallTool, Finish, StartChild
from interpreter.core.ledger import OWED, is_doubt
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import FORMAT, decode, encode, restore
from interpreter.core.state import Entry, State
from tests.explore.rules_of_agents import RULES_OF_AGENTS
from tests.explore.steps import Step
from tests.explore.worlds import Effect, World, entries, takes_effect_once
from tests.heart.watched import check_nothing_left, check_purses, check_shape, is_backward

FORWARD = (CallTool, AttemptModel, StartChild)
MOVES_ALONE = frozenset({"now", "pending"})
"""Parts of a state that are others after each event."""
STANDS = frozenset({"open", "done", "uncertain", "undo_failed"})
LISTED = frozenset({"uncertain", "undo_failed"})


def wrong(step: Step) -> str | None:
    """The first rule that the step breaks, in words."""
    rules = RULES if step.new is not None else OF_THE_OUTSIDE
    return next((found for rule in rules for found in rule(step)), None)


def survives(state: State, encoded: Any) -> str | None:
    """Continuing as new, here or anywhere, loses nothing."""
    again = restore(json.loads(json.dumps({"format": FORMAT, "state": encoded})))
    return None if again == state else "the state is another after JSON"


def _is_well_formed(step: Step) -> Iterator[str]:
    """Each frame has its parent, each command its frame, no purse holds less than nothing."""
    assert step.new is not None
    try:
        check_shape(step.new)
        check_purses(step.new)
        if any(type(command) is Finish for command in step.commands):
            check_nothing_left(step.new)
    except AssertionError as error:
        yield str(error).split("\n")[0] or "the shape of the state is broken"


def _has_effect_on_who_waits(step: Step) -> Iterator[str]:
    """What a frame waited for changes something when it comes."""
    assert step.new is not None
    before = {command.id for command in step.run.pending}
    id_ = getattr(step.happening.event, "id", None)
    if id_ not in before or step.commands or step.new.pending.keys() - before:
        return
    old_json = encode(step.before)
    if all(old_json.get(part) == step.new_json.get(part) for part in (old_json | step.new_json).keys() - MOVES_ALONE):
        yield f"nobody took {step.happening.label}"


def _issues_once(step: Step) -> Iterator[str]:
    """No id of a command is used while it is pending."""
    before = {command.id for command in step.run.pending}
    for command in step.commands:
        if isinstance(command, FORWARD) and command.id in before:
            yield f"the id {command.id} is used twice"


def _starts_nothing_after_a_cancel(step: Step) -> Iterator[str]:
    for command in step.commands:
        if step.run.cancelled and isinstance(command, FORWARD) and not is_backward(command.id):
            yield f"{command.id} starts after a cancel"


def _books_are_balanced(step: Step) -> Iterator[str]:
    world = step.after
    if not world.effects:
        return
    ledger = entries(world.runs.values())
    flying = {command.key for run in world.runs.values() for command in run.pending if type(command) is CallTool}
    for key, effect in world.effects.items():
        if effect.commits > 1 and not takes_effect_once(world, effect.tool):
            yield f"{key} took effect {effect.commits} times"
        of_a_block = key not in ledger and _OF_A_BLOCK.sub("", key) in ledger
        if key not in flying and f"{key}/undo" not in flying and not of_a_block:
            yield from _unbalanced(world, key, effect, ledger.get(key))


_OF_A_BLOCK = re.compile(r"(/undo)?/\d+$|/undo$")
"""What a call of an undo is known by, behind the key of its entry."""


def _unbalanced(world: World, key: str, effect: Effect, entry: Entry | None) -> Iterator[str]:
    if entry is None:
        if effect.stands and not _may_go_unlisted(world, effect):
            yield f"{key} stands, and no ledger knows of it"
    elif entry.tool in OWED:
        return
    elif entry.state == "done" and not effect.commits:
        yield f"{key} is said to be done, and did not happen"
    elif entry.state not in STANDS and effect.stands:
        yield f"{key} stands, and the ledger says {entry.state}"


def _may_go_unlisted(world: World, effect: Effect) -> bool:
    """What nothing undoes, once the run was told of it; and what changes nothing when it is done again, or not."""
    tool = world.definition.tools[effect.tool]
    undoable = tool.compensate is not None and tool.compensate.call is not None
    if tool.effect.kind == "idempotent":
        return not undoable or not effect.heard
    return effect.heard and (not undoable or _has_points_of_no_return(world.definition))


def _has_points_of_no_return(definition: Definition) -> bool:
    """Where what was done leaves the ledger while the run goes on. When exactly it does is tested elsewhere."""
    nodes = [node for flow in definition.flows.values() for node in walk(flow)]
    return any(type(node) is Commit or (type(node) is Loop and node.every is not None) for node in nodes)


def _ends_as_it_should(step: Step) -> Iterator[str]:
    finish = next((command for command in step.commands if type(command) is Finish), None)
    if finish is None or step.new is None:
        return
    doubts = [entry for entry in step.new.ledger.values() if is_doubt(entry)]
    if finish.outcome in ("completed", "cancelled") and doubts:
        yield f"it ends {finish.outcome}, and nobody knows of {doubts[0].path}"
    if finish.outcome == "failed":
        failure = decode(finish.failure)
        if type(failure) is not Failure:
            yield "it fails without a failure"
    listed = {entry["key"]: entry for entry in finish.report.ledger or ()}
    for entry in step.new.ledger.values():
        if entry.state != "undone" and entry.key not in listed:
            yield f"the report does not tell of {entry.path}"
    if finish.outcome != "completed":
        for entry in step.new.ledger.values():
            if entry.state in ("done", "open") and entry.undo_tool is not None:
                yield f"it ends {finish.outcome}, and {entry.path} is {entry.state}"


def _who_has_lost_is_undone(step: Step) -> Iterator[str]:
    """Of a race that lets nobody finish, no more branches stand at the end than have won."""
    finish = next((command for command in step.commands if type(command) is Finish), None)
    if finish is None or step.new is None or finish.outcome != "completed":
        return
    places = step.after.definition.addresses(step.new.flow)
    standing: dict[str, set[str]] = {}
    for entry in step.new.ledger.values():
        for cut in re.finditer(r"[/[]", entry.path):
            race = entry.path[: cut.start()]
            node = places.get(re.sub(r"\[\d+\]", "[]", race))
            first = node.first if isinstance(node, Parallel | ParallelFor) else None
            if first is not None and not first.finish_rest and entry.state != "undone":
                branch = re.split(r"[/\[]", entry.path[cut.end() :])[0]
                standing.setdefault(race, set()).add(branch)
                if len(standing[race]) > first.count:
                    yield f"{race} has {first.count} to win, and more of it stands than has won"


def _nothing_that_runs_on_is_forgotten(step: Step) -> Iterator[str]:
    """At the end of all, an attempt that may still take effect is in the list, by itself or with all that its
    run did; or an orphan has yet to settle it.
    """
    if not step.after.over:
        return
    ledger = entries(step.after.runs.values())
    orphans = entries(run for run in step.after.runs.values() if run.finish is None)
    for key, effect in step.after.effects.items():
        if effect.may_come(step.after.now) and not effect.commits and key not in orphans:
            tool = step.after.definition.tools[effect.tool].effect
            known = (ledger[above] for above in ledger if key == above or key.startswith(f"{above}/"))
            if tool.kind != "idempotent" and not any(entry.state in LISTED for entry in known):
                yield f"{key} may still take effect, and nobody says so"


RULES: tuple[Callable[[Step], Iterator[str]], ...] = (
    _is_well_formed,
    _has_effect_on_who_waits,
    _issues_once,
    _starts_nothing_after_a_cancel,
    _books_are_balanced,
    _ends_as_it_should,
    _who_has_lost_is_undone,
    _nothing_that_runs_on_is_forgotten,
    *RULES_OF_AGENTS,
)
OF_THE_OUTSIDE = (_books_are_balanced, _nothing_that_runs_on_is_forgotten)
"""When something happened that no run hears of."""
