"""`dsl transcript`."""

from dataclasses import asdict
from functools import partial

import click

from interpreter.boundary.meant import meant
from interpreter.cli import completing
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Misuse
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.transcript_lines import transcript_lines
from interpreter.cli.transcript_page import transcript_page
from interpreter.client.transcripts import Transcript, transcripts
from interpreter.stores.store import ObjectStore, StoreError, read


@click.command(epilog="Example: dsl transcript support-3f9c2a10 reply --html > reply.html")
@click.argument("run", shell_complete=completing.runs)
@click.argument("step", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--html", "as_html", is_flag=True, help="Print a page for a browser.")
@target_options
def transcript(run: str, step: str | None, as_json: bool, as_html: bool, target: Target) -> int:
    """Show what the agents of a run were told and what they answered.

    Of each step that has called an agent, or of those that STEP means, a name or a path
    as `dsl show` has it: instructions, messages, calls.
    """
    if as_json and as_html:
        raise click.UsageError("Choose one of --json and --html.")
    return carry_out(_transcript(run, step, as_json, as_html, target))


async def _transcript(id: str, step: str | None, as_json: bool, as_html: bool, target: Target) -> None:
    async with connected(target) as client:
        found = await transcripts(client.run(id))
    wanted = None if step is None else meant([each.step for each in found], step)
    chosen = [each for each in found if wanted is None or each.step in wanted]
    if step is not None and not chosen:
        steps = ", ".join(dict.fromkeys(_name(each) for each in found))
        raise Misuse(f"no step {step} of the run {id} has an answer of an agent; there is {steps or 'none'}")
    if as_json:
        print_json({"run": id, "steps": [asdict(each) for each in chosen]})
    elif as_html:
        click.echo(transcript_page(id, chosen, partial(_content, client.store)), nl=False)
    elif chosen:
        click.echo("\n\n".join("\n".join(transcript_lines(each)) for each in chosen))
    else:
        click.echo(f"No agent of the run {id} has answered.")


def _content(store: ObjectStore, digest: str) -> bytes | None:
    try:
        return read(store, digest)
    except StoreError:
        return None


def _name(each: Transcript) -> str:
    return each.step.rsplit("/", 1)[-1]
