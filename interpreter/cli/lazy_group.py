"""The group of all commands. It knows their names and summaries, and loads a command only to run it."""

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import click

from dsl.cli.loading import loading
from interpreter.cli.table import SECTIONS, Entry

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

ENTRIES: dict[str, Entry] = {entry.name: entry for entries in SECTIONS.values() for entry in entries}


class LazyGroup(click.Group):
    """Commands by name, in the sections of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.place.partition(":")
        with loading():
            command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.place} is not a command")
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Commands with their summaries, none of which is loaded; and the options of `dsl` itself."""
        from click.shell_completion import CompletionItem

        begun = [each for each in ENTRIES.values() if each.name.startswith(incomplete)]
        found = [CompletionItem(each.name, help=each.summary) for each in begun]
        return found or click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in ENTRIES and not name.startswith("-"):
            close = get_close_matches(name, ENTRIES, n=1)
            hint = f" Did you mean `{close[0]}`?" if close else " `dsl --help` lists the commands."
            raise click.UsageError(f"There is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, entries in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(entry.name, entry.summary) for entry in entries])
