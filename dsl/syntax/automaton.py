"""The stack machine that runs the parse tables.

It builds values while it reads: each reduction hands the children of a production to `make`, so there is no tree in
between and nothing recurses, however deep the text. A refused token leaves everything as it was before, except that
reductions which any further token would have caused may have happened.
"""

from collections.abc import Callable

from dsl.dataclass import dataclass
from dsl.source import Span
from dsl.syntax.grammar import END, Production, Tables
from dsl.syntax.token import Token

Make = Callable[[str, Span, list[object]], object]


@dataclass(slots=True)
class Piece:
    """A value on the stack and the text it stands for, delimiters included. The value of an inlined rule is a list."""

    value: object
    span: Span


class Automaton:
    def __init__(self, tables: Tables, make: Make) -> None:
        self.tables = tables
        self.states = [tables.start]
        self.pieces: list[Piece] = []
        self._make = make

    def feed(self, token: Token) -> bool:
        """Take `token`; False when it cannot stand here."""
        actions, productions, states, kind = self.tables.actions, self.tables.productions, self.states, token.kind
        while (action := actions[states[-1]].get(kind)) is not None:
            if action >= 0:
                states.append(action)
                self.pieces.append(Piece(token, token.span))
                return True
            production = productions[-1 - action]
            if production.passing:
                states[-1] = actions[states[-2]][production.left]
                continue
            self._reduce(production, token.span.start)
            if kind == END and states[-1] == self.tables.end:
                return True
        return False

    def result(self) -> object:
        return self.pieces[-1].value

    def pop(self) -> None:
        """Forget the last piece: recovery only."""
        self.states.pop()
        self.pieces.pop()

    def expected(self) -> frozenset[str]:
        """The terminals that can stand here."""
        row = self.tables.actions[self.states[-1]]
        rules = {production.left for production in self.tables.productions}
        return frozenset(kind for kind in row if kind not in rules and self.accepts(self.states, kind))

    def accepts(self, states: list[int], kind: str, height: int | None = None) -> bool:
        """Whether `kind` can stand on the first `height` of `states`. Nothing of them is copied, so that asking again
        and again takes time for what is asked, and not for how deep the text is."""
        actions, productions = self.tables.actions, self.tables.productions
        base = len(states) if height is None else height
        above: list[int] = []
        state = states[base - 1]
        while (action := actions[state].get(kind)) is not None:
            if action >= 0:
                return True
            production = productions[-1 - action]
            size, have = production.size, len(above)
            if size < have:
                del above[have - size :]
                below = above[-1]
            else:
                above.clear()
                base -= size - have
                below = states[base - 1]
            state = actions[below][production.left]
            above.append(state)
            if kind == END and state == self.tables.end:
                return True
        return False

    def after(self, states: list[int], kind: str) -> list[int] | None:
        """The stack that `kind` leads to from `states`, or None: looks ahead without building anything."""
        states = states.copy()
        while (action := self.tables.actions[states[-1]].get(kind)) is not None:
            if action >= 0:
                return [*states, action]
            production = self.tables.productions[-1 - action]
            if production.size:
                del states[-production.size :]
            states.append(self.tables.actions[states[-1]][production.left])
            if kind == END and states[-1] == self.tables.end:
                return states
        return None

    def _reduce(self, production: Production, here: int) -> None:
        size = production.size
        pieces = self.pieces[len(self.pieces) - size :]
        del self.pieces[len(self.pieces) - size :], self.states[len(self.states) - size :]
        first = 1 if production.documented else 0
        span = Span(pieces[first].span.start, pieces[-1].span.end) if pieces else Span(here, here)
        self.pieces.append(Piece(self._value(production, span, pieces), span))
        self.states.append(self.tables.actions[self.states[-1]][production.left])

    def _value(self, production: Production, span: Span, pieces: list[Piece]) -> object:
        values: list[object] = []
        plan = production.plan
        if production.inline and plan and plan[0] is not None and plan[0][1]:
            # What a repetition has so far is nobody else's: it grows, so a long row is not copied for each item.
            grown = pieces[plan[0][0]].value
            assert isinstance(grown, list)
            values, plan = grown, plan[1:]
        for part in plan:
            if part is None:
                values.append(None)
            elif part[1]:
                inner = pieces[part[0]].value
                assert isinstance(inner, list)
                values.extend(inner)
            else:
                values.append(pieces[part[0]].value)
        if production.inline:
            return values
        if production.single and len(values) == 1:
            return values[0]
        return self._make(production.name, span, values)
