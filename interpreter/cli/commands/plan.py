"""`dsl plan`."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from dsl.ast.duration import UNITS, format_duration
from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.diagnostics.inert import inert
from dsl.planning.page import UNITS_OF, document, lines
from dsl.planning.plan import Plan
from interpreter.cli.planned import planned
from interpreter.cli.printing import print_json
from interpreter.cli.reading import read_input


class _Amount(click.ParamType[Decimal]):
    """What can be compared with: `nan` would hold for every flow."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal("nan")
        if not amount.is_finite() or amount < 0:
            self.fail(f"{inert(str(value))} is no amount: write a number of 0 or more, such as 2.50", param, ctx)
        return amount


AMOUNT, COUNT = _Amount(), click.IntRange(min=0)


@click.command(
    epilog="""\b
Examples:
  dsl plan examples/support.flow
  dsl plan examples/research.flow --input examples/research.json
  dsl plan support.flow --max-usd 5 --max-days 3
  dsl plan support.flow --json
"""
)
@click.argument("path", metavar="FILE|-", shell_complete=flow_files)
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@click.option("--input", "given", metavar="FILE|JSON|-", help="What it is given: its lists are as long as they are.")
@click.option("--max-usd", type=AMOUNT, metavar="N", help="End with 1 where it may cost more US dollars.")
@click.option("--max-tokens", type=COUNT, metavar="N", help="End with 1 where it may take more tokens.")
@click.option("--max-requests", type=COUNT, metavar="N", help="End with 1 where it may ask models more often.")
@click.option("--max-calls", type=COUNT, metavar="N", help="End with 1 where it may call tools more often.")
@click.option("--max-days", type=AMOUNT, metavar="N", help="End with 1 where it may take longer.")
@click.option("--max-events", type=COUNT, metavar="N", help="End with 1 where its history may be longer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def plan(
    context: click.Context,
    path: str,
    flow: str | None,
    given: str | None,
    max_usd: Decimal | None,
    max_tokens: int | None,
    max_requests: int | None,
    max_calls: int | None,
    max_days: Decimal | None,
    max_events: int | None,
    as_json: bool,
) -> None:
    """Say what a flow comes to at most, before it runs.

    Model requests, tokens, money, tool calls, questions to people, time and history, where all goes well and at most,
    and which lines most of it comes from. Nothing is run and nobody is asked. What the text does not bound is `?`.
    """
    found = planned(context, path, flow, read_input(given, ()) if given is not None else None).plan
    if as_json:
        print_json(document(found))
    else:
        for line in lines(found):
            click.echo(line)
    days = None if max_days is None else int(max_days * UNITS["d"])
    limits = {
        "usd": max_usd,
        "tokens": max_tokens,
        "requests": max_requests,
        "calls": max_calls,
        "time": days,
        "events": max_events,
    }
    over = list(_over(found, {of: limit for of, limit in limits.items() if limit is not None}))
    for line in over:
        click.echo(line, err=True)
    context.exit(1 if over else 0)


def _over(found: Plan, limits: dict[str, Decimal | int]) -> Iterator[str]:
    """In words: which limits it may exceed, and by which line."""
    dearest = {each.of: each for each in found.dearest}
    for of, limit in limits.items():
        most = getattr(found.most, of)
        if most is not None and most <= limit:
            continue
        line = dearest.get(of)
        comes = "what has none is" if most is None else "most of it comes from"
        where = f"; {comes} line {line.line}: {line.text.strip()}" if line is not None else ""
        said = "more than the text bounds" if most is None else f"up to {_worded(of, most)}"
        yield f"over the limit: {said}, and at most {_worded(of, limit)} {UNITS_OF[of]} are wanted{where}"


def _worded(of: str, number: Decimal | int) -> str:
    if of == "time":
        return format_duration(int(number))
    return f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
