"""Which caps bind a run: said when it is submitted, and pinned in its input."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from dsl.models.caps import Capped
from dsl.models.configured import Models
from interpreter.boundary.caps import Cap
from interpreter.boundary.names import BOOK_ID
from interpreter.boundary.persons import person_form


def resolve_caps(flow: str, requester: str | None, models: Sequence[str], known: Models) -> list[Cap]:
    """Those of a run of `flow` that can ask `models`, with all that it starts. Who asks for it under two spellings is
    one person, with one cap.
    """
    found = []
    requester = None if requester is None else person_form(requester)
    for cap in map(_of_person, known.caps.values()):
        counted = [model for model in models if known.is_capped(model, cap)]
        if cap.binds(flow, requester) and (counted or cap.provider is None):
            found.append(_cap(cap, flow, requester, counted))
    return found


def _of_person(cap: Capped) -> Capped:
    return cap if cap.requester is None else replace(cap, requester=person_form(cap.requester))


def _cap(cap: Capped, flow: str, requester: str | None, counted: list[str]) -> Cap:
    """Ids of workflows are read by many, so no person stands in them."""
    whose = cap.whose(flow, requester)
    book = f"{BOOK_ID}{cap.name}" + (f"/{hashlib.sha256(whose.encode()).hexdigest()[:16]}" if whose else "")
    return Cap(
        name=cap.name,
        book=book,
        per=cap.per,
        usd=None if cap.usd is None else format(cap.usd, "f"),
        tokens=cap.tokens,
        models=None if cap.provider is None else counted,
        waits=cap.when_reached == "wait",
    )
