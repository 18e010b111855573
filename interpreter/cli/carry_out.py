"""Runs the async body of a command, and words what went wrong for the person who typed it."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import click

from dsl.diagnostics import reports
from dsl.diagnostics.frame import COLOURED, PLAIN
from interpreter.cli.problem import Misuse, Problem
from interpreter.client.errors import (
    ClientError,
    FlowRefused,
    FlowUnreadable,
    InputRefused,
    UnknownQuestion,
    UnknownRun,
)
from interpreter.encryption.errors import EncryptionError, UnusableKeys
from interpreter.server.command import BinaryMissing
from interpreter.server.embedded import ServerFailed

USED_WRONGLY = (FlowUnreadable, UnknownRun, UnknownQuestion)


def carry_out(body: Coroutine[Any, Any, int | None]) -> int:
    """The exit code of the command."""
    try:
        return asyncio.run(body) or 0
    except FlowRefused as error:
        style = COLOURED if sys.stderr.isatty() else PLAIN
        click.echo(reports.text([(error.source, error.diagnostics)], style), err=True, nl=False)
        raise Problem(str(error)) from error
    except InputRefused as error:
        raise Misuse(f"{error}\nGive it with --input FILE or --set NAME=VALUE; `dsl run --help` shows how") from error
    except USED_WRONGLY as error:
        raise Misuse(str(error)) from error
    except UnusableKeys as error:
        raise Misuse(str(error)) from error
    except (ClientError, EncryptionError, ServerFailed, BinaryMissing) as error:
        raise Problem(str(error)) from error
    except OSError as error:
        if error.filename is None:
            raise
        raise Problem(f"{error.filename}: {error.strerror}") from error
