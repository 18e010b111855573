"""What is known of the tokens before anything is printed: how wide they are, and where a line must end.

Commas between items are not printed as tokens: they belong to the items (`comma`), so the last one can come and go, and
a record's fields have them on one line and none on several. A `"…{{ }}…"` is one piece, as it must stay on its line.

A bracket that the author broke after its opening stays broken, one that was not is broken only if it does not fit: what
was broken for its width is then left alone, so formatting twice is formatting once. So does a block of one statement;
a block of several is always broken, and so is one with blocks in it, except where a note is about the line.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from dsl.formatting.concrete import Branch, Concrete, Part
from dsl.formatting.shapes import FLOW_OPTIONS, SHAPES, Shape
from dsl.formatting.spacing import spaces
from dsl.formatting.trivia import Trivia

_BRACKETED = frozenset({Shape.ITEMS, Shape.FIELDS})
_OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}


def first_of(part: Part) -> int:
    return part if isinstance(part, int) else part.first


def last_of(part: Part) -> int:
    return part if isinstance(part, int) else part.last


class Laid:
    def __init__(self, text: str, read: Concrete) -> None:
        self.text = text
        self.tokens = tokens = read.taken
        self.kinds = [token.kind for token in tokens]
        self.texts = [token.text for token in tokens]
        self.spaced = spaces(tokens, read.branches)
        self.trivia = Trivia(text, tokens)
        self.comma: dict[int, str] = {}
        self.blocks: dict[int, tuple[Sequence[str | None], Sequence[str]]] = {}
        self.blocks_begin: set[int] = set()
        """What opens a block, an agent's options and the like."""
        self._ends: set[int] = set()
        for number, kind in enumerate(self.kinds):
            if kind == "STRING" and self.texts[number].startswith('"""'):
                inside = [self.texts[number][3:-3]]
                self.blocks[number] = inside, inside
            elif kind == "DOC":
                self.texts[number] = self.texts[number].rstrip()
                self._ends |= {number, number + 1}
        for branch in read.branches:
            shape = SHAPES[branch.rule]
            if shape is Shape.TEXT:
                self._template(branch)
            elif shape in _BRACKETED or branch.rule == "field":
                self._items(branch, shape)
            elif shape is Shape.BODY:
                self._body(branch)
            elif shape is Shape.HEAD:
                self._head(branch)
        self._measure()

    def opening(self, parts: Sequence[Part]) -> int:
        """Which of the parts opens the bracket; -1 when there is none."""
        return next((at for at, part in enumerate(parts) if isinstance(part, int) and self.kinds[part] in _OPENERS), -1)

    def closing(self, parts: Sequence[Part], opening: int) -> int:
        """Which of the parts closes it."""
        kind = _OPENERS[self.kinds[first_of(parts[opening])]]
        return next(
            at
            for at in range(len(parts) - 1, opening, -1)
            if isinstance(part := parts[at], int) and self.kinds[part] == kind
        )

    def flat(self, first: int, last: int) -> bool:
        """Whether these tokens may stand on one line: how long it is, is another question."""
        ends = self.ends
        at = bisect_right(ends, first)
        return (at == len(ends) or ends[at] > last) and self._blocks_until[last + 1] == self._blocks_until[first]

    def is_one_line(self, first: int, last: int) -> bool:
        """Whether the author has written these tokens on one."""
        if any(number in self.trivia.broken for number in range(first + 1, last + 1)):
            return False
        return self._blocks_until[last + 1] == self._blocks_until[first]

    def end_after(self, first: int) -> int:
        """The next token behind `first` that must begin a line."""
        at = bisect_right(self.ends, first)
        return self.ends[at] if at < len(self.ends) else len(self.tokens)

    def width(self, first: int, last: int) -> int:
        """Of these tokens on one line, without the space before."""
        return self._until[last + 1] - self._until[first] - self.spaced[first]

    def recomma(self, number: int, comma: str) -> None:
        """Put a comma behind the last token of an item, or none."""
        self.comma[number] = comma
        self.glued[number] = (" " if self.spaced[number] else "") + self.texts[number] + comma

    def _measure(self) -> None:
        trivia = self.trivia
        self._ends.update(trivia.leading)
        self._ends.update(number + 1 for number in trivia.trailing)
        self.ends = sorted(self._ends)
        comma = self.comma
        self.glued = [
            (" " if space else "") + text + comma.get(number, "")
            for number, (space, text) in enumerate(zip(self.spaced, self.texts, strict=True))
        ]
        several = bytearray(len(self.tokens))
        widths = [len(each) for each in self.glued]
        for number, text in enumerate(self.texts):
            if "\n" in text:
                several[number] = 1
                widths[number] = text.index("\n") + self.spaced[number]
        self._until = [0, *accumulate(widths)]
        self._blocks_until = [0, *accumulate(several)]

    def _items(self, branch: Branch, shape: Shape) -> None:
        """Take the commas away: an item's last token has its own."""
        parts = branch.parts
        if shape not in _BRACKETED:  # a field, with the comma behind it
            if isinstance(last := parts[-1], int) and self.kinds[last] == "COMMA":
                self._take(last)
                parts.pop()
                branch.last = last_of(parts[-1])
            return
        if (opening := self.opening(parts)) < 0:
            return
        for part in parts[opening + 1 :]:
            if isinstance(part, int) and self.kinds[part] == "COMMA":
                self._take(part)
        parts[:] = [part for part in parts if not isinstance(part, int) or self.kinds[part] != "COMMA"]
        closing = self.closing(parts, opening)
        for part in parts[opening + 1 : closing - 1]:
            self.comma[last_of(part)] = ","
        if opening + 1 < closing and (begin := first_of(parts[opening + 1])) in self.trivia.broken:
            self._ends.add(begin)

    def _take(self, comma: int) -> None:
        self.texts[comma] = ""
        self.spaced[comma] = 0
        self.trivia.give_away(comma)

    def _body(self, branch: Branch) -> None:
        parts = branch.parts
        if (opening := self.opening(parts)) < 0:
            return
        closing = self.closing(parts, opening)
        self.blocks_begin.add(first_of(parts[opening]))
        items = parts[opening + 1 : closing]
        if items and (len(items) > 1 or self._opens_a_body(items[0]) or first_of(items[0]) in self.trivia.broken):
            self._ends.add(first_of(items[0]))

    def _opens_a_body(self, item: Part) -> bool:
        """Whether there is a block in it with something in it."""
        pending = [item]
        while pending:
            part = pending.pop()
            if isinstance(part, Branch):
                if SHAPES[part.rule] is Shape.BODY and (opening := self.opening(part.parts)) >= 0:
                    return self.closing(part.parts, opening) > opening + 1
                pending += part.parts
        return False

    def _head(self, branch: Branch) -> None:
        option = next((p for p in branch.parts if isinstance(p, Branch) and p.rule in FLOW_OPTIONS), None)
        if option and option.first in self.trivia.broken:
            self._ends.add(option.first)

    def _template(self, branch: Branch) -> None:
        """One piece of text, with each expression on one line, or as it is written where there are comments in it."""
        pieces: list[str | None] = []
        written: list[str] = []
        first, last = branch.first, branch.last
        for part in branch.parts[1:-1]:
            pieces.append(self.texts[part] if isinstance(part, int) else None)
            written.append(self.texts[part] if isinstance(part, int) else self._interpolation(part))
        quote = self.texts[first]
        self.texts[first] = quote + "".join(written) + quote
        if quote == '"""':
            self.blocks[first] = pieces, written
        for number in range(first + 1, last + 1):
            self.texts[number] = ""
            self.spaced[number] = 0
            self.blocks.pop(number, None)
            self.comma.pop(number, None)
            self.trivia.leading.pop(number, None)
            self._ends.discard(number)
        for number in range(first, last):
            self.trivia.trailing.pop(number, None)

    def _interpolation(self, branch: Branch) -> str:
        first, last = branch.first, branch.last
        leading, trailing = self.trivia.leading, self.trivia.trailing
        if any(n + 1 in leading or n in trailing for n in range(first, last)):
            return self.text[self.tokens[first].span.start : self.tokens[last].span.end]
        return "".join(
            (" " if self.spaced[number] else "") + self.texts[number] + self.comma.get(number, "")
            for number in range(first, last + 1)
        )
