"""The options about who answers: the key that signs, and that a run takes, or is, only what is signed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interpreter.boundary.persons import same_person
from interpreter.cli.person import current_user
from interpreter.cli.problem import Misuse

if TYPE_CHECKING:
    from interpreter.identity.keys import SigningKey

key_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    envvar="STEADFLOW_KEY",
    metavar="FILE",
    help="Sign with this key, from `dsl keys new`. [env: STEADFLOW_KEY]",
)


verified_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--verified", is_flag=True, help="Of this run's answers only those count whose signature its worker has verified."
)

require_signed_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--require-signed", is_flag=True, help="Start it only if it is signed off, as SIGNERS says (`dsl sign`)."
)


def read_key(file: Path | None) -> "SigningKey | None":
    if file is None:
        return None
    # Keys need a large library.
    from interpreter.identity.errors import UnusableKey
    from interpreter.identity.keys import SigningKey

    try:
        return SigningKey.read(file)
    except UnusableKey as error:
        raise Misuse(str(error)) from error


def who_answers(by: str | None, key: "SigningKey | None") -> str:
    """The one named, or whose key it is, or the user of the operating system."""
    if by is not None and not by.strip():
        raise Misuse("`--by` names nobody: write a name, or leave it out")
    named = key.name if key is not None else ""
    if by is not None and named and not same_person(by, named):
        raise Misuse(f"the key is of {named}, and the answer is to be by {by}")
    return by or named or current_user()
