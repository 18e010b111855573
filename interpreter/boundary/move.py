"""What moves a run that is under way to another definition; it stands in its history."""

from dataclasses import dataclass, field

from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.caps import Cap
from interpreter.boundary.payloads import Price


@dataclass
class Move:
    """`definition` is what the run goes on with, `content` the same packed, for the run to look at; `source` the digest
    of its source map. `by` is who wants it, and `note` why, for people. The rest is what a start pins of models. `id`
    is chosen by the client: the same id again is the same move.
    """

    id: str
    definition: DefinitionEnvelope
    content: str
    by: str
    note: str = ""
    source: str | None = None
    prices: dict[str, Price] = field(default_factory=dict)
    max_output: dict[str, int] = field(default_factory=dict)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    caps: list[Cap] = field(default_factory=list)
