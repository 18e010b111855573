"""`dsl report`."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reporting import style_for
from dsl.cli.searching import STDIN
from dsl.definition.seal import Sealed
from dsl.diagnostics.frame import PLAIN, Style
from dsl.diagnostics.inert import inert_json
from dsl.differences.changes import Change as Difference
from dsl.review.document import document
from dsl.review.html_page import html_page
from dsl.review.model import Approved, Review, Signer
from dsl.review.questions import worded
from dsl.review.review import review
from dsl.review.text_page import lines
from interpreter.cli.planned import planned
from interpreter.cli.problem import Misuse, Problem

if TYPE_CHECKING:
    from interpreter.identity.people import KnownKey
    from interpreter.identity.signatures import Signed

WIDTH = 100
"""Of what no terminal shows."""
FORMS = {".html": "html", ".htm": "html", ".json": "json", ".txt": "text", ".text": "text", "": "text"}


@click.command(
    epilog="""\b
Examples:
  dsl report examples/support.flow
  dsl report examples/support.flow -o support.html
  dsl report support.flow --flow refunds --json
"""
)
@click.argument("path", metavar="FILE|-", shell_complete=flow_files)
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@click.option("--html", "as_html", is_flag=True, help="Write a page for a browser, and for paper.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; a name that ends with .html or .json says the form too.  [default: standard output]",
)
@click.pass_context
def report(
    context: click.Context, path: str, flow: str | None, as_html: bool, as_json: bool, output: Path | None
) -> None:
    """Answer what an approver asks of a flow.

    What it can spend, what it does that stays, who agrees before, who sees which data, how it fails, what it talks to,
    and what has changed since it was approved: each with its lines of the text. Nothing is run.
    """
    if as_html and as_json:
        raise click.UsageError("Choose one of --json and --html.")
    suffix = output.suffix.lower() if output is not None else ""
    form = "html" if as_html else "json" if as_json else FORMS.get(suffix)
    if form is None:
        raise Misuse(f"{output} ends like none of .html, .json and .txt: say with --html or --json which is meant")
    found = planned(context, path, flow)
    with blaming_ourselves(found.analysis.source):
        approved, since = (None, ()) if path == STDIN else _approved(Path(path), found.sealed)
        reviewed = review(found.analysis, found.sealed, found.plan, found.models, approved, since)
        if output is None:
            click.echo(_written(reviewed, form, style_for(sys.stdout)), nl=False, color=True)
            return
        text = _written(reviewed, form, PLAIN)
    if output.resolve() == Path(path).resolve():
        raise Misuse(f"{output} is the flow itself")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from error


def _approved(file: Path, sealed: Sealed) -> tuple[Approved | None, tuple[Difference, ...]]:
    """Nothing where neither a signature nor a SIGNERS is there; and what has changed since."""
    # Signatures need a large library.
    from interpreter.client.signed import since
    from interpreter.identity.errors import UnusablePeople, UnusableSigners
    from interpreter.identity.signatures import file_of
    from interpreter.identity.signed_off import standing
    from interpreter.identity.signers import files_of

    if not files_of(file) and not file_of(file.resolve()).exists():
        return None, ()
    try:
        found = standing(file, sealed)
    except (UnusablePeople, UnusableSigners) as error:
        raise Problem(str(error)) from error
    lacks = tuple(map(str, found.missing))
    if found.signed and not found.missing:
        return Approved(sealed.hash, _signers(found.signed), (), lacks), ()
    if found.before is None:
        return Approved(None, (), (), lacks), ()
    changes = since(found)
    told = Approved(found.before.version.hash, _signers(found.before.signed), None if changes is None else (), lacks)
    return told, changes or ()


def _signers(signed: "Mapping[str, tuple[KnownKey, Signed]]") -> tuple[Signer, ...]:
    return tuple(Signer(known.person, each.key, each.at) for known, each in signed.values())


def _written(reviewed: Review, form: str, style: Style) -> str:
    match form:
        case "json":
            return inert_json(json.dumps(document(reviewed), ensure_ascii=False, indent=2)) + "\n"
        case "html":
            return html_page(worded(reviewed))
        case _:
            width = shutil.get_terminal_size().columns if style is not PLAIN or sys.stdout.isatty() else WIDTH
            return "".join(f"{line}\n" for line in lines(worded(reviewed), width, style))
