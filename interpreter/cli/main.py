"""The entry of `dsl`. It imports hardly anything: where `dsl check` knows already that all is well, it says so before
click is loaded.

What it ends with stands in `exit_codes.py`.
"""

import os
import sys

from interpreter.cli import exit_codes


def main() -> None:
    """Run one command and leave with its exit code.

    What loads is loaded here, because Ctrl-C may come before there is anything that knows what to do then.
    """
    try:
        from interpreter.cli.leaving import have_streams, leave

        have_streams()
        leave(_ended(sys.argv[1:]))
    except KeyboardInterrupt:
        os._exit(exit_codes.LEFT)


def _ended(arguments: list[str]) -> int:
    from dsl.cli.kept.quick import answered
    from interpreter.cli.leaving import came_of_an_interrupt, say_unwritable

    try:
        if answered(arguments):
            return exit_codes.DONE
    except OSError as error:
        return say_unwritable(error)
    try:
        from interpreter.cli.group import run_command
    except Exception as error:
        if came_of_an_interrupt(error):
            return exit_codes.LEFT
        raise
    return run_command(arguments)
