"""What `dsl approve` and `dsl reject` share."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.view import QuestionView
from interpreter.cli.asked_directly import asked_directly, told_here
from interpreter.cli.fields import text_fields
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import SHORT
from interpreter.cli.reading import read_answer
from interpreter.cli.signing import key_option, read_key, who_answers
from interpreter.cli.target import Target, connected


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who answers, on whose behalf, and why."""
    for option in (
        click.option("--note", metavar="TEXT", help="Why; stands in the record."),
        click.option("--group", metavar="NAME", help="On whose behalf: one of the groups that are asked."),
        key_option,
        click.option("--by", metavar="NAME", help="Who answers.  [default: of the key, else the user of the system]"),
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
    parts: Sequence[str] = (),
    proposal: str | None = None,
    key_file: Path | None = None,
) -> None:
    """Give the answer and say what it led to. `parts` are those of the answer, as they were typed."""
    key = read_key(key_file)
    who, goes_on = who_answers(by, key), True
    async with connected(target) as client:
        run = client.run(id)
        async with asked_directly(client, target, run) as unattended:
            asks = told_here(run) if unattended and not target.is_embedded else run
            asked = await asks.open_question(question)
            answer = read_answer(parts, text_fields(asked.question.answer_schema))
            seen = replace(asked.question, proposal_digest=_seen(asked.question, proposal))
            reply = await asked.run.answer(seen, decision, by=who, answer=answer, group=group, note=note, key=key)
    signed = "signed" if key is not None else "unverified"
    click.echo(f"{asked.question.name}: {reply.outcome} ({signed}, by {inert(who)})")
    if reply.message != reply.outcome:
        click.echo(inert(reply.message), err=True)
        goes_on = (await run.describe()).close_time is None
    if unattended and goes_on:
        click.echo(f"the answer counts, and what follows from it waits: {unattended}", err=True)
