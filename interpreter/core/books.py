"""The book of a cap: what was spent over all runs in its time, and what is set aside for calls under way.

A claim is taken where what is spent, what is set aside and what it asks for are together at most the limit; settling it
puts what was spent in its place. So the limit holds as long as no call costs more than was set aside for it, whoever
asks, from wherever: one book is written by one workflow, a line at a time.

Every line may come twice, because its answer may be lost. A claim is known by its id: one that is open is granted
again, and counts once. One that was settled is not taken again, also where its settlement came first, as that of a call
which was cancelled on its way. So a lost answer never frees what was spent.

A run that ends has settled all claims that it knows of. What it has still set aside was asked for by a workflow task
that was lost with its worker, and that went another way when it was made again: no call was made, and it is free.
What a run that was terminated has set aside stays so until the book ends.
"""

import hashlib
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from interpreter.boundary.caps import BookInput, Claim, ClaimReply, Entry, Line, Outcome, Page, Settlement, Written

MOST_REMEMBERED = 5_000
"""Settled claims, and runs that have ended, whose ids are known: a line comes twice within seconds."""


@dataclass(slots=True)
class Sum:
    usd: Decimal = Decimal(0)
    tokens: int = 0

    def add(self, entry: Entry, times: int = 1) -> None:
        self.usd += times * Decimal(entry.usd)
        self.tokens += times * entry.tokens


@dataclass(slots=True)
class Book:
    spent: Sum = field(default_factory=Sum)
    reserved: Sum = field(default_factory=Sum)
    open: dict[str, Entry] = field(default_factory=dict)
    over: dict[str, None] = field(default_factory=dict)
    ended: dict[str, None] = field(default_factory=dict)

    def write(self, line: Line) -> Written:
        if line.ends:
            return self._leave(_known_as(line.ends))
        entries = [replace(each, id=_known_as(each.id), run=_known_as(each.run)) for each in line.entries]
        return self._settle(entries) if line.settles else self._claim(replace(line, entries=entries))

    def written(self, outcome: Outcome, limit: str = "") -> Written:
        """An outcome, with how the book stands."""
        spent, reserved = self.spent, self.reserved
        return Written(outcome, limit, _text(spent.usd), spent.tokens, _text(reserved.usd), reserved.tokens)

    def _claim(self, line: Line) -> Written:
        if any(entry.id in self.over or entry.run in self.ended for entry in line.entries):
            return self.written("over")
        new = {entry.id: entry for entry in line.entries if entry.id not in self.open}
        need = _sum(new.values())
        for outcome, taken in (("refused", Sum()), ("busy", self.reserved)):
            limit = _over(line, need, self.spent, taken)
            if limit:
                return self.written("refused" if outcome == "refused" else "busy", limit)
        self.open.update(new)
        for entry in new.values():
            self.reserved.add(entry)
        return self.written("granted")

    def _settle(self, entries: list[Entry]) -> Written:
        for entry in entries:
            claimed = self.open.pop(entry.id, None)
            self.over[entry.id] = None
            if claimed is not None:
                self.reserved.add(claimed, -1)
                self.spent.add(entry)
        _forget(self.over)
        return self.written("granted")

    def _leave(self, run: str) -> Written:
        for entry in [entry for entry in self.open.values() if entry.run == run]:
            self.reserved.add(self.open.pop(entry.id), -1)
        self.ended[run] = None
        _forget(self.ended)
        return self.written("granted")


def opened(given: BookInput) -> Book:
    """As it was saved."""
    known = {entry.id: entry for entry in given.open}
    spent = Sum(Decimal(given.usd), given.tokens)
    return Book(spent, _sum(given.open), known, dict.fromkeys(given.over), dict.fromkeys(given.ended))


def saved(book: Book, given: BookInput) -> BookInput:
    open_, over = list(book.open.values()), list(book.over)
    return BookInput(given.renews, given.ends, _text(book.spent.usd), book.spent.tokens, open_, over, list(book.ended))


def lines_of(claims: list[Claim]) -> Iterator[tuple[Page, Line]]:
    """What these claims write where: in one order for all, so that no two keep each other waiting."""
    pages: dict[str, tuple[Page, list[Entry]]] = {}
    for claim in claims:
        for page in claim.pages:
            pages.setdefault(page.book, (page, []))[1].append(Entry(claim.id, claim.usd, claim.tokens, claim.run))
    for book in sorted(pages):
        page, entries = pages[book]
        yield page, Line(entries, page.usd, page.tokens)


def refused(page: Page, line: Line, written: Written) -> ClaimReply:
    """What is replied to a claim of which one line was not granted."""
    if written.outcome == "over":
        return ClaimReply("over")
    need = _sum(line.entries)
    if written.closed:
        needed = _text(need.usd) if written.limit == "usd" else f"{need.tokens:,}"
        return ClaimReply("refused", page, written.limit, needed=needed, closed=True)
    if written.limit == "usd":
        return ClaimReply(written.outcome, page, "usd", written.usd, written.reserved_usd, _text(need.usd))
    spent, reserved, needed = (f"{count:,}" for count in (written.tokens, written.reserved_tokens, need.tokens))
    return ClaimReply(written.outcome, page, "tokens", spent, reserved, needed)


def asked_of(books: MutableMapping[str, Book], claims: list[Claim]) -> ClaimReply:
    """All claims at once, where the books are at hand."""
    for page, line in lines_of(claims):
        written = books[page.book].write(line)
        if written.outcome != "granted":
            return refused(page, line, written)
    return ClaimReply("granted")


def settled_by(settlement: Settlement) -> Line:
    """What it writes on each of its pages."""
    claim = settlement.claim
    if settlement.ends:
        return Line([], ends=claim.run)
    return Line([Entry(claim.id, settlement.usd, settlement.tokens, claim.run)], settles=True)


def _known_as(id_: str) -> str:
    """What is kept of an id: those of a child's calls are hundreds of characters long, and thousands are remembered."""
    return hashlib.sha256(id_.encode()).hexdigest()[:16] if id_ else ""


def _forget(remembered: dict[str, None]) -> None:
    while len(remembered) > MOST_REMEMBERED:
        del remembered[next(iter(remembered))]


def _sum(entries: Iterable[Entry]) -> Sum:
    total = Sum()
    for entry in entries:
        total.add(entry)
    return total


def _over(line: Line, need: Sum, spent: Sum, taken: Sum) -> str:
    """The first unit of which there is not enough; empty where there is."""
    if line.usd is not None and need.usd and spent.usd + taken.usd + need.usd > Decimal(line.usd):
        return "usd"
    if line.tokens is not None and need.tokens and spent.tokens + taken.tokens + need.tokens > line.tokens:
        return "tokens"
    return ""


def _text(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
