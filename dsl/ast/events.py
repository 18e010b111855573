"""Messages from outside that a flow waits for."""

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.types import Type
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ExpectedEvent(Node):
    """`event mail as letter: Mail from customer.id where letter.folder == "inbox" at most 50 waiting`: which messages
    from outside are meant, by their name and their `key`, and what one is called here. `waiting`: how many of this name
    and one key the run keeps that nobody has taken yet. `reply`: what its sender is answered, by `respond`.
    """

    event: str
    name: str
    type: Type
    key: Expression | None = None
    where: Expression | None = None
    reply: Type | None = None
    waiting: int | None = None


def envelope_name(name: str) -> str:
    """What the envelope of an event is bound to beside what is in it; no author can write such a name."""
    return f"event({name})"
