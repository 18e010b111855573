"""`dsl explain`: the page of a diagnostic code, or the codes whose pages have the words that one remembers."""

import json
from collections.abc import Sequence

import click

from dsl.cli.completing import codes
from dsl.cli.loading import loading
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.explain import explanation, nearest
from dsl.diagnostics.inert import inert, inert_json

EPILOG = """\b
Examples:
  dsl explain SF301
  dsl explain timeout
  dsl explain call without approval
  dsl explain --list --json
"""


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, shell_complete=codes, metavar="CODE|WORDS…")
@click.option("--list", "list_", is_flag=True, help="List all codes with their titles.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: code, title and page.")
def explain(words: Sequence[str], list_: bool, as_json: bool) -> None:
    """Explain a diagnostic code.

    With words instead of a code, the codes are listed whose title, messages or page have them, the best first. Without
    anything all codes are listed.
    """
    if list_ and words:
        raise click.UsageError("--list lists all codes: leave the words out, or --list")
    if len(words) == 1 and (found := explanation(words[0])) is not None:
        if as_json:
            _print_json({"code": found.code, "title": CODES[found.code], "page": found.page})
        else:
            click.echo(found.page, nl=False)
        return
    codes = _searched(" ".join(words)) if words else list(CODES)
    if as_json:
        _print_json([{"code": each, "title": CODES[each]} for each in codes])
    else:
        click.echo("".join(f"{each}  {CODES[each]}\n" for each in codes), nl=False)
    if words:
        click.echo(f"`dsl explain {codes[0]}` shows the first page", err=True)


def _searched(question: str) -> list[str]:
    from dsl.diagnostics.searching import near, search

    if _looks_like_a_code(question):
        close = nearest(question)
        advice = f"did you mean {close}?" if close else "`dsl explain` lists them all"
        raise click.UsageError(f"there is no code {inert(question)}: {advice}")
    found = search(question, _messages())
    if not found:
        close = near(question)
        advice = f"did you mean `{close}`?" if close else "`dsl explain` lists all codes"
        raise click.UsageError(f"nothing is found for `{inert(question)}`: {advice}")
    return found


def _looks_like_a_code(question: str) -> bool:
    return len(question) > 2 and question[:2].upper() == "SF" and question[2:].isdigit()


def _messages() -> dict[str, list[str]]:
    """What is said of the example of each page."""
    with loading():
        from dsl.analysis import analyse
        from dsl.source import Source
    said: dict[str, list[str]] = {}
    for code in CODES:
        page = explanation(code)
        found = analyse(Source(code, page.bad)).diagnostics if page is not None and page.bad else ()
        said[code] = [f"{each.message} {each.help or ''}" for each in found]
    return said


def _print_json(data: object) -> None:
    click.echo(inert_json(json.dumps(data, indent=2, ensure_ascii=False)))
