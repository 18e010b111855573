"""Prints the concrete tree: what fits on a line stands there, the rest is broken as its shape says.

Whether something is broken depends on the tokens, their comments, the lines that `laid.py` keeps and the width, never
on what was broken elsewhere; and what stands on one line is only broken as a whole. So the output, read again, is
printed the same. Below `DEEPEST` levels words just follow each other: that text is hardly for people, and recursion
must end.
"""

from collections.abc import Sequence

from dsl.formatting.concrete import Branch, Part
from dsl.formatting.laid import Laid, first_of, last_of
from dsl.formatting.lines import STEP, WIDTH, Lines
from dsl.formatting.shapes import CLAUSES, FLOW_OPTIONS, HUGGED, SHAPES, Shape

DEEPEST = 120
_AT_AN_OPERATOR = frozenset({Shape.OPERATION, Shape.CONDITIONAL})
_WITH_ITEMS = frozenset({Shape.ITEMS, Shape.FIELDS, Shape.COMPREHENSION})


class Printer(Lines):
    def __init__(self, laid: Laid) -> None:
        super().__init__(laid)
        self._depth = 0

    def module(self, parts: Sequence[Part]) -> str:
        """The whole text. Declarations of one line may stand together when they are of a kind."""
        before: tuple[str, bool] | None = None
        for part in parts:
            number, start = first_of(part), len(self.out)
            apart = self.is_apart(number)
            comments = len(self.laid.trivia.leading.get(number, ()))
            breaks = self.breaks + comments
            self._statement(part)
            kind = part.rule if isinstance(part, Branch) else ""
            several = self.breaks > breaks + (comments > 0 and number in self.laid.trivia.blank)
            if before is not None and (apart or several or before != (kind, False)):
                self.out.insert(start, "\n")
            self.line()
            before = kind, several
        end = len(self.laid.tokens) - 1
        if end in self.laid.trivia.leading and parts:
            self.line(blank=self.is_apart(end))
        self.laid.trivia.blank.discard(end)
        self.before(end)
        return "".join(self.out)

    # Parts

    def _print(self, part: Part, trail: int = 0) -> None:
        """One part; `trail` is how wide that is which must stand behind it on its line."""
        if isinstance(part, int):
            self.put(part)
            return
        shape, parts, first = SHAPES[part.rule], part.parts, part.first
        if isinstance(doc := parts[0], Branch) and doc.rule == "doc":
            self._doc(doc.parts)
            parts = parts[1:]
            first = first_of(parts[0])
        if not (shape is Shape.BODY and part.rule in _BLOCKS) and self.fits(first, part.last, trail):
            self.flat(first, part.last)
            return
        self._depth += 1
        if self._depth > DEEPEST:
            for number in range(first, part.last + 1):
                self.put(number)
        else:
            self._shaped(shape, part.rule, parts, trail)
        self._depth -= 1

    def _shaped(self, shape: Shape, rule: str, parts: Sequence[Part], trail: int) -> None:
        match shape:
            case Shape.BODY:
                self._body(parts, rule, trail)
            case Shape.ITEMS | Shape.FIELDS:
                self._items(parts, shape, trail)
            case Shape.FILLED:
                self._filled(parts, trail)
            case Shape.ASSIGNED:
                self._assigned(parts, trail)
            case Shape.OPERATION:
                self._rows(self._operands(rule, parts), trail)
            case Shape.CONDITIONAL:
                self._rows(self._choices(parts), trail)
            case Shape.COMPREHENSION | Shape.GROUPED:
                self._enclosed(parts, self._before_words(parts[1:-1], ("FOR", "IF")))
            case Shape.HEAD:
                self._head(parts)
            case Shape.DOC:
                self._doc(parts)
            case Shape.TEXT:
                self.flat(first_of(parts[0]), last_of(parts[-1]))
            case Shape.WORDS | Shape.MODULE:
                self._words(parts, trail)

    def _words(self, parts: Sequence[Part], trail: int = 0) -> None:
        for at, part in enumerate(parts):
            self._print(part, self._behind(parts, at + 1, trail))

    def _behind(self, parts: Sequence[Part], at: int, trail: int) -> int:
        """How wide the parts from `at` on are, as far as they stand on the line in any case; more than a line is not
        measured."""
        wide = 0
        laid = self.laid
        for number in range(at, len(parts)):
            if wide > WIDTH:
                return wide
            part = parts[number]
            first, last = first_of(part), last_of(part)
            opened = self._opened(part)
            end = min(laid.end_after(first - 1), len(laid.tokens) if opened is None else opened + 1)
            if end <= last:
                return wide + (laid.spaced[first] + laid.width(first, end - 1) if end > first else 0)
            wide += laid.spaced[first] + laid.width(first, last)
        return wide + trail

    def _opened(self, part: Part) -> int | None:
        """Where a block begins that has something in it: it is broken where what is around it is."""
        if not isinstance(part, Branch) or part.rule not in _BLOCKS:
            return None
        opening = self.laid.opening(part.parts)
        empty = opening < 0 or self.laid.closing(part.parts, opening) == opening + 1
        return None if empty else first_of(part.parts[opening])

    def _doc(self, parts: Sequence[Part]) -> None:
        for part in parts:
            self._print(part)
            self.line()

    def _filled(self, parts: Sequence[Part], trail: int) -> None:
        kinds = self.laid.kinds
        for at, part in enumerate(parts):
            first, last = first_of(part), last_of(part)
            after = 1 if at + 1 < len(parts) else trail
            rule = part.rule if isinstance(part, Branch) else ""
            may_break = at > 0 and (rule == "stage" or kinds[last_of(parts[at - 1])] == "COMMA")
            if rule in CLAUSES or (may_break and not self.fits(first, last, after)):
                self.indent += STEP
                self.line()
                self._print(part, after)
                self.indent -= STEP
            else:
                self._print(part, after)

    def _assigned(self, parts: Sequence[Part], trail: int) -> None:
        kinds = self.laid.kinds
        equal = next((at for at, part in enumerate(parts) if isinstance(part, int) and kinds[part] == "EQUAL"), -1)
        self._words(parts[: equal + 1])
        for value in parts[equal + 1 :]:
            at_operator = isinstance(value, Branch) and SHAPES[value.rule] in _AT_AN_OPERATOR
            if equal >= 0 and at_operator and not self.fits(first_of(value), last_of(value), trail):
                self.indent += STEP
                self.line()
                self._print(value, trail)
                self.indent -= STEP
            else:
                self._print(value, trail)

    # Expressions

    def _operands(self, rule: str, parts: Sequence[Part]) -> list[list[Part]]:
        """Those of a row of one operator, or of operators that bind alike, however long."""
        kinds = self.laid.kinds
        if rule == "union_type":
            return self._before_words(parts, ("VBAR",))
        rows: list[list[Part]] = []
        strength = _STRENGTH[kinds[first_of(parts[1])]]
        while True:
            rows.append(list(parts[1:]))
            left = parts[0]
            if not isinstance(left, Branch) or left.rule != "binary":
                break
            if _STRENGTH[kinds[first_of(left.parts[1])]] != strength:
                break
            parts = left.parts
        rows.append([parts[0]])
        return rows[::-1]

    def _choices(self, parts: Sequence[Part]) -> list[list[Part]]:
        """`if … then … else if …`: the lines of a chain."""
        rows: list[list[Part]] = []
        lead: list[Part] = []
        while True:
            rows += [[*lead, *parts[:2]], list(parts[2:4])]
            lead, last = [parts[4]], parts[5]
            if not isinstance(last, Branch) or last.rule != "conditional":
                return [*rows, [*lead, last]]
            parts = last.parts

    def _before_words(self, parts: Sequence[Part], words: Sequence[str]) -> list[list[Part]]:
        """The parts, a row beginning at each of these words."""
        rows: list[list[Part]] = []
        for part in parts:
            if not rows or (isinstance(part, int) and self.laid.kinds[part] in words):
                rows.append([])
            rows[-1].append(part)
        return rows

    def _rows(self, rows: Sequence[Sequence[Part]], trail: int) -> None:
        """Each on a line of its own, those behind the first further in unless it begins its line as well."""
        self.before(first_of(rows[0][0]))
        indent = self.indent
        self.indent = self.begin if self.fresh else indent + STEP
        for at, row in enumerate(rows):
            if at:
                self.line()
            self._words(row, trail if at + 1 == len(rows) else 0)
        self.indent = indent

    def _enclosed(self, parts: Sequence[Part], rows: Sequence[Sequence[Part]]) -> None:
        self._print(parts[0])
        self.indent += STEP
        for row in rows:
            self.line()
            self._words(row)
        self._close(first_of(parts[-1]))

    def _close(self, number: int) -> None:
        """The closing bracket on its line, the comments before it further in."""
        if number in self.laid.trivia.leading:
            self.line(blank=self.is_apart(number))
            self.laid.trivia.blank.discard(number)
            self.before(number)
        self.indent -= STEP
        self.line()
        self.put(number)

    # Brackets and blocks

    def _items(self, parts: Sequence[Part], shape: Shape, trail: int) -> None:
        laid = self.laid
        opening = laid.opening(parts)
        if opening < 0:
            self._words(parts, trail)
            return
        closing = laid.closing(parts, opening)
        items = parts[opening + 1 : closing]
        begin, end = first_of(parts[opening]), first_of(parts[closing])
        self._words(parts[:opening], 1)
        if self._hugs(begin, items):
            self.flat(begin, last_of(items[-2]) if len(items) > 1 else begin)
            self._print(items[-1], trail + 1)
            self.put(end)
            return
        self.put(begin)
        if not items and laid.end_after(begin) != end:
            self.put(end)
            return
        self.indent += STEP
        for at, item in enumerate(items):
            self.line(blank=at > 0 and self.is_apart(first_of(item)))
            last = at + 1 == len(items)
            if last or shape is Shape.FIELDS:
                laid.recomma(last_of(item), "" if shape is Shape.FIELDS else ",")
            self._print(item, int(last and shape is Shape.ITEMS))
        self._close(end)

    def _hugs(self, begin: int, items: Sequence[Part]) -> bool:
        """`f({` … `})`: whether the brackets of the last item are broken, and those around it are not."""
        laid, trivia = self.laid, self.laid.trivia
        inner = self._bracket(items[-1]) if items and laid.kinds[begin] != "LBRACE" else None
        if inner is None or not laid.flat(begin, inner):
            return False
        last = last_of(items[-1])
        if last in trivia.trailing or last + 1 in trivia.leading or (len(items) > 1 and laid.flat(begin, last)):
            return False
        return self.column + laid.spaced[begin] + laid.width(begin, inner) <= WIDTH

    def _bracket(self, part: Part) -> int | None:
        """What opens the bracket that a part ends with."""
        while isinstance(part, Branch) and part.rule in HUGGED:
            part = part.parts[-1]
        if not isinstance(part, Branch) or SHAPES[part.rule] not in _WITH_ITEMS:
            return None
        opening = self.laid.opening(part.parts)
        empty = opening < 0 or self.laid.closing(part.parts, opening) == opening + 1
        return None if empty else first_of(part.parts[opening])

    def _body(self, parts: Sequence[Part], rule: str, trail: int) -> None:
        laid = self.laid
        opening = laid.opening(parts)
        if opening < 0:
            self._words(parts, trail)
            return
        closing = laid.closing(parts, opening)
        items = parts[opening + 1 : closing]
        begin, end = first_of(parts[opening]), first_of(parts[closing])
        self._words(parts[:opening], 2)
        if not self.fresh and (self.begin != self.indent or self.ragged or self.is_ended(begin)):
            self.line()
        self.put(begin)
        if items or laid.end_after(begin) == end:
            self.indent += STEP
            for at, item in enumerate(items):
                self.line(blank=at > 0 and self.is_apart(first_of(item)))
                self._statement(item)
            self._close(end)
        else:
            self.put(end)
        self.closed = True
        for part in parts[closing + 1 :]:
            self._print(part, trail)

    def _statement(self, part: Part) -> None:
        first, last = first_of(part), last_of(part)
        if self.fits(first, last, 0) or self.stays(first, last):
            self.flat(first, last)
        else:
            self._print(part)

    def _head(self, parts: Sequence[Part]) -> None:
        option = next((at for at, p in enumerate(parts) if isinstance(p, Branch) and p.rule in FLOW_OPTIONS), None)
        *head, block = parts
        if option is None:
            self._words(parts)
            return
        if self.fits(first_of(head[0]), last_of(head[-1]), 2):
            self.flat(first_of(head[0]), last_of(head[-1]))
        else:
            self._words(head[:option])
            self.indent += STEP
            for part in head[option:]:
                self.line()
                self._print(part)
            self.indent -= STEP
            self.line()
        self._print(block)


_BLOCKS = frozenset({"block", "branches", "step_body", "tool_body"})
"""What is broken where what is around it is."""
_STRENGTH = {
    kind: strength
    for strength, kinds in enumerate(
        (("OR",), ("AND",), ("COMPARISON", "IN", "NOT"), ("PLUS", "MINUS"), ("TIMES", "DIVIDE", "FLOOR", "MODULO"))
    )
    for kind in kinds
}
