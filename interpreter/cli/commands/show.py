"""`dsl show`."""

import shlex
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from dsl.diagnostics.inert import inert, inert_lines
from interpreter.boundary.moved import Moved
from interpreter.boundary.view import AROUND, KeptEvent, LedgerView, RunView
from interpreter.cli import completing
from interpreter.cli.asked_directly import told_here
from interpreter.cli.board import Board
from interpreter.cli.budgets import counts_text, limiting, purse_text, spent_text
from interpreter.cli.carry_out import carry_out
from interpreter.cli.folding import Folding
from interpreter.cli.left import act_lines, left_lines, what_next
from interpreter.cli.printing import print_json
from interpreter.cli.questions import question_lines
from interpreter.cli.screen import NOTHING_WRITTEN, REHEARSAL
from interpreter.cli.shown_values import value_lines
from interpreter.cli.spans import duration_text
from interpreter.cli.standing import Seen, how_it_stands, known_of
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.trying_again import tries_text
from interpreter.client.carried import definition_of
from interpreter.client.errors import ClientError
from interpreter.client.listing import why_stuck
from interpreter.client.repairing import Repairs
from interpreter.client.run import Run

_TOLD_OTHERWISE = AROUND | {"loop", "turn", "undo", "approval"}
"""By what is inside, or in a section of its own."""


@click.command(
    epilog="""\b
Examples:
  dsl show support-3f9c2a10
  dsl show support-3f9c2a10 --turns
"""
)
@click.argument("run", shell_complete=completing.runs)
@click.option("--turns", is_flag=True, help="Unfold agents: a line for each turn, with what it calls.")
@click.option("--all", "everything", is_flag=True, help="Unfold all: each call of each turn, too.")
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="Unfold so many levels.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@target_options
def show(run: str, turns: bool, everything: bool, depth: int | None, as_json: bool, target: Target) -> int:
    """Show how a run stands.

    Its status, the hash of its definition, its steps, open questions, budgets, the effects that can be undone, and how
    often its tools are tried; also what it waits for: a worker, an object of the store, a run below it that is stuck.
    An agent is one line, with its turns, calls, tokens and money.
    """
    unfolded = everything or (depth is not None and not turns)
    folding = Folding("open" if unfolded else "turns" if turns else "closed", depth)
    return carry_out(_show(run, as_json, folding, target))


async def _show(id: str, as_json: bool, folding: Folding, target: Target) -> None:
    async with connected(target) as client:
        run = client.run(id)
        known = await known_of(run)
        stuck = await why_stuck(client.temporal, run)
        known["tools"] = await _tools(run)
        seen = await how_it_stands(target, run, known, stuck)
        repairs = await _repairs(run, known, seen)
    if as_json:
        first = {"run": known["run"], "rehearsal": seen.state.rehearsal, "staged": seen.state.staged}
        record = {"stuck": stuck, "worked_on": not seen.unattended, "told_by": seen.told_by}
        more = {} if repairs is None else {"repairs": asdict(repairs)}
        print_json({**first, **known, **record, **more, "state": asdict(seen.state)})
        return
    for line in (*_lines(known, stuck, seen, folding), *_repair_lines(repairs, f"{shlex.quote(id)}{target.as_typed}")):
        click.echo(inert_lines(line))


async def _repairs(run: Run, known: dict[str, Any], seen: Seen) -> Repairs | None:
    """Of a run that has ended and left something, or may have."""
    left = any(entry.state in ("uncertain", "undo_failed") for entry in seen.state.ledger)
    if known["closed"] is None or not (left or known["status"] == "terminated"):
        return None
    try:
        return await told_here(run).repairs()
    except ClientError:  # a run below another, whose caller has what it left; or nobody can tell
        return None


def _repair_lines(repairs: Repairs | None, run: str) -> Iterator[str]:
    if repairs is None:
        return
    yield from _section("repairs", act_lines(repairs))
    yield from _section("left", left_lines(repairs))
    yield from what_next(run, repairs)


async def _tools(run: Run) -> dict[str, str]:
    """How often each of its tools is tried, and when again, unless a step says otherwise."""
    definition = await definition_of(run)
    return {} if definition is None else {name: tries_text(tool) for name, tool in sorted(definition.tools.items())}


def _waits_for_worker(call: dict[str, Any]) -> str:
    why = "all that work on" if call["polled"] else "nothing works on"
    busy = " are busy" if call["polled"] else ""
    return f"{call['call']} waits for a worker; {why} the task queue {call['task_queue']}{busy}"


