"""What a command says when the mistake is ours: one line, and no traceback unless STEADFLOW_DEBUG is set."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dsl.source import Source

INTERNAL = 3
REFUSED = 4
"""Of what is made of a flow that does not pass the check: nothing."""
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE})


def cannot_be_written(error: Exception) -> bool:
    """Whether it is a disk, a device or a reader that takes no more, and no mistake of ours."""
    return isinstance(error, OSError) and error.errno in _UNWRITABLE


@contextmanager
def blaming_ourselves(source: Source) -> Iterator[None]:
    """Around what must not fail, whatever stands in `source`."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        if cannot_be_written(error) or os.environ.get("STEADFLOW_DEBUG"):
            raise
        click.echo(
            f"internal error in {source.name}: {type(error).__name__}: {error}"
            " (a bug in dsl, not in your flow: please report it with this file; STEADFLOW_DEBUG=1 shows more)",
            err=True,
        )
        raise click.exceptions.Exit(INTERNAL) from error
