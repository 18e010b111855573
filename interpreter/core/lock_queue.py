"""Who holds a lock, and who is next: first come, first served. Pure; who keeps it carries out what it says.

Each who asks is known by a ticket, which is used once. Asking again with the same ticket changes nothing, but that the
lock, where it is held with it, is granted again: the word of it may have been lost. Who has left has left: asking that
comes only then was late.
"""

from dataclasses import dataclass, field

MOST_REMEMBERED = 500
"""Of those who have left."""


@dataclass
class LockQueue:
    """`holding`, `waiting` and `left` are tickets, the first come first; `places`: how many may hold it at a time, by
    ticket.
    """

    holding: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def ask(self, ticket: str, up_to: int) -> list[str]:
        """The tickets that hold it from now on."""
        if ticket in self.holding:
            return [ticket]
        if ticket in self.left:
            return []
        if ticket not in self.waiting:
            self.waiting.append(ticket)
            self.places[ticket] = up_to
        return self._next()

    def leave(self, ticket: str) -> list[str]:
        """It is given back, or not waited for any more: the tickets that hold it from now on."""
        for tickets in (self.holding, self.waiting):
            if ticket in tickets:
                tickets.remove(ticket)
        self.places.pop(ticket, None)
        self.left = [*self.left, ticket][-MOST_REMEMBERED:]
        return self._next()

    @property
    def is_idle(self) -> bool:
        return not self.holding and not self.waiting

    def _next(self) -> list[str]:
        granted = []
        while self.waiting and len(self.holding) < self.places[self.waiting[0]]:
            ticket = self.waiting.pop(0)
            self.holding.append(ticket)
            granted.append(ticket)
        return granted
