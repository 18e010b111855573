"""Caps over runs, as they stand in histories: what binds a run, what a call sets aside there, and what became of it.

Each cap has a book for each day or month: a workflow of its own (`interpreter.workflow.book`), which all workers ask.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Cap:
    """What a run is bound by from its submission on. `book` is the beginning of the ids of its books. `usd` is a
    decimal text; limits that are None do not bind. `models`: those whose calls count, None for all and for tools.
    `waits`: who finds it reached waits until it begins anew.
    """

    name: str
    book: str
    per: str = "day"
    usd: str | None = None
    tokens: int | None = None
    models: list[str] | None = None
    waits: bool = False


@dataclass
class Page:
    """A cap in the time for which one book holds: until `renews`, in seconds since the epoch. `some`: only calls of
    some models count there.
    """

    book: str
    cap: str
    usd: str | None
    tokens: int | None
    renews: float
    waits: bool = False
    some: bool = False


@dataclass
class Claim:
    """What a call of `run` may cost at most, set aside on each page before it is made. The same `id` again is the same
    claim."""

    id: str
    usd: str
    tokens: int
    pages: list[Page]
    run: str = ""


@dataclass
class ClaimRequest:
    """All of them, or none."""

    claims: list[Claim]


Outcome = Literal["granted", "refused", "busy", "over"]


@dataclass
class ClaimReply:
    """`refused`: it does not fit beside what is spent; `busy`: nor beside what others have set aside; `over`: it was
    settled before. Then `page` is where, and `limit` of what: `usd` or `tokens`, with amounts as texts. `closed`: it
    is refused because nobody writes there any more.
    """

    outcome: Outcome
    page: Page | None = None
    limit: str = ""
    spent: str = "0"
    reserved: str = "0"
    needed: str = "0"
    closed: bool = False


@dataclass
class Settlement:
    """What the call of the claim did cost. `ends`: it is the last of its run, and all that the run has still set aside
    on these pages is free."""

    claim: Claim
    usd: str
    tokens: int
    ends: bool = False


@dataclass
class Entry:
    id: str
    usd: str
    tokens: int
    run: str = ""


@dataclass
class Line:
    """What is written into a book at once: claims, all or none, under these limits; or settlements; or which run is
    over, so that it has nothing set aside any more."""

    entries: list[Entry]
    usd: str | None = None
    tokens: int | None = None
    settles: bool = False
    ends: str = ""


@dataclass
class Written:
    """What became of a line, and what the book holds now."""

    outcome: Outcome
    limit: str = ""
    usd: str = "0"
    tokens: int = 0
    reserved_usd: str = "0"
    reserved_tokens: int = 0
    closed: bool = False


@dataclass
class BookInput:
    """The argument of a book. `ends` is when it needs to be no longer; the others are set by continue-as-new."""

    renews: float
    ends: float
    usd: str = "0"
    tokens: int = 0
    open: list[Entry] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
