"""Runs the async body of a command, and words what went wrong for the person who typed it."""

import asyncio
import sys
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any

import click
from temporalio.service import RPCError

from dsl.cli.internal import cannot_be_written
from dsl.diagnostics import reports
from dsl.diagnostics.frame import COLOURED, PLAIN
from dsl.diagnostics.inert import inert
from interpreter.cli.problem import Misuse, NoServer, Problem, Refused, Unattended
from interpreter.client.errors import (
    ClientError,
    ConfigRefused,
    DefinitionRefused,
    FlowRefused,
    FlowUnreadable,
    IdRefused,
    InputRefused,
    NoWorker,
    PriceUnknown,
    RunExists,
    RunStuck,
    Unconfigured,
    UnknownQuestion,
    UnknownRun,
    Unreachable,
    Unsigned,
)
from interpreter.encryption.errors import EncryptionError, UnusableKeys
from interpreter.server.command import BinaryMissing
from interpreter.server.embedded import ServerFailed, UnusableFolder

AGAIN = "--again new starts another one when that is over, --again attach comes back to it"
HOW_TO_GIVE = "Give it with --input FILE or --set NAME=VALUE; `dsl run --help` shows how"
HOW_TO_CONFIGURE = "Give them with --config NAME=VALUE, or in `[config]` of steadflow.toml"
HOW_TO_SIGN = "`dsl report FILE` says what it does, `dsl sign FILE --key KEY` signs it"

WORDED: tuple[tuple[type[Exception], type[Problem], str], ...] = (
    (InputRefused, Misuse, HOW_TO_GIVE),
    (ConfigRefused, Misuse, HOW_TO_CONFIGURE),
    (RunExists, Misuse, AGAIN),
    (FlowUnreadable, Misuse, ""),
    (IdRefused, Misuse, ""),
    (Unconfigured, Misuse, ""),
    (UnknownRun, Misuse, ""),
    (UnknownQuestion, Misuse, ""),
    (UnusableKeys, Misuse, ""),
    (UnusableFolder, Misuse, ""),
    (PriceUnknown, Refused, ""),
    (Unsigned, Refused, HOW_TO_SIGN),
    (DefinitionRefused, Refused, ""),
    (Unreachable, NoServer, ""),
    (ServerFailed, NoServer, ""),
    (BinaryMissing, NoServer, ""),
    (NoWorker, Unattended, ""),
    (RunStuck, Unattended, ""),
    (ClientError, Problem, ""),
    (EncryptionError, Problem, ""),
)
"""What is said of a failure, and with which exit code the command ends: the first row that fits. Its last words are
what to do.
"""


def carry_out(
    body: Coroutine[Any, Any, int | None], advice: Mapping[type[Exception], str] = MappingProxyType({})
) -> int:
    """The exit code of the command. `advice`: what to do about a failure, where this command has other options."""
    try:
        return asyncio.run(body) or 0
    except FlowRefused as error:
        style = COLOURED if sys.stderr.isatty() else PLAIN
        click.echo(reports.text([(error.source, error.diagnostics)], style), err=True, nl=False)
        raise Refused(error.summary) from error
    except RPCError as error:  # it answered when we connected
        raise NoServer(f"the server does not answer any more: {error.message}") from error
    except OSError as error:
        if error.filename is None:
            raise
        raise _unusable_file(error) from error
    except Exception as error:
        worded = _worded(error, advice)
        if worded is None:
            raise
        raise worded from error


def _unusable_file(error: OSError) -> Problem:
    words = f"{inert(str(error.filename))} cannot be used: {(error.strerror or str(error)).lower()}"
    return Problem(words) if cannot_be_written(error) else Misuse(words)


def _worded(error: Exception, instead: Mapping[type[Exception], str]) -> Problem | None:
    """The sentence for the person who typed the command; None for what is a bug."""
    for kind, problem, usual in WORDED:
        if isinstance(error, kind):
            advice = instead.get(kind, usual)
            return problem(f"{error}\n{advice}" if advice else str(error))
    return None
