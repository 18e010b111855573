"""The picture of a run, for `dsl graph --run`: its own definition, coloured by how it stands, and by how the runs stand
that its steps and agents have started, and those in turn.
"""

import click

from dsl.definition.definition import Definition
from dsl.definition.unseal import narrow
from dsl.drawing.coloured import Stood, coloured
from dsl.drawing.draw import draw
from dsl.drawing.picture import Picture
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Problem
from interpreter.cli.standing import Seen, how_it_stands, known_of
from interpreter.cli.states import states_of
from interpreter.cli.target import Target, connected
from interpreter.client.carried import definition_of
from interpreter.client.client import Client
from interpreter.client.errors import ClientError
from interpreter.client.listing import MOST_BELOW, runs_below, why_stuck
from interpreter.client.run import Run
from interpreter.encryption.errors import EncryptionError


def drawn_run(id: str, given: Definition | None, target: Target, *, alone: bool) -> Picture:
    """A run keeps the definition that it started with: where `given` is another, that is said, and its own is drawn."""
    found: list[tuple[Definition | None, Seen, dict[str, list[Stood]] | None]] = []

    async def ask() -> None:
        async with connected(target) as client:
            run = client.run(id)
            seen = await _seen(run, target)
            below = {} if alone else await _below(client, run, target)
            found.append((await definition_of(run), seen, below))

    carry_out(ask())
    ((own, seen, below),) = found
    is_given = given is not None and seen.state.hash in ("", given.hash)
    definition = own or (given if is_given else None)
    if definition is None:
        raise Problem(f"the definition of {id}, {seen.state.hash}, cannot be had here; name a FILE that has it")
    if given is not None and not is_given:
        click.echo(f"{id} was started with another definition than the file has now; its own is drawn", err=True)
    if seen.told_by == "history":
        click.echo("from its history: calls, runs below and answers; the rest is not known", err=True)
    if seen.state.flow in definition.flows:  # one that another has started is carried by the definition of that
        definition = narrow(definition, seen.state.flow)
    return coloured(draw(definition, alone=alone), id, _by_flow(definition, seen, below))


def _by_flow(definition: Definition, seen: Seen, below: dict[str, list[Stood]] | None) -> dict[str, list[Stood]]:
    """The runs of each flow of the definition. Of which flows some are not known, nothing is said."""
    known: dict[str, list[Stood]] = {} if below is None else {name: below.get(name, []) for name in definition.flows}
    known[definition.flow] = [_stood(seen), *known.get(definition.flow, [])]
    return known


def _stood(seen: Seen) -> Stood:
    view = seen.state
    is_cut = bool(view.notes) and view.notes[0].number > 1
    return Stood(states_of(view), completed=view.status == "completed", cut=is_cut)


async def _seen(run: Run, target: Target) -> Seen:
    return await how_it_stands(target, run, await known_of(run), await why_stuck(run.temporal, run))


async def _below(client: Client, top: Run, target: Target) -> dict[str, list[Stood]] | None:
    """By flow, how the runs below stand. None, and a word about it, where that of one of them cannot be had."""
    ids = await runs_below(top)
    if len(ids) > MOST_BELOW:
        click.echo(f"{top.id} has started more than {MOST_BELOW} runs: they are not looked at", err=True)
        return None
    found: dict[str, list[Stood]] = {}
    for id in ids:
        try:
            seen = await _seen(client.run(id), target)
        except (ClientError, EncryptionError) as error:
            click.echo(f"the runs below are not coloured: of {id} it is not known how it stands: {error}", err=True)
            return None
        found.setdefault(seen.state.flow, []).append(_stood(seen))
    return found
