"""`dsl report`."""

import json
import shutil
import sys
from pathlib import Path

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reporting import style_for
from dsl.cli.searching import STDIN
from dsl.definition.seal import Sealed
from dsl.diagnostics.frame import PLAIN, Style
from dsl.diagnostics.inert import inert_json
from dsl.review.document import document
from dsl.review.html_page import html_page
from dsl.review.model import Approved, Change, Review, Signer
from dsl.review.questions import worded
from dsl.review.review import review
from dsl.review.text_page import lines
from interpreter.cli.planned import planned
from interpreter.cli.problem import Misuse, Problem

WIDTH = 100
"""Of what no terminal shows."""
FORMS = {".html": "html", ".htm": "html", ".json": "json"}


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
    form = "html" if as_html else "json" if as_json else FORMS.get(suffix, "text")
    found = planned(context, path, flow)
    with blaming_ourselves(found.analysis.source):
        approved = None if path == STDIN else _approved(Path(path), found.sealed)
        reviewed = review(found.analysis, found.sealed, found.plan, found.models, approved)
        if output is None:
            click.echo(_written(reviewed, form, style_for(sys.stdout)), nl=False, color=True)
            return
        text = _written(reviewed, form, PLAIN)
    if output.resolve() == Path(path).resolve():
        raise Misuse(f"{output} is the flow itself")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"{output} cannot be written: {error.strerror}") from error


def _approved(file: Path, sealed: Sealed) -> Approved | None:
    """None where neither a signature nor a SIGNERS is there."""
    # Signatures need a large library.
    from interpreter.identity.errors import UnusablePeople, UnusableSigners
    from interpreter.identity.signatures import file_of
    from interpreter.identity.signed_off import standing
    from interpreter.identity.signers import files_of

    if not files_of(file) and not file_of(file.resolve()).exists():
        return None
    try:
        found = standing(file, sealed)
    except (UnusablePeople, UnusableSigners) as error:
        raise Problem(str(error)) from error
    latest = (found.version, found.signed) if found.signed and not found.missing else None
    if latest is None and found.before is not None:
        latest = (found.before.version, found.before.signed)
    if latest is None:
        return Approved(None, (), (), tuple(map(str, found.missing)))
    version, signed = latest
    signers = tuple(Signer(known.person, each.key, each.at) for known, each in signed.values())
    changes = tuple(Change(each.of, each.name, each.how, None) for each in found.changes)
    is_this = version.hash == sealed.hash
    return Approved(version.hash, signers, () if is_this else changes, tuple(map(str, found.missing)))


def _written(reviewed: Review, form: str, style: Style) -> str:
    match form:
        case "json":
            return inert_json(json.dumps(document(reviewed), ensure_ascii=False, indent=2)) + "\n"
        case "html":
            return html_page(worded(reviewed))
        case _:
            width = shutil.get_terminal_size().columns if style is not PLAIN or sys.stdout.isatty() else WIDTH
            return "".join(f"{line}\n" for line in lines(worded(reviewed), width, style))
