"""`dsl caps`."""

from dataclasses import dataclass
from pathlib import Path

import click

from dsl.models.caps import Capped
from dsl.models.configured import models_for
from dsl.models.unusable import Unusable
from interpreter.boundary.caps import Written
from interpreter.boundary.names import BOOK, BOOK_ID
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json, print_table
from interpreter.cli.problem import Misuse
from interpreter.cli.target import Target, connected, target_options

_OPEN = f"WorkflowType = '{BOOK}' AND ExecutionStatus = 'Running'"


@dataclass(frozen=True)
class Standing:
    """One book. `of` is the beginning of a digest of whose it is, where each has one of their own. The limits are those
    that are known here, which a run may have been submitted without.
    """

    cap: str
    of: str
    period: str
    usd: str
    tokens: int
    set_aside_usd: str
    set_aside_tokens: int
    most_usd: str | None
    most_tokens: int | None


@click.command(epilog="Example: dsl caps --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def caps(as_json: bool, target: Target) -> int:
    """Show what is spent under the caps over runs.

    Of each day or month under way, and of those that were over less than two days ago: what was spent, of how much, and
    what is set aside for calls under way. Limits are those of steadflow.toml in this folder or above it.
    """
    return carry_out(_caps(as_json, target))


async def _caps(as_json: bool, target: Target) -> None:
    # Books are worked for by who asks them, and a worker takes a while to load.
    from interpreter.worker.books import Books

    known, found = _known(), list[Standing]()
    async with connected(target) as client:
        books = Books(client.temporal)
        try:
            async for book in client.temporal.list_workflows(
                f"WorkflowType = '{BOOK}' AND ExecutionStatus = 'Running'"
            ):
                found.append(_standing(book.id, await books.stands(book.id), known))
        finally:
            await books.close()
    found.sort(key=lambda each: (each.period, each.cap, each.of), reverse=True)
    if as_json:
        print_json(found)
    elif found:
        print_table(("cap", "of", "period", "usd", "tokens", "set aside"), [_row(each) for each in found])
    else:
        click.echo("nothing is spent under a cap")


def _known() -> dict[str, Capped]:
    try:
        return dict(models_for(Path()).caps)
    except Unusable as error:
        raise Misuse(str(error)) from error


def _standing(book: str, stands: Written, known: dict[str, Capped]) -> Standing:
    cap, *whose, period = book.removeprefix(BOOK_ID).split("/")
    limits = known.get(cap)
    return Standing(
        cap=cap,
        of="/".join(whose)[:8],
        period=period,
        usd=stands.usd,
        tokens=stands.tokens,
        set_aside_usd=stands.reserved_usd,
        set_aside_tokens=stands.reserved_tokens,
        most_usd=None if limits is None or limits.usd is None else f"{limits.usd:f}",
        most_tokens=None if limits is None else limits.tokens,
    )


def _row(each: Standing) -> tuple[str, ...]:
    usd = each.usd if each.most_usd is None else f"{each.usd} of {each.most_usd}"
    tokens = f"{each.tokens:,}" if each.most_tokens is None else f"{each.tokens:,} of {each.most_tokens:,}"
    set_aside = f"{each.set_aside_usd} usd, {each.set_aside_tokens:,} tokens" if each.set_aside_tokens else "nothing"
    return each.cap, each.of, each.period, usd, tokens, set_aside
