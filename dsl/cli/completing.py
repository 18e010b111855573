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
_ENDINGS = (".flow", (".json", ".yaml", ".yml"))


def flow_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Flow files, and folders, that begin so. A flow may be data too: such files are offered where no flow file is."""
    folder, begun = os.path.split(incomplete)
    try:
        with os.scandir(os.path.expanduser(folder) or os.curdir) as entries:
            near = [each for each in entries if _begins(each.name, begun)]
            folders = [each.name for each in near if each.is_dir()]
            flows, data = ([each.name for each in near if each.is_file() and each.name.endswith(e)] for e in _ENDINGS)
    except (OSError, ValueError):
        return []
    from click.shell_completion import CompletionItem

    names = sorted(folders + (flows or data))
    return [CompletionItem(os.path.join(folder, name), type=FLOW_FILE) for name in names]


def _begins(name: str, begun: str) -> bool:
    return name.startswith(begun) and (begun.startswith(".") or not name.startswith("."))


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
