"""Whether a run writes: what its tools would do to the world can be captured instead, call by call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from interpreter.cli.problem import Misuse

STAGED = "staged: nothing is written; calls that would write are listed instead, and their results made up"


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--staged` and `--with-tools`, of which one excludes the other."""

    @click.option("--staged", is_flag=True, help="Write nothing: list the calls that would, and make their results up.")
    @click.option("--with-tools", is_flag=True, help="Carry out what a rehearsal comes to: its tools write for real.")
    @wraps(command)
    def with_writing(*args: Any, staged: bool, with_tools: bool, **rest: Any) -> Any:
        if staged and with_tools:
            raise Misuse("--staged writes nothing, --with-tools does: leave one of them out")
        return command(*args, staged=staged, with_tools=with_tools, **rest)

    return with_writing
