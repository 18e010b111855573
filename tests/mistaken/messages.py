"""What is said about a text with one mistake, and how often one mistake is said to be several."""

from collections import Counter

from dsl.analysis import analyse
from dsl.source import Source

MOST_TOLD = 4


def told(text: str) -> list[str]:
    """Every message about a text, one line each."""
    source = Source("mistaken.flow", text)
    lines = []
    for each in analyse(source).diagnostics:
        place = source.position(each.primary.span.start)
        lines.append(f"{place.line}:{place.column} {each.code} {each.message}  [{each.help or ''}]")
    return lines


def table(counts: Counter[tuple[str, int]]) -> str:
    """How many mistakes of each kind are told by no message, by one, by two …"""
    kinds = list(dict.fromkeys(kind for kind, _ in counts))
    lines = [f"{'':28}{'none':>6}{'one':>6}{'two':>6}{'more':>6}"]
    for kind in [*kinds, "all"]:
        row = [
            sum(n for (of, many), n in counts.items() if kind in (of, "all") and _column(many) == column)
            for column in range(4)
        ]
        lines.append(f"{kind:28}" + "".join(f"{number:6}" for number in row))
    return "\n".join(lines)


def _column(many: int) -> int:
    return min(many, 3)
