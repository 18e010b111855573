"""What `dsl approve` and `dsl reject` share."""

import shlex
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
from interpreter.client.questions import is_asked_by_name, on_behalf_of


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who answers, on whose behalf, and why."""
    for option in (
        click.option("--note", metavar="TEXT", help="Why; stands in the record."),
        click.option("--group", metavar="NAME", help="On whose behalf; needed only when several are asked."),
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


def _refuse_unclear(question: QuestionView, who: str, again: str) -> None:
    """Raises `Misuse` where several groups are asked, and who answers is not asked by name."""
    groups = list(dict.fromkeys(question.groups))
    if len(groups) > 1 and not is_asked_by_name(question, who):
        commands = "".join(f"\n  {again} --group {shlex.quote(inert(each))}" for each in groups)
        raise Misuse(f"say for which group you answer {question.name}; type one of{commands}")


def _typed(
    decision: str,
    id: str,
    question: str | None,
    *,
    by: str | None,
    note: str | None,
    parts: Sequence[str],
    proposal: str | None,
    key: Path | None,
) -> str:
    """The command as it was typed, but for where the run is."""
    options = [*(("--answer", part) for part in parts), ("--proposal", proposal), ("--by", by), ("--note", note)]
    options.append(("--key", None if key is None else str(key)))
    words = ["dsl", decision, id, *([] if question is None else [question])]
    words += [word for name, value in options if value is not None for word in (name, value)]
    return inert(shlex.join(words))


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
            if group is None and (group := on_behalf_of(asked.question, who)) is None:
                again = _typed(decision, id, question, by=by, note=note, parts=parts, proposal=proposal, key=key_file)
                _refuse_unclear(asked.question, who, again + target.as_typed)
            answer = read_answer(parts, text_fields(asked.question.answer_schema))
            seen = replace(asked.question, proposal_digest=_seen(asked.question, proposal))
            reply = await asked.run.answer(seen, decision, by=who, answer=answer, group=group, note=note, key=key)
    signed = "signed" if key is not None else "unverified"
    for_ = "" if group is None else f" for {inert(group)}"
    click.echo(f"{asked.question.name}: {reply.outcome} ({signed}, by {inert(who)}{for_})")
    if reply.message != reply.outcome:
        click.echo(inert(reply.message), err=True)
        goes_on = (await run.describe()).close_time is None
    if unattended and goes_on:
        click.echo(f"the answer counts, and what follows from it waits: {unattended}", err=True)
