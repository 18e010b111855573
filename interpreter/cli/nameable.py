"""A name that is given as an option: one that can be read, and is there."""

import click

from interpreter.cli.problem import Misuse


def nameable(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """The name; nothing where none is given. An empty one would count as none, which nobody means."""
    if value is None:
        return None
    named = option.opts[0]
    if not value.strip():
        raise Misuse(f"`{named}` names nothing: give a name, or leave it out")
    if not value.isprintable():
        raise Misuse(f"`{named}` is {value!a}: line ends, and what cannot be seen, do not stand in a name")
    return value