def _lines(known: dict[str, Any], stuck: str | None, seen: Seen, folding: Folding) -> Iterator[str]:
    state = seen.state
    yield f"run     {known['run']}"
    yield from [REHEARSAL] * state.rehearsal + [NOTHING_WRITTEN] * state.staged
    yield f"flow    {known['flow']}"
    if known["hash"]:
        yield f"hash    {known['hash']}"
    yield f"calls   {inert(known['calls'])}/PATH is what tools and models are told a call is"
    yield from (f"moved   {_moved(move)}" for move in state.moves)
    yield f"status  {_status(known, state)}"
    if stuck is not None:
        yield f"stuck   {stuck}"
    if known["waits"] is not None:
        yield f"waits   {inert(known['waits'])}"
    for child in known["stuck_children"]:
        yield f"child   {inert(child['run'])} is stuck: {inert(child['reason'])}"
    for call in known["calls_without_worker"]:
        yield f"waits   {inert(call['step'])}: {_waits_for_worker(call)}"
    if seen.unattended:
        yield f"worker  {seen.unattended}"
    if seen.told_by == "history":
        yield "(from its history: calls, runs below and answers; no worker was asked, and it has left no record)"
    elif seen.told_by == "replay" and known["closed"] is None:
        yield "(from its history, as its latest task left it; no worker was asked)"
        yield from _noted(state)
    else:
        yield from _noted(state)
    yield from _section("steps", _steps(state, folding))
    for question in state.questions:
        yield from _section("asks", iter(question_lines(question)))
    if known["closed"] is None:
        yield from _section("budgets", map(purse_text, limiting(state.purses)))
    yield from _section("effects", map(_effect, state.ledger))
    if known["closed"] is None:
        yield from _section("events that nobody has taken yet", map(_kept, state.kept))
    yield from _section("config", _config(state))
    yield from _section("tools", (f"{inert(name)}: {inert(tries)}" for name, tries in known["tools"].items()))


def _moved(move: Moved) -> str:
    """Also a move that was asked for and could not be made."""
    ago = f"{duration_text(time.time() - move.at)} ago"
    what = f"to {move.now[:12]} from {move.before[:12]}" if not move.refused else f"not to {move.now[:12]}"
    words = [f"{what}, {ago}, by {inert(move.by)}", *map(inert, filter(None, (move.note, move.refused)))]
    return ": ".join(words)


def _status(known: dict[str, Any], state: RunView) -> str:
    if known["closed"] is not None:
        return str(known["status"])
    unheard = known["cancel_asked"] and state.status == "running"
    return f"{state.status}, and asked to cancel, which nothing has acted on yet" if unheard else state.status


def _noted(state: RunView) -> Iterator[str]:
    """What a history does not tell."""
    if state.requester:
        yield f"for     {inert(state.requester)}"
    yield f"spent   {spent_text(state.spent, rehearsal=state.rehearsal)}"


def _kept(event: KeptEvent) -> str:
    key = "" if event.key is None else f" from {inert(event.key)}"
    return f"{inert(event.name)}{key}: sent by {inert(event.by)} {duration_text(time.time() - event.at)} ago"


def _config(state: RunView) -> Iterator[str]:
    for name, value in state.config.items():
        yield from value_lines(inert(name), value)


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield ""
            yield f"{title}:"
        yield f"  {line}"


def _steps(state: RunView, folding: Folding) -> Iterator[str]:
    """The notes as a tree; what is alive but has no note (the notes of a long run are cut) stands below."""
    board = Board(state.flow)
    noted = {board.take(note).path for note in state.notes}
    for depth, item in list(folding.rows(board.root))[1:]:
        words = [item.state, f"attempt {item.attempt}" if item.attempt > 1 and item.node != "loop" else ""]
        words += ["rehearsal" if item.rehearsal else "", "not carried out" if item.staged else "", inert(item.detail)]
        words.append(counts_text(item.counts) if item.counts is not None else "")
        yield f"{'  ' * (depth - 1)}{item.label}: {', '.join(word for word in words if word)}"
    now = time.time()
    for step in state.steps:
        if step.path not in noted and step.node not in _TOLD_OTHERWISE:
            yield f"{step.path}: {step.state} for {duration_text(now - step.since)}"


def _effect(entry: LedgerView) -> str:
    words = {"done": "done", "uncertain": "nobody knows whether it happened", "undo_failed": "could not be undone"}
    said = "not carried out" if entry.staged else words.get(entry.state, entry.state)
    calls = ", then ".join([entry.undo, *entry.then]) if entry.undo else ""
    undo = f"; its undo is {calls}" if calls and entry.state == "done" and not entry.staged else ""
    if entry.state == "undo_failed" and (entry.made or entry.then):
        undo = f"; it stopped at call {entry.made + 1} of its undo, and what is left is {calls}"
    return f"{entry.tool} at {entry.path}: {said}{undo}"
