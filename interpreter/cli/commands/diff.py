"""`dsl diff`."""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from dsl.cli.completing import flow_files
from dsl.cli.reporting import style_for
from dsl.cli.searching import STDIN
from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from dsl.diagnostics.frame import PLAIN
from dsl.diagnostics.inert import inert_json
from dsl.differences.changes import Verdict
from dsl.differences.document import document
from dsl.differences.markdown import markdown
from dsl.differences.report import Comparison, PinnedRun, comparison, report
from dsl.differences.text import lines, plainly
from dsl.models.configured import Models, models_for
from dsl.models.unusable import Unusable
from interpreter.cli import exit_codes
from interpreter.cli.carry_out import carry_out
from interpreter.cli.compared import Asked, asked, sides
from interpreter.cli.planned import price
from interpreter.cli.problem import Misuse
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.carried import definition_of
from interpreter.client.client import Client
from interpreter.client.listing import RunSummary
from interpreter.stores.store import StoreError

ENDS: dict[Verdict, int] = {
    "layout": exit_codes.DONE,
    "compatible": exit_codes.COMPATIBLE,
    "weaker": exit_codes.WEAKER,
    "breaking": exit_codes.BREAKING,
}
WHOLE = 64
"""Characters of a hash."""
COLOURS: dict[str, dict[str, Any]] = {
    "breaking": {"fg": "red", "bold": True},
    "weaker": {"fg": "yellow"},
    "stronger": {"fg": "green"},
    "head": {"bold": True},
    "gone": {"fg": "red"},
    "come": {"fg": "green"},
}


@click.command(
    epilog="""\b
Examples:
  dsl diff examples/support.flow
  dsl diff git:main examples/support.flow
  dsl diff signed: examples/support.flow
  dsl diff old.flow new.flow --format markdown
  dsl diff git:v1.2 git:main:examples
  dsl diff 233b98643421 examples/support.flow --address localhost:7233
"""
)
@click.argument("old", metavar="OLD", shell_complete=flow_files)
@click.argument("new", metavar="[NEW]", shell_complete=flow_files, required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, programs, or a comment on GitHub.",
)
@click.option("--runs", "with_runs", is_flag=True, help="List the runs under way that keep the old definitions.")
@target_options
def diff(old: str, new: str | None, form: str, with_runs: bool, target: Target) -> int:
    """Tell what two versions mean that is not the same.

    Each side is a file, a folder, `-`, the hash of a definition that runs have, `git:REV[:PATH]`, or `signed:[FILE]`,
    the version that was signed off last. One side alone is compared with what the last commit has. By declaration and
    step it tells what was added, removed, renamed, moved and changed; what others have to follow, which promises are
    weaker; and what follows for cost, data and runs under way.

    Ends with 0 when nothing but layout has changed, 7 when all changes are compatible, 8 when a promise is weaker, and
    9 when others have to follow; 2 when used wrongly, 4 when a side does not pass the check.
    """
    one, other = asked(old, new)
    models = _models(other)
    wants_server = with_runs or target != Target(None, None, None) or one.hash is not None or other.hash is not None
    if wants_server:
        return carry_out(_with_server(one, other, models, form, target))
    return _told(_compared(one, other, models, {}), form)


async def _with_server(one: Asked, other: Asked, models: Models, form: str, target: Target) -> int:
    async with connected(target) as client:
        known = {each.hash: await _definition(client, each.hash) for each in (one, other) if each.hash is not None}
        made = _compared(one, other, models, known)
        runs = [each async for each in client.runs(status="running")]
    return _told(comparison(made.reports, _pinned(made, runs)), form)


def _compared(one: Asked, other: Asked, models: Models, known: dict[str, Definition]) -> Comparison:
    pairs = sides(one, other, models, lambda hash_: known[hash_])
    return comparison([report(old, new, price) for old, new in pairs])


def _pinned(of: Comparison, runs: Iterable[RunSummary]) -> list[PinnedRun]:
    """Runs of flows that have another hash now, or are gone."""
    old = {flow.old_hash for each in of.reports for flow in each.flows}
    found = [each for each in runs if each.hash in old]
    return [PinnedRun(each.id, each.flow, each.hash, each.started.isoformat()) for each in found]


async def _definition(client: Client, hash_: str) -> Definition:
    """From the store, else from a run that has it."""
    if len(hash_) == WHOLE:
        try:
            return unseal(client.store.get(hash_), hash_)
        except (StoreError, UnsealError):
            pass  # small ones travel with their runs
    found: dict[str, RunSummary] = {}
    async for each in client.runs():
        if each.hash.startswith(hash_):
            found.setdefault(each.hash, each)
    if len(found) > 1:
        raise Misuse(f"{hash_} is the beginning of several hashes: {', '.join(sorted(found))}")
    for each in found.values():
        definition = await definition_of(client.run(each.id))
        if definition is not None:
            return definition
    raise Misuse(f"no definition with the hash {hash_} is known here: neither the store nor a run has it")


def _models(side: Asked) -> Models:
    """What is known of models where the new side stands."""
    place = Path.cwd() if side.revision is not None or side.hash is not None or side.path == STDIN else Path(side.path)
    try:
        return models_for(place if place.is_dir() else place.parent)
    except Unusable as error:
        raise Misuse(str(error)) from error


def _told(made: Comparison, form: str) -> int:
    match form:
        case "json":
            click.echo(inert_json(json.dumps(document(made), ensure_ascii=False, indent=2)))
        case "markdown":
            click.echo(markdown(made), nl=False)
        case _:
            coloured = style_for(sys.stdout) is not PLAIN
            width = shutil.get_terminal_size().columns if coloured or sys.stdout.isatty() else 100
            for line in lines(made, _painted if coloured else plainly, width):
                click.echo(line, color=True)
    return ENDS[made.verdict]


def _painted(text: str, role: str) -> str:
    return click.style(text, **COLOURS[role]) if role in COLOURS else text
