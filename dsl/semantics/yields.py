"""What `yield` gives: one type for all that a branch or a choice may come to."""

from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import join as either
from dsl.semantics.fit import misfit
from dsl.semantics.types import NEVER, NULL, UNKNOWN, Type, optional, spelled
from dsl.semantics.walker import Around, Walker


def yielded(walker: Walker, inner: Around, *, falls_through: bool) -> Type:
    """The common type of what a branch yields, or a choice; null where it ends without."""
    value: Type = NEVER
    for node, found, _ in inner.yields or ():
        joined = either(value, found)
        if joined is None:
            walker.inference.report(Mismatch(node, "`yield`", f"{spelled(value)}, as before", found))
        value = value if joined is None else joined
    if any(found == UNKNOWN for _, found, _ in inner.yields or ()):
        return UNKNOWN
    for node, found, _ in inner.yields or ():
        if misfit(found, value) is None:
            walker.inference.widen(node, found, value)
    if value == NEVER:
        return NULL
    return optional(value) if falls_through else value
