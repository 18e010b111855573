"""What a shell completes: flow files, the flows in a file, codes. Whatever is wrong, nothing is offered and said.

`FLOW_FILE` is a kind of completion of our own: each shell knows best how paths are shown (`interpreter/cli/shells.py`).
"""

import os
import re
from typing import TYPE_CHECKING, Any

import click

from dsl.regex import regex

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FLOW_FILE = "flow"
_FLOW = regex(r"^\s*flow\s+([^\W\d]\w*)", re.MULTILINE)
_LARGEST = 4_000_000


def flow_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Flow files, and folders, that begin so."""
    folder, begun = os.path.split(incomplete)
    try:
        with os.scandir(os.path.expanduser(folder) or os.curdir) as entries:
            names = sorted(each.name for each in entries if _is_offered(each, begun))
    except (OSError, ValueError):
        return []
    from click.shell_completion import CompletionItem

    return [CompletionItem(os.path.join(folder, name), type=FLOW_FILE) for name in names]


def _is_offered(entry: "os.DirEntry[str]", begun: str) -> bool:
    if not entry.name.startswith(begun) or (entry.name.startswith(".") and not begun.startswith(".")):
        return False
    return entry.is_dir() or (entry.name.endswith(".flow") and entry.is_file())


def flows_of_the_file(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Those that the file declares which stands before on the command line."""
    from click.shell_completion import CompletionItem

    # An option that has no value yet ends the parsing of a command line: then what was not looked at is in `args`.
    named: Any = next((context.params[name] for name in ("path", "file", "paths") if context.params.get(name)), None)
    given = named if isinstance(named, tuple) else (named, *context.args)
    path = next((each for each in given if each is not None and os.path.isfile(each)), None)
    if path is None:
        return []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            names = dict.fromkeys(_FLOW.findall(file.read(_LARGEST)))
    except (OSError, ValueError):
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def codes(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Of diagnostics, with their titles."""
    from click.shell_completion import CompletionItem

    from dsl.diagnostics.codes import CODES

    begun = incomplete.upper()
    return [CompletionItem(code, help=title) for code, title in CODES.items() if code.startswith(begun)]
