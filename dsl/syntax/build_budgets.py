"""Budgets: quantities have a unit, durations are one; a limit that mixes them up is named as such and read as meant."""

from decimal import Decimal
from typing import Any, NamedTuple

from dsl.ast.budgets import ChosenLimit
from dsl.ast.expressions import Expression, Name
from dsl.ast.people import Stage
from dsl.ast.statements import Block, Budget, BudgetBlock
from dsl.syntax.amounts import milliseconds, minutes_for_millions, number
from dsl.syntax.site import Option, Rules, Site, only
from dsl.syntax.token import Token


def budget(site: Site, *limits: Option | None) -> Budget:
    found: dict[str, Any] = {limit.name: limit.value for limit in site.options(limits).values()}
    values: dict[str, Any] = {}
    chosen: list[ChosenLimit] = []
    for unit, value in found.items():
        if isinstance(value, Capped):
            values[unit] = value.most
        if isinstance(value, Capped | ChosenLimit):
            chosen.append(value.chosen if isinstance(value, Capped) else value)
        else:
            values[unit] = value
    return Budget(**values, chosen=tuple(chosen), span=site.span)


class Capped(NamedTuple):
    """A limit that is worked out, and the most that it can be."""

    chosen: ChosenLimit
    most: Any


def unit(_site: Site, token: Token) -> Token:
    return token


def limit(site: Site, amount: Token, unit: Token | None) -> Option | None:
    if amount.kind == "DURATION":
        return _time(site, amount) if unit is None else _time_for_quantity(site, amount, unit)
    if unit is None:
        return _without_unit(site, amount)
    value = number(amount.text)
    if value == 0:
        _nothing(site, amount, f"{value} {unit.text}")
    if unit.text == "usd":
        return Option("usd", Decimal(value), site.span)
    if isinstance(value, Decimal):
        site.problem(f"{unit.text} are counted in whole numbers", amount.span)
        value = int(value)
    return Option(unit.text, value, site.span)


def chosen_limit(site: Site, name: Token, unit: Token | None) -> Option:
    written = None if unit is None else unit.text
    return Option(written or "time", ChosenLimit(Name(name.text, span=name.span), written, span=site.span), site.span)


def capped_limit(site: Site, value: Expression, amount: Token, unit: Token | None) -> Option | None:
    most = limit(site, amount, unit)
    if most is None:
        return None
    chosen = ChosenLimit(value, None if most.name == "time" else most.name, capped=True, span=site.span)
    return Option(most.name, Capped(chosen, most.value), site.span)


def _time(site: Site, amount: Token) -> Option | None:
    length = milliseconds(site, amount)
    if length == 0:
        _nothing(site, amount, "0s")
    return None if length is None else Option("time", length, site.span)


def _nothing(site: Site, amount: Token, written: str) -> None:
    message = f"a budget of {written} is used up before it begins"
    site.problem(message, amount.span, code="SF305", advice="give it more than 0, or leave this limit out")


def _time_for_quantity(site: Site, amount: Token, unit: Token) -> Option | None:
    millions = amount.text[:-1] + "M"
    if amount.text.endswith("m") and millions[:-1].isdigit():
        site.problem(
            f"`{amount.text}` is a duration (minutes), {unit.text} are a quantity",
            amount.span,
            code="SF004",
            advice=f"write `{millions}` for millions",
            replacement=millions,
        )
        value = number(millions)
        return Option(unit.text, Decimal(value) if unit.text == "usd" else value, site.span)
    site.problem(
        f"`{amount.text}` is a duration, {unit.text} are a quantity",
        amount.span,
        code="SF004",
        advice=f"write `{amount.text}` alone, or a number before `{unit.text}`",
    )
    return None


def _without_unit(site: Site, amount: Token) -> Option | None:
    if amount.kind == "SCALED" and amount.text.endswith("M"):
        minutes = minutes_for_millions(amount)
        site.problem(
            f"`{amount.text}` is a quantity (millions) without its unit",
            amount.span,
            code="SF004",
            advice=f"write `{minutes.text}` for minutes, or add `tokens`, `usd`, `calls` …",
            replacement=minutes.text,
        )
        return Option("time", milliseconds(site, minutes), site.span)
    site.problem(
        f"`{amount.text}` says no unit",
        amount.span,
        code="SF004",
        advice="add `usd`, `tokens`, `calls`, `turns` or `iterations`, or make it a duration such as `1h`",
    )
    return None


class Exhausted(NamedTuple):
    """What follows when a budget is used up: people are asked for more, and what is done otherwise."""

    asks: tuple[Stage, ...] = ()
    block: Block | None = None


NOTHING = Exhausted()


def budget_block(site: Site, limits: Budget, body: Block, exhausted: Exhausted | None) -> BudgetBlock:
    follows = exhausted or NOTHING
    return BudgetBlock(limits, body, follows.block, follows.asks, span=site.span)


def budget_option(site: Site, limits: Budget) -> Option:
    """The budget of an agent or a flow."""
    return Option("budget", limits, site.span)


def asks_for_more(site: Site, *stages: Stage) -> Option:
    """Who is asked for more of the budget of an agent or a flow."""
    return Option("asks", stages, site.span, "on exhausted")


def on_exhausted(_site: Site, body: Block) -> Exhausted:
    return Exhausted(block=body)


def more_on_exhausted(_site: Site, *parts: Stage | Block | None) -> Exhausted:
    *stages, block = parts
    return Exhausted(only(Stage, stages), block if isinstance(block, Block) else None)


RULES: Rules = {
    "budget": budget,
    "unit": unit,
    "limit": limit,
    "chosen_limit": chosen_limit,
    "capped_limit": capped_limit,
    "budget_block": budget_block,
    "agent_budget": budget_option,
    "flow_budget": budget_option,
    "asks_for_more": asks_for_more,
    "on_exhausted": on_exhausted,
    "more_on_exhausted": more_on_exhausted,
}
