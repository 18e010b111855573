"""Limits that are worked out, each with its cap in the text: `timeout sla at most 7d`, `n at most 20 iterations`.

The check and the plan go by the cap, so nothing else here has to know the value. A run holds the value against it.
"""

from decimal import Decimal

from dsl.ast.chosen import chosen_in_stages
from dsl.ast.duration import format_duration
from dsl.ast.expressions import DurationLiteral, Expression, Literal
from dsl.ast.people import ChosenGroup, Person, Stage
from dsl.ast.statements import Budget, Step
from dsl.ast.types import Field, NamedType
from dsl.semantics import chosen_groups
from dsl.semantics.constants import expect_constant
from dsl.semantics.findings import InvalidType
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.types import DECIMAL, DURATION, INT, TEXT

_ADVICE = "write one that its cap allows, or give it another cap: `at most …`"


def length(value: Expression | None, most: int | None, what: str, state: State, inference: Inference) -> None:
    """A duration of at most `most` milliseconds."""
    if value is None:
        return
    inference.expect(value, Wanted(DURATION, what), state)
    if isinstance(value, DurationLiteral) and most is not None and not 0 < value.milliseconds <= most:
        found, cap = format_duration(value.milliseconds), format_duration(most)
        message = f"{what} is {found} here, and {cap} at most" if value.milliseconds else f"{what} is no time at all"
        inference.report(InvalidType(value, message, _ADVICE if value.milliseconds else "write a time"))


def count(value: Expression | None, most: int | None, what: str, state: State, inference: Inference) -> None:
    """A whole number from 1 to `most`."""
    if value is not None:
        bounds = Field("value", NamedType("int"), at_least=Decimal(1), at_most=None if most is None else Decimal(most))
        expect_constant(value, bounds, Wanted(INT, what), state, inference, _ADVICE)


def money(value: Expression, most: Decimal | None, state: State, inference: Inference) -> None:
    """More than nothing, and at most `most`."""
    bounds = Field("value", NamedType("decimal"), at_least=Decimal(0), at_most=most)
    expect_constant(value, bounds, Wanted(DECIMAL, "this limit of a budget"), state, inference, _ADVICE)
    if isinstance(value, Literal) and value.value == 0:
        inference.report(InvalidType(value, "this limit of a budget is no money at all", "write an amount"))


def budget(node: Budget | None, state: State, inference: Inference) -> None:
    for limit in node.chosen if node is not None else ():
        most = getattr(node, limit.unit or "time")
        if limit.unit is None:
            length(limit.value, most, "this limit of a budget", state, inference)
        elif limit.unit == "usd":
            money(limit.value, most, state, inference)
        else:
            count(limit.value, most, "this limit of a budget", state, inference)


def step(node: Step, state: State, inference: Inference) -> None:
    length(node.chosen_timeout, node.timeout, "`timeout`", state, inference)
    if node.retry is not None:
        count(node.retry.chosen, node.retry.times, "`retry`", state, inference)


def stages(nodes: tuple[Stage, ...], state: State, inference: Inference) -> None:
    """Whom they ask, how many of them, and for how long."""
    for stage in nodes:
        for whom in stage.whom:
            if isinstance(whom, Person):
                inference.expect(whom.value, Wanted(TEXT, "`person`"), state)
            elif isinstance(whom, ChosenGroup):
                chosen_groups.check(whom, state, inference)
        length(stage.chosen_timeout, stage.timeout, "`timeout`", state, inference)
        count(stage.chosen_required, stage.required, "how many have to agree", state, inference)


def asks(nodes: tuple[Stage, ...], inference: Inference) -> None:
    """Who is asked for more is asked in the middle of something: nothing says what would be known there."""
    for value in chosen_in_stages(nodes):
        message = "people are asked for more of a budget for a time that stands in the text"
        inference.report(InvalidType(value, message, "write the number alone"))
