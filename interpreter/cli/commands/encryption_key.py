"""`dsl encryption-key`."""

import click

from interpreter.cli.problem import Misuse
from interpreter.encryption.errors import FILE_VARIABLE, VARIABLE, UnusableKeys
from interpreter.encryption.keyring import Key


@click.command(
    epilog="""\b
Examples:
  export STEADFLOW_ENCRYPTION_KEYS=$(dsl encryption-key 2026-11)
  (umask 077; dsl encryption-key 2026-11 > steadflow.keys)
"""
)
@click.argument("id_", metavar="ID")
def encryption_key(id_: str) -> None:
    """Make a key that encrypts runs.

    It is printed once, as ID:KEY, and kept nowhere: whoever has it reads all that it encrypts, and what it encrypts is
    lost with it. ID is no secret; it stands beside everything that the key encrypts.
    """
    try:
        key = Key.new(id_)
    except UnusableKeys as error:
        raise Misuse(str(error)) from error
    click.echo(key.text)
    click.echo(f"for {VARIABLE}, or a line of the file that {FILE_VARIABLE} names; the first key encrypts", err=True)
