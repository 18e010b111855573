"""What `dsl approve` and `dsl reject` share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import click

from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.asked_directly import asked_directly
from interpreter.cli.person import current_user
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import SHORT
from interpreter.cli.target import Target, connected
from interpreter.client.questions import choose_question


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who answers, on whose behalf, and why."""
    for option in (
        click.option("--note", metavar="TEXT", help="Why; stands in the record."),
        click.option("--group", metavar="NAME", help="On whose behalf: one of the groups that are asked."),
        click.option("--by", metavar="NAME", help="Who answers.  [default: the user of the operating system]"),
    ):
        command = option(command)
    return command


def _seen(question: QuestionView, proposal: str | None) -> str | None:
    """The digest of the proposal that somebody says to have seen, which may be its beginning."""
    if proposal is None:
        return None
    current = question.proposal_digest or ""
    if len(proposal) < SHORT or not current.startswith(proposal):
        raise Misuse(
            f"the proposal {proposal} is not the one that is open now; `dsl approvals` shows it, and its digest"
        )
    return current


async def answer_question(
    target: Target,
    id: str,
    question: str | None,
    decision: Literal["approve", "reject"],
    *,
    by: str | None,
    group: str | None,
    note: str | None,
    answer: JSON = None,
    proposal: str | None = None,
) -> None:
    """Give the answer and say what it led to."""
    async with connected(target) as client:
        run = client.run(id)
        async with asked_directly(client, target, run):
            asked = choose_question(await run.asked(), question)
            who = by or current_user()
            seen = replace(asked.question, proposal_digest=_seen(asked.question, proposal))
            reply = await asked.run.answer(seen, decision, by=who, answer=answer, group=group, note=note)
    click.echo(f"{asked.question.name}: {reply.outcome} (by {who}, unverified)")
    if reply.message != reply.outcome:
        click.echo(reply.message, err=True)
