"""What `yield` gives: one type for all that a branch or a choice may come to."""

from dsl.semantics.findings import Mismatch
from dsl.semantics.together import odd_one, together
from dsl.semantics.types import NEVER, NULL, UNKNOWN, Type, optional, spelled
from dsl.semantics.walker import Around, Walker


def yielded(walker: Walker, inner: Around, *, falls_through: bool) -> Type:
    """The common type of what a branch yields, or a choice; null where it ends without."""
    given = inner.yields or ()
    types = [found for _, found, _ in given]
    value = together(types)
    if value is None:
        odd, before = odd_one(types)
        wanted = f"{spelled(before)}, as before"
        walker.inference.report(Mismatch(given[odd][0], "`yield`", wanted, types[odd], as_before=before))
        return UNKNOWN
    if UNKNOWN in types:
        return UNKNOWN
    for node, found, _ in given:
        walker.inference.widen(node, found, value)
    if value == NEVER:
        return NULL
    return optional(value) if falls_through else value
