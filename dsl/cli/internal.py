"""What a command says when the mistake is ours: one line, and no traceback unless STEADFLOW_DEBUG is set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dsl.source import Source

INTERNAL = 3


@contextmanager
def blaming_ourselves(source: Source) -> Iterator[None]:
    """Around what must not fail, whatever stands in `source`."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        if os.environ.get("STEADFLOW_DEBUG"):
            raise
        click.echo(
            f"internal error in {source.name}: {type(error).__name__}: {error}"
            " (a bug in dsl, not in your flow: please report it with this file; STEADFLOW_DEBUG=1 shows more)",
            err=True,
        )
        raise click.exceptions.Exit(INTERNAL) from error
