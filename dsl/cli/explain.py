"""`dsl explain`: the page of a diagnostic code."""

import click

from dsl.diagnostics.codes import CODES
from dsl.diagnostics.explain import explanation, nearest

EPILOG = """\b
Examples:
  dsl explain SF301
  dsl explain
"""


@click.command(epilog=EPILOG)
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain a diagnostic code.

    Without CODE all codes are listed.
    """
    if code is None:
        click.echo("".join(f"{each}  {title}\n" for each, title in CODES.items()), nl=False)
        return
    found = explanation(code)
    if found is None:
        close = nearest(code)
        advice = f"did you mean {close}?" if close else "`dsl explain` lists them all"
        raise click.UsageError(f"there is no code {code}: {advice}")
    click.echo(found.page, nl=False)
