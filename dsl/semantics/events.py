"""What stands on the envelope of an event, beside what is in it: `mail.by`. A field of the event itself comes first.

It is written with the name that the event was given where it was awaited, and only so: the event as a value of another
name is what was in it.
"""

from dsl.ast.expressions import Get, Name
from dsl.semantics.inference import Inference
from dsl.semantics.types import TEXT, TIME, OptionalOf, Type

ENVELOPE: dict[str, Type] = {"id": TEXT, "at": TIME, "by": TEXT, "key": OptionalOf(TEXT)}
"""`id` and `by` are as the sender gave them, `at` is when the run got it."""


def of_envelope(node: Get, inference: Inference) -> Type | None:
    """The type of `node`, where it is read from the envelope of an event."""
    if not isinstance(node.subject, Name) or node.name not in ENVELOPE:
        return None
    symbol = inference.facts.symbol_of(node.subject)
    if symbol is None or symbol.kind != "event":
        return None
    inference.facts.envelopes.add(id(node))
    return ENVELOPE[node.name]
