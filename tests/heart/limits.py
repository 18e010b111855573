"""Limits of random flows that are worked out, each with its cap; some of them do not hold."""

import random


def capped(chance: random.Random, limits: str) -> str:
    """`3 calls, 9s` as limits that are worked out, now and then."""
    return ", ".join(_capped(chance, each) if chance.random() < 0.3 else each for each in limits.split(", "))


def _capped(chance: random.Random, limit: str) -> str:
    most, _, unit = limit.partition(" ")
    if unit == "usd":
        return f"{most} / ROUNDS at most {limit}"
    times = ["patience", "patience * len(x)", most, f"{most} - patience"]
    counts = ["rounds", "len(x)", "ROUNDS", f"{most} - len(x)", most]
    return f"{chance.choice(counts if unit else times)} at most {limit}"
