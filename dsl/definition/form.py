"""The form of a sealed definition: one JSON object with a version, so that a later form can be told from this one.

A version is raised only when what stands in older definitions would be read wrongly; new fields with a default do not.
"""

from typing import Any

from dsl.definition.canonical import canonical
from dsl.definition.definition import Parts
from dsl.definition.encode import encode

FORMAT = 1
EDITIONS = (1,)
"""Those of the language that this version can run."""


def to_bytes(parts: Parts, edition: int) -> bytes:
    """The canonical bytes, whose SHA-256 is the hash of the definition."""
    return canonical(to_data(parts, edition))


def to_data(parts: Parts, edition: int) -> dict[str, Any]:
    """What these bytes say, in the order in which people read it."""
    return {
        "format": FORMAT,
        "edition": edition,
        "flow": parts.flow,
        "flows": encode(dict(parts.flows)),
        "tools": encode(dict(parts.tools)),
        "agents": encode(dict(parts.agents)),
        "types": encode(dict(parts.types)),
    }
