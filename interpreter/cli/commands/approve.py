"""`dsl approve`."""

from pathlib import Path

import click

from interpreter.cli import completing
from interpreter.cli.answering import answer_options, answer_question
from interpreter.cli.carry_out import carry_out
from interpreter.cli.target import Target, target_options


@click.command(
    epilog="""\b
Examples:
  dsl approve support-3f9c2a10 refund --answer amount=25 --by ada --group leads
  dsl approve support-3f9c2a10 --group leads --key ada.key
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.argument("question", required=False)
@click.option("--answer", "parts", multiple=True, metavar="JSON|FIELD=VALUE", help="The answer; once for each field.")
@click.option("--proposal", metavar="DIGEST", help="Agree to the answer that others propose, as `approvals` shows it.")
@answer_options
@target_options
def approve(
    run: str,
    question: str | None,
    parts: tuple[str, ...],
    by: str | None,
    group: str | None,
    note: str | None,
    key_file: Path | None,
    proposal: str | None,
    target: Target,
) -> int:
    """Say yes to a question of a run.

    QUESTION is its name, needed only when several are open. Where others have proposed an answer, agree to it by its
    digest, or give another. With --key the answer is signed; without, it is recorded as unverified, because nobody can
    know who you are.
    """
    work = answer_question(
        target,
        run,
        question,
        "approve",
        by=by,
        group=group,
        note=note,
        parts=parts,
        proposal=proposal,
        key_file=key_file,
    )
    return carry_out(work)
