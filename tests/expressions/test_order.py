"""`sort` and `distinct` are quick because they do not compare all with all; what they give is what comparing gives."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from dsl.expressions.context import CONSTANT
from dsl.expressions.equality import equal, ordered
from dsl.expressions.evaluate import evaluate
from tests.expressions.reading import expression

NUMBERS: list[Any] = [0, 1, -1, 2**53, 2**53 + 1, 2**62, 2**62 + 1, 0.0, -0.0, 1.0, 0.1, float(2**53), float(2**62)]
DECIMALS: list[Any] = [Decimal(text) for text in ("0.1", "1", "2.50", "0", "1e6000", "1e6001", str(2**62 + 1))]
OTHERS: list[Any] = [None, True, False, "", "a", (1.0).hex(), datetime(2026, 1, 1, tzinfo=UTC), timedelta(0)]
SEED, ROUNDS = 1, 2_000


def value(chance: random.Random, depth: int = 2) -> Any:
    kind = chance.random()
    if not depth or kind < 0.6:
        return chance.choice(NUMBERS + DECIMALS + OTHERS)
    if kind < 0.8:
        return [value(chance, depth - 1) for _ in range(chance.randint(0, 2))]
    return {name: value(chance, depth - 1) for name in chance.sample("abc", chance.randint(0, 2))}


def test_distinct_gives_what_comparing_all_with_all_gives() -> None:
    chance, parsed = random.Random(SEED), expression("distinct(xs)")
    for _ in range(ROUNDS):
        items = [value(chance) for _ in range(chance.randint(0, 9))]
        expected: list[Any] = []
        for item in items:
            if not any(equal(item, other) for other in expected):
                expected.append(item)
        assert repr(evaluate(parsed, {"xs": items}, CONSTANT)) == repr(expected)


def compare(left: Any, right: Any) -> int:
    pair = ordered(left, right)
    assert pair is not None
    return int(pair[0] > pair[1]) - int(pair[0] < pair[1])


def test_sort_gives_what_comparing_gives() -> None:
    chance, parsed = random.Random(SEED), expression("sort(xs, descending: down)")
    whole = [number for number in NUMBERS if type(number) is int]
    for pool in (NUMBERS, NUMBERS + DECIMALS, whole + DECIMALS, ["b", "", "é", "a"]):
        for _ in range(ROUNDS // 4):
            items, down = [chance.choice(pool) for _ in range(chance.randint(0, 7))], chance.random() < 0.5
            expected = sorted(items, key=cmp_to_key(compare), reverse=down)
            assert repr(evaluate(parsed, {"xs": items, "down": down}, CONSTANT)) == repr(expected)
