"""A mistake of the person who typed the command: said in a sentence, never as a traceback."""

import click

from dsl.cli.styling import styled
from dsl.diagnostics.inert import inert_lines
from interpreter.cli import exit_codes


class Problem(click.ClickException):
    """The command could not do what it was asked; why is told by the exit code too."""

    exit_code = exit_codes.FAILED

    def show(self, file: object = None) -> None:
        shown = f"{click.style('error:', fg='red', bold=True)} {inert_lines(self.message)}"
        click.echo(shown, err=True, color=styled())


class Misuse(Problem):
    """The command was used wrongly."""

    exit_code = exit_codes.MISUSED


class Refused(Problem):
    """Nothing was started: the flow does not pass the check, or the tools do not fit it."""

    exit_code = exit_codes.REFUSED


class NoServer(Problem):
    """No server answers."""

    exit_code = exit_codes.UNREACHABLE


class Unattended(Problem):
    """Nothing works on the run, or it is stuck."""

    exit_code = exit_codes.UNATTENDED
