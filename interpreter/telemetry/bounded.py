"""The values of a label of metrics: so many at most, for each of them is a series of its own where they are kept."""

from collections import defaultdict

MOST_VALUES = 200
"""Of one label."""
LONGEST_VALUE = 100
OTHER = "other"

Labels = dict[str, str]


class Bounded:
    """The values of labels, as many as there may be."""

    def __init__(self, most: int = MOST_VALUES) -> None:
        self._most = most
        self._seen: dict[str, set[str]] = defaultdict(set)

    def __call__(self, **labels: str) -> Labels:
        return {name: self._value(name, value) for name, value in labels.items()}

    def _value(self, name: str, value: str) -> str:
        seen = self._seen[name]
        if value not in seen:
            if len(seen) >= self._most or len(value) > LONGEST_VALUE:
                return OTHER
            seen.add(value)
        return value
