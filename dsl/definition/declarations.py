"""What each declaration of a sealed definition is known by, to tell which of them have changed."""

import json
from collections.abc import Mapping
from typing import Literal

from dsl.dataclass import dataclass
from dsl.definition.canonical import canonical, digest

Kind = Literal["flow", "agent", "tool", "type"]
KINDS: tuple[Kind, ...] = ("flow", "agent", "tool", "type")
LENGTH = 32
"""Hexadecimal digits of a digest: it is only compared, and the hash of the definition covers all."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A declaration that is not as it was."""

    of: Kind
    name: str
    how: Literal["added", "removed", "changed"]


def declarations(sealed: bytes) -> dict[str, str]:
    """Of each declaration, as `tool mail.send`, the digest of what it means."""
    form = json.loads(sealed)
    return {
        f"{kind} {name}": digest(canonical(node))[:LENGTH] for kind in KINDS for name, node in form[f"{kind}s"].items()
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    """From what declarations were known by to what they are: flows first, then by name."""
    found = []
    for place in sorted({*before, *after}, key=_order):
        kind, name = _parted(place)
        if before.get(place) != after.get(place):
            how: Literal["added", "removed", "changed"]
            how = "added" if place not in before else "removed" if place not in after else "changed"
            found.append(Changed(kind, name, how))
    return tuple(found)


def _parted(place: str) -> tuple[Kind, str]:
    word, _, name = place.partition(" ")
    return next((kind for kind in KINDS if kind == word), "type"), name


def _order(place: str) -> tuple[int, str]:
    kind, name = _parted(place)
    return KINDS.index(kind), name
