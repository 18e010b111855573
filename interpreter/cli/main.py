"""The entry of `dsl`. It imports hardly anything: where `dsl check` knows already that all is well, it says so before
click is loaded.

What it ends with stands in `exit_codes.py`.
"""

import sys

from dsl.cli.kept.quick import answered
from interpreter.cli import exit_codes
from interpreter.cli.leaving import have_streams, leave, say_unwritable


def main() -> None:
    """Run one command and leave with its exit code."""
    have_streams()
    leave(_ended(sys.argv[1:]))


def _ended(arguments: list[str]) -> int:
    try:
        if answered(arguments):
            return exit_codes.DONE
    except KeyboardInterrupt:
        return exit_codes.LEFT
    except OSError as error:
        return say_unwritable(error)
    from interpreter.cli.group import run_command

    return run_command(arguments)
