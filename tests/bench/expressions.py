"""What one evaluation costs, and reading a whole file. The reference is the same condition written in Python."""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from dsl.ast.expressions import Expression
from dsl.ast.node import walk
from dsl.ast.statements import Let
from dsl.expressions.context import Context
from dsl.expressions.evaluate import evaluate
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.bench.table import Row

EXPRESSIONS = {
    "three-part condition": 'order.total > 100 and order.country == "DE" and not order.paid',
    "arithmetic on money": "order.total * 0.19 + 4.90",
    "text with two holes": '"Order of {{ order.total }} to {{ order.country }}"',
    "record with a spread": "{ ...order, paid: true }",
    "comprehension over 100 items": "[item * 2 for item in items if item > 50]",
}
SCOPE = {
    "order": {"total": Decimal("120.50"), "country": "DE", "paid": False},
    "items": list(range(100)),
}
CONTEXT = Context(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), uuid=lambda: "00000000-0000-4000-8000-000000000000")
SUPPORT = Path(__file__).resolve().parents[2] / "examples" / "support.flow"


def expressions() -> list[Row]:
    rows = [Row(name, _seconds(text)) for name, text in EXPRESSIONS.items()]
    rows.insert(0, Row("three-part condition, in Python", _best(_in_python)))
    source = Source(SUPPORT.name, SUPPORT.read_text(encoding="utf-8"))
    rows.append(Row(f"reading {SUPPORT.name}", _best(lambda: parse(source))))
    return rows


def _seconds(text: str) -> float:
    expression = _expression(text)
    return _best(lambda: evaluate(expression, SCOPE, CONTEXT))


def _expression(text: str) -> Expression:
    parsed = parse(Source("bench", f"edition 1 flow bench() {{ let value = {text} }}"))
    assert not parsed.diagnostics, parsed.diagnostics
    (let,) = (node for node in walk(parsed.module) if isinstance(node, Let))
    return let.value


def _in_python() -> bool:
    order = SCOPE["order"]
    assert isinstance(order, dict)
    return order["total"] > 100 and order["country"] == "DE" and not order["paid"]


def _best(action: Callable[[], object]) -> float:
    """The best of five: what it takes when nothing else disturbs."""
    timer = timeit.Timer(action)
    count, _ = timer.autorange()
    return min(timer.repeat(5, max(1, count // 5))) / max(1, count // 5)
