"""The command `dsl` as click knows it: its options, and its commands, each loaded only to run it."""

import os
from importlib import import_module

import click

from dsl.cli.internal import cannot_be_written
from dsl.cli.styling import styled
from dsl.diagnostics.inert import inert
from interpreter.cli import exit_codes
from interpreter.cli.lazy_group import LazyGroup
from interpreter.cli.leaving import came_of_an_interrupt, say_unwritable


def installed_version() -> str:
    # Reading the metadata of packages loads the standard library's mail parser, which no other command needs.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("steadflow")
    except PackageNotFoundError:
        return "from a checkout"


def _say_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"dsl {installed_version()}")
        context.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: dsl run examples/support.flow --input examples/support.json --rehearse",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_say_version,
    help="Show the version and exit.",
)
def dsl() -> None:
    """Check agent flows before they run, and run them durably on Temporal."""


def run_command(arguments: list[str]) -> int:
    """The exit code of a command line; whatever goes wrong is said on standard error."""
    try:
        if "_DSL_COMPLETE" in os.environ:
            import_module("interpreter.cli.shells")  # so that click knows our ways
        code = dsl.main(arguments, prog_name="dsl", standalone_mode=False, color=styled())
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:  # click ends so when a shell has asked for completions
        return stop.code if isinstance(stop.code, int) else exit_codes.FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        return exit_codes.LEFT
    except BrokenPipeError:
        return exit_codes.FAILED
    except Exception as error:  # noqa: BLE001 - the last door: a bug of ours is said to be one
        if isinstance(error, OSError) and cannot_be_written(error):
            return say_unwritable(error)
        if came_of_an_interrupt(error):
            click.echo("", err=True)
            return exit_codes.LEFT
        if isinstance(error, ImportError) and not _is_ours(error.name):
            return _say_not_whole(error)
        return _internal_error()
    return code if isinstance(code, int) else 0


def _is_ours(module: str | None) -> bool:
    return module is None or module.partition(".")[0] in ("dsl", "interpreter")


def _say_not_whole(error: ImportError) -> int:
    """What a command loads is declared, so what cannot be loaded is not installed, or not whole."""
    again = "install it again, `pip install --force-reinstall steadflow`"
    click.echo(f"error: what dsl needs cannot be loaded: {inert(str(error))}: {again}", err=True)
    return exit_codes.MISUSED


def _internal_error() -> int:
    import traceback

    click.echo(traceback.format_exc(), err=True, nl=False)
    click.echo("This is a bug in dsl, not in your flow. Please report it with the lines above.", err=True)
    return exit_codes.BUG
