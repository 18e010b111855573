"""A mistake of the person who typed the command: said in a sentence, never as a traceback."""

import click

from dsl.diagnostics.inert import inert_lines


class Problem(click.ClickException):
    """The command could not do what it was asked: exit code 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {inert_lines(self.message)}", err=True)


class Misuse(Problem):
    """The command was used wrongly: exit code 2."""

    exit_code = 2
