"""`dsl approve`."""

import click

from interpreter.cli.answering import answer_options, answer_question
from interpreter.cli.carry_out import carry_out
from interpreter.cli.reading import read_answer
from interpreter.cli.target import Target, target_options


@click.command(
    epilog="Example: dsl approve support-3f9c2a10 refund --answer amount=25 --answer note='as agreed' --by ada",
)
@click.argument("run")
@click.argument("question", required=False)
@click.option("--answer", "parts", multiple=True, metavar="JSON|FIELD=VALUE", help="The answer; once for each field.")
@answer_options
@target_options
def approve(
    run: str,
    question: str | None,
    parts: tuple[str, ...],
    by: str | None,
    group: str | None,
    note: str | None,
    target: Target,
) -> int:
    """Say yes to a question of a run.

    QUESTION is its name, needed only when several are open. Nobody checks who you are: the answer is recorded as
    unverified.
    """
    answer = read_answer(parts)
    return carry_out(answer_question(target, run, question, "approve", by=by, group=group, note=note, answer=answer))
