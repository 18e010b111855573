"""What a command makes of a file: to another file, or to standard output."""

from pathlib import Path

import click


def write(text: str, output: Path | None, source: str | None = None) -> None:
    """`source` is the file that it was made of, which is not written over."""
    if output is None:
        click.echo(text, nl=False)
        return
    if source is not None and output.exists() and Path(source).exists() and output.samefile(source):
        raise click.UsageError(f"{output} is the file itself")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from error
