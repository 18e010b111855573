"""What a run says of itself, when that is more than the server lets through at once: JSON, compressed, part by part.
`interpreter.converter.queries` puts it together again.
"""

from dataclasses import dataclass
from hashlib import sha256

from dsl.definition.packed import packed

SIZE = 1_000_000
"""Characters of a part; the server takes two megabytes."""


@dataclass
class Part:
    """Of `parts` texts one; all of one `digest` belong together."""

    digest: str
    parts: int
    text: str


def part_of(content: bytes, number: int) -> Part:
    """The part with this number, from 0, of what is told with `content`."""
    text = packed(content)
    parts = -(-len(text) // SIZE)
    return Part(sha256(content).hexdigest(), parts, text[number * SIZE : (number + 1) * SIZE])
