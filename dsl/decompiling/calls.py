"""Calls, and what tools, steps, agents and questions share: retries, undoing, budgets, who is asked."""

from collections.abc import Iterable
from typing import assert_never

from dsl.ast.defaults import LONGEST_LOCK_WAIT
from dsl.ast.duration import format_duration
from dsl.ast.expressions import Expression
from dsl.ast.people import ChosenGroup, Group, Person, Stage, Whom
from dsl.ast.statements import Budget, Call, Compensate, Retry
from dsl.dataclass import replace
from dsl.decompiling.expressions import OR, arguments, decimal, expression
from dsl.decompiling.texts import braced, quoted
from dsl.decompiling.writing import Writing
from dsl.definition.defaults import complete_retry


def call(node: Call, writing: Writing) -> str:
    return f"{node.target}({arguments(node.arguments, writing)})"


def body(parts: Iterable[str]) -> str:
    """Options, each on a line of its own, or nothing."""
    lines = list(parts)
    return f" {braced(lines)}" if lines else ""


def lasting(
    word: str, milliseconds: int | None, chosen: Expression | None = None, writing: Writing | None = None
) -> list[str]:
    """`timeout 30s`, or nothing."""
    return [] if milliseconds is None else [f"{word} {length(milliseconds, chosen, writing or Writing())}"]


def length(milliseconds: int, chosen: Expression | None, writing: Writing) -> str:
    """`30s`, or what is worked out, with its cap."""
    return capped(format_duration(milliseconds), chosen, writing)


def capped(most: str, chosen: Expression | None, writing: Writing) -> str:
    return most if chosen is None else f"{expression(chosen, writing, OR)} at most {most}"


def retry(node: Retry | None, writing: Writing | None = None) -> list[str]:
    """Without the pauses that it has anyhow."""
    if node is None:
        return []
    pauses = ""
    if complete_retry(replace(node, backoff_initial=None, backoff_maximum=None)) != complete_retry(node):
        completed = complete_retry(node)
        assert completed.backoff_initial is not None
        assert completed.backoff_maximum is not None
        first, longest = format_duration(completed.backoff_initial), format_duration(completed.backoff_maximum)
        pauses = f" backoff {first} to {longest}"
    exceptions = f" except {', '.join(node.exceptions)}" if node.exceptions else ""
    return [f"retry {capped(str(node.times), node.chosen, writing or Writing())} times{pauses}{exceptions}"]


def compensate(node: Compensate | None, writing: Writing) -> list[str]:
    if node is None:
        return []
    if node.none_reason is not None:
        return [f"compensate none {quoted(node.none_reason)}"]
    if node.then:
        return [f"compensate {steps(node.calls, writing)}"]
    return [f"compensate {call(each, writing)}" for each in node.calls]


def steps(calls: Iterable[Call], writing: Writing) -> str:
    """A block of calls that nobody waits for."""
    return braced(f"step {call(each, writing)}" for each in calls)


def exclusive(by: Expression, up_to: int, within: int, writing: Writing) -> str:
    places = "" if up_to == 1 else f" up to {up_to}"
    wait = "" if within == LONGEST_LOCK_WAIT else f" within {format_duration(within)}"
    return f"exclusive by {expression(by, writing)}{places}{wait}"


def budget(node: Budget, writing: Writing | None = None) -> str:
    chosen = {limit.unit or "time": limit.value for limit in node.chosen}
    limits = {} if node.usd is None else {"usd": f"{decimal(node.usd)} usd"}
    counts = {unit: getattr(node, unit) for unit in ("tokens", "calls", "turns", "iterations")}
    limits |= {unit: f"{count(amount)} {unit}" for unit, amount in counts.items() if amount is not None}
    limits |= {} if node.time is None else {"time": format_duration(node.time)}
    said = (capped(most, chosen.get(unit), writing or Writing()) for unit, most in limits.items())
    return f"budget {', '.join(said)}"


def count(amount: int) -> str:
    """`60k`, `2M`: as people count tokens."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if amount and amount % size == 0:
            return f"{amount // size}{letter}"
    return str(amount)


def stages(asked: tuple[Stage, ...], writing: Writing) -> list[str]:
    return [f"from {_stage(each, writing)}" for each in asked]


def asks(asked: tuple[Stage, ...], writing: Writing) -> list[str]:
    """`on exhausted ask …`, or nothing."""
    if not asked:
        return []
    first, *rest = (_stage(each, writing) for each in asked)
    return ["\n".join([f"on exhausted ask {first}", *(f"from {each}" for each in rest)])]


def _stage(node: Stage, writing: Writing) -> str:
    required = "all of " if node.all_of else f"{node.required} of " if node.required != 1 else ""
    if node.chosen_required is not None:
        required = f"({capped(str(node.required), node.chosen_required, writing)}) of "
    whom = ", ".join(_whom(each, writing) for each in node.whom)
    words = [f"{required}{whom}"]
    words += ["except requester"] if node.except_requester else []
    words += ["verified"] if node.verified else []
    words += lasting("timeout", node.timeout, node.chosen_timeout, writing)
    words += [] if node.outcome is None else [f"then {node.outcome}"]
    return " ".join(words)


def _whom(node: Whom, writing: Writing) -> str:
    match node:
        case Group(name=name):
            return quoted(name)
        case ChosenGroup(value=value):
            return f"group {expression(value, writing, OR)}"
        case Person(value=value):
            return f"person {expression(value, writing, OR)}"
        case _:
            assert_never(node)
