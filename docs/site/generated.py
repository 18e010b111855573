"""Pages that no file is: an example with all that can be told of it, the codes, a file as it stands."""

import os
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from click.testing import CliRunner

from docs.site.contents import ROOT, text_of
from docs.site.places import EXPLANATIONS
from dsl.diagnostics.codes import CODES
from interpreter.cli.group import dsl

COLUMNS = 84
_ROW = re.compile(r"^\| \d+ \| \[`(?P<name>\w+)\.flow`\]\([^)]*\) \| (?P<shows>.*) \|$", re.MULTILINE)
_LANGUAGES = {".flow": "flow", ".py": "python", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}


class Failed(Exception):
    """A command that the site shows the output of did not end well."""


def examples() -> list[tuple[str, str]]:
    """The name of each example and what it shows, in reading order."""
    return [(found["name"], found["shows"]) for found in _ROW.finditer(text_of("examples/README.md"))]


def example(name: str, shows: str) -> str:
    """The page of an example, with links as in the folder of the examples."""
    path = f"examples/{name}.flow"
    beside = [f"[`{each}`]({each})" for each in _beside(name)]
    return "\n\n".join(
        [
            f"# {name}",
            f"{shows[0].upper()}{shows[1:]}.",
            f"Beside it: {', '.join(beside)}." if beside else "",
            "## The text",
            _block("flow", text_of(path)),
            "## The picture",
            f"![The flow {name}](pictures/{name}.svg)",
            "## What it may come to",
            f"`dsl plan {path}`:",
            _block("text", printed("plan", path)),
            "## What an approver is told",
            f"`dsl report {path}`:",
            _report(path),
        ]
    )


def _report(path: str) -> str:
    """The approver's page itself, in the colours of the site (`site.css`); its headings are one level lower here."""
    page = printed("report", path, "--html")
    found = re.search(r"<main>\n(?P<sections>.*)\n</main>", page, re.DOTALL)
    if found is None:
        raise Failed(f"the report of {path} has no sections")
    sections = re.sub(r"<(/?)h2>", r"<\1h3>", found["sections"])
    return f'<div class="report">\n{sections}\n</div>'


def _beside(name: str) -> Iterator[str]:
    return (
        each.name
        for each in sorted((ROOT / "examples").iterdir())
        if re.fullmatch(rf"{name}(?:_\w+)?\.(?:json|answers\.yaml|models\.yaml|py)", each.name)
    )


def picture(name: str) -> str:
    return printed("graph", f"examples/{name}.flow", "--format", "svg")


def printed(*command: str) -> str:
    """What `dsl` prints, in the root of the checkout."""
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        ended = CliRunner(env={"COLUMNS": str(COLUMNS), "NO_COLOR": "1"}).invoke(dsl, list(command))
    finally:
        os.chdir(before)
    if ended.exit_code != 0:
        raise Failed(f"dsl {' '.join(command)} ended with {ended.exit_code}: {ended.output}")
    return ended.stdout


def codes() -> str:
    """The list of the codes, with links as in the folder of their pages."""
    rows = [f"| [{code}]({code}.md) | {meaning} |" for code, meaning in CODES.items()]
    begin = "What `dsl check` finds has a code, which keeps its meaning for ever. `dsl explain CODE` prints its page."
    return "\n".join(["# Codes", "", begin, "", "| code | is |", "|---|---|", *rows, ""])


def explained(code: str) -> str:
    """The page of a code, its blocks named: what triggers it, and the same mended."""
    page = text_of(f"{EXPLANATIONS}/{code}.md")
    return page.replace("```flow bad", f'```flow title="{code}"').replace("```flow good", '```flow title="mended"')


def shown(path: str) -> str:
    """A file as it stands."""
    suffix = PurePosixPath(path).suffix
    return f"# {path}\n\n{_block(_LANGUAGES.get(suffix, 'text'), text_of(path))}"


def _block(language: str, text: str) -> str:
    longest = max((len(ticks) for ticks in re.findall(r"^`{3,}", text, re.MULTILINE)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"
