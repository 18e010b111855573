"""Looks for a random text that breaks a law."""

from collections.abc import Iterable

from tests.formatting.generated import Texts
from tests.formatting.laws import broken_law

UNREAD = "it is not read"
"""By chance a word stands where a name is taken for it: some derivations are read as no text."""


def search(seeds: Iterable[int]) -> tuple[str | None, int, int]:
    """The first that breaks one, how many were read, and how many productions were used."""
    accepted = 0
    used: set[str] = set()
    for seed in seeds:
        texts = Texts(seed)
        text = texts.text()
        used |= texts.used
        law = broken_law(text)
        if law is None:
            accepted += 1
        elif law != UNREAD:
            return f"seed {seed}: {law}\n{text}", accepted, len(used)
    return None, accepted, len(used)
