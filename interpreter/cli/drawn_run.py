"""The picture of a run, for `dsl graph --run`: its own definition, coloured by how it stands."""

import click

from dsl.definition.definition import Definition
from dsl.drawing.coloured import coloured
from dsl.drawing.draw import draw
from dsl.drawing.picture import Picture
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Problem
from interpreter.cli.standing import Seen, how_it_stands, known_of
from interpreter.cli.states import states_of
from interpreter.cli.target import Target, connected
from interpreter.client.carried import definition_of
from interpreter.client.listing import why_stuck


def drawn_run(id: str, given: Definition | None, target: Target, *, alone: bool) -> Picture:
    """A run keeps the definition that it started with: where `given` is another, that is said, and its own is drawn."""
    found: list[tuple[Definition | None, Seen]] = []

    async def ask() -> None:
        async with connected(target) as client:
            run = client.run(id)
            known = await known_of(run)
            stuck = await why_stuck(client.temporal, run)
            found.append((await definition_of(run), await how_it_stands(target, run, known, stuck)))

    carry_out(ask())
    ((own, seen),) = found
    is_given = given is not None and seen.state.hash in ("", given.hash)
    definition = own or (given if is_given else None)
    if definition is None:
        raise Problem(f"the definition of {id}, {seen.state.hash}, cannot be had here; name a FILE that has it")
    if given is not None and not is_given:
        click.echo(f"{id} was started with another definition than the file has now; its own is drawn", err=True)
    if seen.told_by == "history":
        click.echo("from its history: calls, runs below and answers; the rest is not known", err=True)
    completed = seen.state.status == "completed"
    return coloured(draw(definition, alone=alone), id, states_of(seen.state), completed=completed)
