"""`dsl reject`."""

import click

from interpreter.cli.answering import answer_options, answer_question
from interpreter.cli.carry_out import carry_out
from interpreter.cli.target import Target, target_options


@click.command(epilog="Example: dsl reject support-3f9c2a10 refund --group leads --note 'not within 30 days'")
@click.argument("run")
@click.argument("question", required=False)
@answer_options
@target_options
def reject(run: str, question: str | None, by: str | None, group: str | None, note: str | None, target: Target) -> int:
    """Say no to a question of a run.

    QUESTION is its name, needed only when several are open. Nobody checks who you are: the answer is recorded as
    unverified.
    """
    return carry_out(answer_question(target, run, question, "reject", by=by, group=group, note=note))
