"""What an expression may cost is bounded, whatever it says."""

import tracemalloc
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dsl.ast.expressions import Binary, Literal
from dsl.expressions.context import Context, Meter
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from tests.expressions.reading import expression

SCOPE: dict[str, Any] = {"xs": list(range(100)), "word": "x" * 1000, "words": ["x" * 1000] * 100}


def context(steps: int = 100_000, size: int = 50_000) -> Context:
    return Context(now=lambda: datetime.now(UTC), uuid=lambda: "u", steps=steps, size=size)


@pytest.mark.parametrize(
    "text",
    [
        "[a + 1 for a in xs if a >= 0]",
        "[[a + b for b in xs] for a in xs][0][1]",
        "len(distinct(xs))",
        "len(sort(range(10000)))",
        "len(distinct(range(15000)))",
        'len(distinct([{ name: "n{{ i }}", tags: [i] } for i in range(2000)]))',
    ],
)
def test_what_fits_has_a_value(text: str) -> None:
    evaluate(expression(text), SCOPE, context())


@pytest.mark.parametrize(
    "text",
    [
        "[[[a for a in xs] for b in xs] for c in xs]",
        "[a for a in range(99999) if a > 0 and a < 10]",
        "[len(xs + xs + [a]) for a in xs + xs + xs + xs + xs]",
        "[len(distinct(xs)) for a in xs + xs + xs]",
        "len([sort(xs) for a in xs + xs + xs + xs + xs])",
        "len([a in xs for a in flatten([xs for b in xs])])",
    ],
)
def test_work_is_bounded(text: str) -> None:
    with pytest.raises(EvaluationError, match="steps") as raised:
        evaluate(expression(text), SCOPE, context())
    assert raised.value.kind == "LimitExceeded"


LONG: dict[str, Any] = {
    "needle": "a" * 5_000 + "b",
    "hay": "a" * 200_000,
    "same": "a" * 199_999 + "a",
    "xs": [[number] * 50 for number in range(200)],
    "ys": [[number] * 50 for number in range(200)],
    "m": {str(number): number for number in range(5_000)},
    "n": {str(number): number for number in range(5_000)},
    "list": "x," * 20_000,
}


@pytest.mark.parametrize(
    "text",
    [
        "needle in hay",
        "needle not in hay",
        "contains(hay, needle)",
        "starts_with(hay, same)",
        "ends_with(hay, same)",
        "hay == same",
        "hay != same",
        "hay < same",
        "xs == ys",
        "m == n",
        "{ a: [m] } == { a: [n] }",
        "xs in [ys]",
        "contains([xs], ys)",
        "len(distinct([xs, ys]))",
        "len(split(list, needle))",
        'len(replace(hay, needle, ""))',
        "len(lower(hay))",
        "len(upper(hay))",
        "len(trim(hay))",
        "len(json_text(m))",
        "len(text(m))",
        'len("{{ m }}")',
        'len("{{ hay }}")',
        "len(parse_json(list_of_numbers))",
        "len(sort([hay, same, hay]))",
        "min(hay, same)",
        "max([hay, same])",
    ],
)
def test_expression_without_an_end(text: str) -> None:
    """What goes through a value costs steps by its size, so that nobody can do it for ever: once is fine."""
    scope = LONG | {"list_of_numbers": str(list(range(20_000)))}
    evaluate(expression(text), scope, context(size=500_000))
    with pytest.raises(EvaluationError, match="steps") as raised:
        evaluate(expression(f"[{text} for i in range(100)]"), scope, context(size=500_000))
    assert raised.value.kind == "LimitExceeded"


@pytest.mark.parametrize(
    "text",
    [
        "join(words, word)",
        '"{{ join(words) }}"',
        'replace(word, "x", word)',
        "[words for a in xs]",
        "{ a: words, b: words }",
        "words + words",
        "if true then [words, words] else []",
        'upper(join(words)) + "a"',
        "json_text(words)",
    ],
)
def test_what_is_produced_is_bounded(text: str) -> None:
    with pytest.raises(EvaluationError, match="characters") as raised:
        evaluate(expression(text), SCOPE, context(steps=10_000_000))
    assert raised.value.kind == "LimitExceeded"


