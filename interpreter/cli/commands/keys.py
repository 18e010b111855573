"""`dsl keys`."""

from pathlib import Path

import click
import yaml

from interpreter.boundary.persons import person_form
from interpreter.cli.person import current_user
from interpreter.cli.problem import Misuse
from interpreter.identity.errors import UnusableKey
from interpreter.identity.keys import SigningKey


@click.group(
    epilog="""\b
Examples:
  dsl keys new --name ada
  dsl keys show ada.key
"""
)
def keys() -> None:
    """Make and show the keys that people sign answers with."""


@keys.command(epilog="Example: dsl keys new --name ada --out ~/.ssh/ada.steadflow")
@click.option("--name", metavar="NAME", help="Whose it is.  [default: the user of the operating system]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to.  [default: NAME.key]")
def new(name: str | None, out: Path | None) -> None:
    """Make a key: a file that only its owner may read.

    What a worker's people file needs is printed; the file itself stays with its owner, and is never overwritten.
    """
    name = current_user() if name is None else name
    if not person_form(name) or not name.isprintable():
        raise Misuse("a name is needed that can be read")
    if out is None and Path(name).name != name:
        raise Misuse(f"`{name}` is no name for a file: say with --out where the key goes")
    key, file = SigningKey.new(name), out or Path(f"{name}.key")
    try:
        key.write(file)
    except UnusableKey as error:
        raise Misuse(str(error)) from error
    click.echo(f"wrote {file}, which signs as {name} (key {key.public.id})", err=True)
    click.echo("for the people file of the worker, with the groups filled in:", err=True)
    click.echo(_entry(key), nl=False)


@keys.command(epilog="Example: dsl keys show ada.key")
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print what a people file needs of a key.

    Nothing of it is secret.
    """
    try:
        key = SigningKey.read(file)
    except UnusableKey as error:
        raise Misuse(str(error)) from error
    click.echo(f"key {key.public.id}", err=True)
    click.echo(_entry(key), nl=False)


def _entry(key: SigningKey) -> str:
    entry = {"name": key.name or "?", "groups": [], "keys": [key.public.text]}
    return yaml.safe_dump({"people": [entry]}, sort_keys=False, allow_unicode=True)
