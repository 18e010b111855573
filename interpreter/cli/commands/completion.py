"""`dsl completion`."""

import click

from interpreter.cli.shells import SHELLS

VARIABLE = "_DSL_COMPLETE"
"""By which the script of a shell asks; it is click's name for a command that is called `dsl`."""


@click.command(
    epilog="""\b
Examples:
  dsl completion bash > ~/.local/share/bash-completion/completions/dsl
  dsl completion zsh > ~/.zfunc/_dsl                # with fpath+=~/.zfunc before compinit
  dsl completion fish > ~/.config/fish/completions/dsl.fish
"""
)
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Print what makes a shell complete `dsl`.

    Commands, options and what they take: flow files, flows of a file, codes of `dsl explain`, and runs, which are asked
    for at the server that the command would talk to. Where none answers at once, none are offered.
    """
    from interpreter.cli.group import dsl

    click.echo(SHELLS[shell](dsl, {}, "dsl", VARIABLE).source(), nl=False)
