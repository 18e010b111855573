"""`dsl reject`."""

from pathlib import Path

import click

from interpreter.cli import completing
from interpreter.cli.answering import answer_options, answer_question
from interpreter.cli.carry_out import carry_out
from interpreter.cli.target import Target, target_options


@click.command(epilog="Example: dsl reject support-3f9c2a10 refund --group leads --note 'not within 30 days'")
@click.argument("run", shell_complete=completing.runs_under_way)
@click.argument("question", required=False)
@answer_options
@target_options
def reject(
    run: str,
    question: str | None,
    by: str | None,
    group: str | None,
    note: str | None,
    key_file: Path | None,
    target: Target,
) -> int:
    """Say no to a question of a run.

    QUESTION is its name, needed only when several are open. With --key the answer is signed; without, it is recorded as
    unverified, because nobody can know who you are.
    """
    work = answer_question(target, run, question, "reject", by=by, group=group, note=note, key_file=key_file)
    return carry_out(work)
