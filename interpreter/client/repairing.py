"""What is left of a run that has ended, and the repairs of it.

A repair is a run of its own. So is each thing that somebody settles: it undoes nothing, and records who said what, and
when. Together they are one chain: the first begins with the ledger that the run left, each other one with what the one
before it left. The id of each is made of the run and its number in the chain, and the server starts one run of an id
once. So of two who act at the same time one is first, and the other sees what that came to before acting; nothing is
called twice because two have asked for it.

What somebody settles is known from the input of its run, so it counts at once, also where no worker is there yet.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from dsl.definition.definition import Definition
from interpreter.boundary import names
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.meant import meant
from interpreter.boundary.payloads import JSON, RunInput
from interpreter.boundary.repair import Repair, Resolution
from interpreter.client.carried import definition_in, input_of
from interpreter.client.errors import ClientError, NothingLeft, RunExists, RunUnderWay, UnknownRun, Unresolved
from interpreter.client.starting import Start, start_run
from interpreter.client.statuses import status_word
from interpreter.core import repairs
from interpreter.core.snapshot import encode
from interpreter.core.state import Entry
from interpreter.stores import ledgers
from interpreter.stores.store import StoreError

if TYPE_CHECKING:
    from interpreter.client.run import Run

MOST_TRIES = 5
"""How often something is tried anew because somebody else has just acted."""


class Unsaid:
    """That no result is said: null is one."""


UNSAID = Unsaid()


@dataclass(frozen=True)
class Left:
    """An effect that is left. `standing`: its undo, a call of `undo`, is `due`; or somebody is `asked` whether it
    stands, because nobody knows; or it is to be undone `by_hand`. `reason` is why it is left.
    """

    path: str
    tool: str
    state: str
    standing: repairs.Standing
    undo: str
    needs_result: bool
    reason: str


@dataclass(frozen=True)
class Act:
    """A run that repairs another, by its `number` in the order of them. `undoes`: it undid what was due; otherwise it
    records what people settled. `status` as that of a run.
    """

    number: int
    id: str
    undoes: bool
    resolutions: tuple[Resolution, ...]
    status: str
    started: datetime


@dataclass(frozen=True)
class Repairs:
    """How it stands with what a run left. `left` is None while a repair is under way: only that knows."""

    acts: tuple[Act, ...]
    left: tuple[Left, ...] | None

    @property
    def under_way(self) -> Act | None:
        """The repair that is undoing something now."""
        return self.acts[-1] if self.left is None else None


@dataclass(frozen=True)
class _Chain:
    """What has to be known to act: the run, what it carries, and what is left of it by now."""

    description: WorkflowExecutionDescription
    given: RunInput
    definition: Definition
    acts: tuple[Act, ...]
    entries: list[Entry] | None


async def repairs_of(run: "Run") -> Repairs:
    """Raises `RunUnderWay` while the run has not ended."""
    chain, now = await _chain(run), time.time()
    left = None if chain.entries is None else tuple(_left(chain.definition, entry, now) for entry in chain.entries)
    return Repairs(chain.acts, left)


async def repair(run: "Run") -> "Run":
    """The run that undoes what is due; that which does so already, if one does."""
    for _ in range(MOST_TRIES):
        chain = await _chain(run)
        if chain.entries is None:
            return replace(run, id=chain.acts[-1].id, look=None)
        standings = [repairs.standing(chain.definition, entry, time.time()) for entry in chain.entries]
        if "due" not in standings:
            raise NothingLeft(_why_nothing(run.id, chain, standings))
        try:
            return await _act(run, chain, [], undoes=True)
        except RunExists:  # somebody else was first: see what that came to
            continue
    raise RunExists(f"others repair the run {run.id} again and again; try again later")


async def resolve(run: "Run", said: Resolution) -> Repairs:
    """Record what somebody knows of an effect. What was said already, by whomever, is said."""
    for _ in range(MOST_TRIES):
        chain = await _chain(run)
        if _said_before(chain, said):
            return await repairs_of(run)
        if chain.entries is None:
            raise RunUnderWay(f"the run {run.id} is being repaired, by {chain.acts[-1].id}: wait until that has ended")
        known = replace(said, path=_meant(chain.entries, said.path))
        try:
            repairs.resolved(chain.definition, chain.entries, known, time.time())
        except repairs.Unresolvable as problem:
            raise Unresolved(str(problem)) from problem
        try:
            await _act(run, chain, [known], undoes=False)
        except RunExists:
            continue
        return await repairs_of(run)
    raise RunExists(f"others repair the run {run.id} again and again; try again later")


def _said_before(chain: _Chain, said: Resolution) -> bool:
    """By the latest who settled this; what is left of it since then is another matter, as an undo that failed."""
    paths = {entry.path for entry in chain.entries or ()}
    for act in reversed(chain.acts):
        for each in act.resolutions:
            if meant([each.path], said.path):
                return each.stands == said.stands and (act is chain.acts[-1] or each.path not in paths)
    return False


def _meant(entries: list[Entry], named: str) -> str:
    """The path of the step of that name. Raises `Unresolved` when there is none, or several."""
    found = meant([entry.path for entry in entries], named)
    if len(found) == 1 or named in found:
        return named if named in found else found[0]
    there = ", ".join(found or [entry.path for entry in entries])
    if found:
        raise Unresolved(f"several steps are called {named}; say which: {there}")
    raise Unresolved(f"nothing is left of a step {named}" + (f"; there is: {there}" if there else ""))


def _left(definition: Definition, entry: Entry, now: float) -> Left:
    standing = repairs.standing(definition, entry, now)
    needs = standing == "asked" and entry.promise is not None
    undo = repairs.undone_by(entry)
    return Left(entry.path, entry.tool, entry.state, standing, undo, needs, repairs.reason_of(entry))


def _why_nothing(id: str, chain: _Chain, standings: list[repairs.Standing]) -> str:
    entries = chain.entries or []
    asked = [entry.path for entry, each in zip(entries, standings, strict=True) if each == "asked"]
    by_hand = [entry.path for entry, each in zip(entries, standings, strict=True) if each == "by_hand"]
    if not entries:
        return f"nothing is left of the run {id}" + (": it is repaired" if chain.acts else "")
    said = [f"only a person can know whether it stands: {', '.join(asked)} (`dsl resolve`)"] if asked else []
    said += [f"to be undone by hand: {', '.join(by_hand)}"] if by_hand else []
    return f"no undo of the run {id} can be called now; {'; '.join(said)}"


# -- the chain


async def _chain(run: "Run") -> _Chain:
    description = await run.describe()
    if description.close_time is None:
        raise RunUnderWay(
            f"the run {run.id} is under way, and undoes what it did by itself; only one that has ended is repaired"
        )
    await _refuse_child(run, description)
    given = await input_of(run)
    if given.repair is not None:
        raise Unresolved(f"{run.id} is a repair of the run {given.repair.run}: repair that")
    entries: list[Entry] | None = repairs.left(await _ledger_of(run, description))
    definition = definition_in(run, given)
    acts: list[Act] = []
    first = description.raw_description.workflow_execution_info.first_run_id
    while (found := await _act_of(run, names.repair_id(run.id, first, len(acts) + 1), len(acts) + 1)) is not None:
        act, of_act, described = found
        acts.append(act)
        entries = await _after(definition, replace(run, id=act.id, look=run.look), act, of_act, described)
    return _Chain(description, given, definition, tuple(acts), entries)


async def _act_of(run: "Run", id: str, number: int) -> tuple[Act, RunInput, WorkflowExecutionDescription] | None:
    act = replace(run, id=id)
    try:
        description = await act.describe()
    except UnknownRun:
        return None
    given = await input_of(act)
    assert given.repair is not None
    started = description.start_time
    told = Act(
        number, id, given.repair.undoes, tuple(given.repair.resolutions), status_word(description.status), started
    )
    return told, given, description


async def _after(
    definition: Definition, run: "Run", act: Act, given: RunInput, description: WorkflowExecutionDescription
) -> list[Entry] | None:
    """What an act left; None while it undoes something."""
    assert given.repair is not None
    if act.undoes:
        return repairs.left(await _ledger_of(run, description)) if description.close_time is not None else None
    entries = repairs.left(_entries(run, given.repair.ledger))
    for said in act.resolutions:
        entries = repairs.resolved(definition, entries, said, act.started.timestamp())
    return entries


async def _ledger_of(run: "Run", description: WorkflowExecutionDescription) -> list[JSON]:
    """What a run that has ended left; what one leaves that has completed, its author has taken over."""
    if description.status in (WorkflowExecutionStatus.COMPLETED, WorkflowExecutionStatus.CANCELED):
        return []
    try:
        await run.handle.result()
    except WorkflowFailureError as error:
        if isinstance(error.cause, ApplicationError):
            details = error.cause.details[0] if error.cause.details else {}
            return _entries(run, details.get("ledger")) if isinstance(details, dict) else []
    return await run.left_behind()


def _entries(run: "Run", ledger: list[JSON] | None) -> list[JSON]:
    try:
        return ledgers.entries(run.store, ledger)
    except StoreError as error:
        raise ClientError(f"what {run.id} left lies in a store that this client does not have: {error}") from error


async def _refuse_child(run: "Run", description: WorkflowExecutionDescription) -> None:
    """What a called flow leaves is its caller's, unless that was terminated and never heard of it."""
    parent = description.parent_id
    if parent is None or names.is_detached(run.id, parent):
        return
    try:
        above = await replace(run, id=parent).describe()
    except UnknownRun:
        return
    if above.status is not WorkflowExecutionStatus.TERMINATED:
        raise Unresolved(f"{run.id} was called by the run {parent}, which has what it left: repair that")


async def _act(run: "Run", chain: _Chain, said: list[Resolution], *, undoes: bool) -> "Run":
    """Raises `RunExists` when somebody else was first."""
    assert chain.entries is not None
    first = chain.description.raw_description.workflow_execution_info.first_run_id
    ledger = ledgers.as_it_travels(run.store, [encode(entry) for entry in chain.entries])
    given = RunInput(
        chain.given.definition,
        chain.given.flow,
        None,
        chain.given.requester,
        lease=Lease(),
        options=replace(chain.given.options, continue_eagerly=False),
        repair=Repair(run.id, first, ledger, said, undoes),
    )
    memo = await chain.description.memo()
    id = names.repair_id(run.id, first, len(chain.acts) + 1)
    about = {names.MEMO_REPAIRS: run.id} | ({} if undoes else {names.MEMO_RECORDS: True})
    await start_run(
        run.temporal,
        Start(id, chain.description.task_queue, given, memo.get(names.MEMO_SOURCE), about=about),
    )
    return replace(run, id=id, look=None)
