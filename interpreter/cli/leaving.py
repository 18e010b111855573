"""The one way out of a command, and what it writes to."""

import os
import sys
from typing import NoReturn

from dsl.cli.piped import prepare
from interpreter.cli import exit_codes


def have_streams() -> None:
    """A command that was started with a closed stream (`>&-`) writes that to nowhere. What is opened first would else
    take its place, a socket or a file, and be written into."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    prepare()


def say_unwritable(error: OSError) -> int:
    """Say so, where that can be said; the exit code."""
    what = error.filename if isinstance(error.filename, str) else "what was to be said"
    try:
        sys.stderr.write(f"error: {what} cannot be written: {error.strerror}\n")
        sys.stderr.flush()
    except OSError:
        return exit_codes.FAILED  # nothing can be said at all
    return exit_codes.FAILED


def came_of_an_interrupt(error: BaseException | None) -> bool:
    """Ctrl-C while a class is being made, as while modules load, comes as the cause of another error."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def leave(code: int) -> NoReturn:
    """End the process here and now.

    A process that has used temporalio crashes now and then while Python takes itself down (SIGABRT in 8 of 60 measured
    runs, with the exit code of a crash), so it must not get that far. All cleaning up is done by then.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has gone; it has all that it wanted
            continue
        except OSError as error:
            code = code or say_unwritable(error)
    os._exit(code)
