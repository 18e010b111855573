"""What was spent, and what is left of each budget."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal

from interpreter.boundary.payloads import JSON, RunResult, Spent
from interpreter.boundary.view import Counts, PurseView
from interpreter.cli.spans import duration_text


def purse_text(purse: PurseView, now: float | None = None) -> str:
    """`main: 0.02 of 0.50 usd (0.48 left), 2h59m left`; what is reserved for calls under way is not left. Of a purse
    that limits something.
    """
    now = time.time() if now is None else now
    parts = [_money(purse), _count("tokens", purse.tokens, purse.spent.tokens, purse.reserved.tokens)]
    parts.append(_count("calls", purse.calls, purse.spent.calls, purse.reserved.calls))
    if purse.deadline is not None:
        parts.append(f"{duration_text(max(0.0, purse.deadline - now))} left")
    return f"{purse.path}: {', '.join(filter(None, parts))}"


def limiting(purses: Sequence[PurseView]) -> list[PurseView]:
    """Those that limit something: of others nothing is left or used up."""
    return [each for each in purses if (each.usd, each.tokens, each.calls, each.deadline) != (None,) * 4]


def spent_text(spent: Spent, *, rehearsal: bool = False) -> str:
    """What was made up cost nothing, and is counted all the same, as budgets count it."""
    text = f"{spent.usd} usd, {spent.tokens:,} tokens, {spent.calls:,} calls"
    return f"nothing, since no model was asked; counted as {text}" if rehearsal and cost_anything(spent) else text


def counts_text(counts: Counts) -> str:
    """`12 turns, 30 calls, 8,123 tokens, 0.02 usd`, without what there was none of."""
    parts = [_some(counts.turns, "turn"), _some(counts.calls, "call"), _some(counts.tokens, "token")]
    parts.append(f"{counts.usd} usd" if Decimal(counts.usd) else "")
    return ", ".join(filter(None, parts))


def _some(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}" if number else ""


def spent_record(result: RunResult) -> dict[str, JSON]:
    """`made_up`: counted for answers that were made up, which cost nothing."""
    return {**asdict(result.spent or Spent()), **({"made_up": True} if result.rehearsal else {})}


def cost_anything(spent: Spent) -> bool:
    """Whether a model was paid for: calls alone cost nothing."""
    return spent.tokens > 0 or Decimal(spent.usd) > 0


def _money(purse: PurseView) -> str:
    if purse.usd is None:
        return ""
    left = max(Decimal(0), Decimal(purse.usd) - Decimal(purse.spent.usd) - Decimal(purse.reserved.usd))
    return f"{purse.spent.usd} of {purse.usd} usd ({left.normalize():f} left)"


def _count(unit: str, limit: int | None, spent: int, reserved: int) -> str:
    if limit is None:
        return ""
    return f"{spent:,} of {limit:,} {unit} ({max(0, limit - spent - reserved):,} left)"