@pytest.mark.parametrize(
    "text",
    [
        "join(texts)",
        "join(empty, long)",
        "len(flatten([numbers for i in range(300)]))",
        "zip(numbers, numbers)",
        "sort(numbers)",
        "[int(blank) for i in range(1000)]",
    ],
)
def test_what_would_be_too_large_is_not_made_first(text: str) -> None:
    long = "x" * 1_000_000
    scope: dict[str, Any] = {"texts": [long] * 1_000_000, "empty": [""] * 1_000_000, "long": long}
    scope |= {"numbers": list(range(300_000)), "blank": " " * 100_000 + "1"}
    parsed, bounds = expression(text), context(steps=1_100_000 if "texts" in text or "empty" in text else 200_000)
    tracemalloc.start()
    try:
        with pytest.raises(EvaluationError) as raised:
            evaluate(parsed, scope, bounds)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert raised.value.kind == "LimitExceeded"
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "text",
    [
        "uuid()",
        "text(at)",
        '"{{ at }}"',
        "text(long)",
        "json_text([at, at, at])",
        "long * 1.5",
        "long / 3",
        "price % rate",
        "price // rate",
        "round(price)",
        "floor(0.5)",
        'int("12345")',
        'decimal("1.5")',
        "number(price)",
        "decimal(price)",
    ],
)
def test_what_takes_longer_than_its_nodes_costs_more(text: str) -> None:
    """So that the steps of one expression are never seconds."""
    scope = {
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "long": timedelta(days=1),
        "price": Decimal("7.1"),
        "rate": Decimal(3),
    }
    spent = []
    for repeated in (text, "i + 1"):
        watched = replace(context(), meter=(meter := Meter()))
        evaluate(expression(f"[{repeated} for i in range(100)]"), scope, watched)
        spent.append(meter.spent)
    assert spent[0] >= 1.5 * spent[1]


def test_a_text_of_many_small_values_costs_by_their_number() -> None:
    spent = []
    for text in ("[" + "[]," * 10_000 + "1]", '["' + "x" * 30_000 + '"]'):
        watched = replace(context(), meter=(meter := Meter()))
        evaluate(expression("len(parse_json(t))"), {"t": text}, watched)
        spent.append(meter.spent)
    assert spent[0] > 5 * spent[1]


def test_a_value_that_is_only_passed_on_may_be_larger() -> None:
    assert evaluate(expression("words"), SCOPE, context()) is SCOPE["words"]


def test_depth_is_an_error_not_a_crash() -> None:
    node: Any = Literal(1)
    for _ in range(20_000):
        node = Binary("+", node, Literal(1))
    with pytest.raises(EvaluationError, match="nested too deeply"):
        evaluate(node, {}, context())


@pytest.mark.parametrize("text", ["[a for a in xs]", "[a + 1 for a in xs][200]", "[[a for a in xs] for b in xs]"])
def test_a_meter_counts_the_steps_of_all_evaluations_however_they_end(text: str) -> None:
    meter = Meter()
    watched = replace(context(steps=5_000), meter=meter)
    took = []
    for _ in range(2):
        before = meter.spent
        with suppress(EvaluationError):
            evaluate(expression(text), SCOPE, watched)
        took.append(meter.spent - before)
    assert took[0] == took[1] >= len(SCOPE["xs"])


def test_nothing_in_scope_is_changed() -> None:
    scope: dict[str, Any] = {"xs": [3, 1, 2], "r": {"a": 1}, "x": 7}
    texts = ["sort(xs)", "xs + [4]", "reverse(xs)", "{ ...r, a: 2 }", "[x for x in xs]", "flatten([xs])", "xs[1:] + xs"]
    for text in texts:
        evaluate(expression(text), scope, context())
    assert scope == {"xs": [3, 1, 2], "r": {"a": 1}, "x": 7}
