"""Tokens and lines: what is written, how far it is indented, and where comments end a line."""

from dsl.formatting.blocks import moved
from dsl.formatting.laid import Laid
from dsl.regex import regex
from dsl.syntax.notes import MARK

WIDTH = 120
STEP = 2
_NOTE = regex(rf"#[ \t]*{MARK}")
"""A comment that says something about its line, or about the next one: that line is not broken."""


class Lines:
    def __init__(self, laid: Laid) -> None:
        self.laid = laid
        self.out: list[str] = []
        self.breaks = 0
        self.indent = 0
        self.begin = 0
        """How far the line is indented that was begun last, or will be."""
        self.column = 0
        self.fresh = True
        self.ragged = False
        """Whether the line is the last one of a text of several."""
        self._ended = False
        """A comment ends the line: whatever comes next begins one."""
        self.closed = False
        """A block was closed right before."""
        self._noted = False
        """The line before is a note about this one."""

    def line(self, *, blank: bool = False) -> None:
        """The next token begins a line."""
        if not self.fresh:
            self._break()
        self.begin = self.indent
        if blank:
            self._break()

    def _break(self) -> None:
        self.out.append("\n")
        self.breaks += 1
        self._noted = self._noted and self.fresh
        self.fresh, self.ragged, self._ended, self.column = True, False, False, 0

    def before(self, number: int) -> None:
        """The comments on lines of their own; the line that a comment has ended."""
        own = self.laid.trivia.leading.pop(number, None)
        if own is None and not self._ended:
            return
        if not self.fresh:
            self._break()
            self.begin = self.indent + (0 if self.closed else STEP)
        for at, comment in enumerate(own or ()):
            if comment.blank and at:
                self._break()
            self.out.append(" " * self.begin + comment.text)
            self._break()
        self._noted = own is not None and _NOTE.match(own[-1].text) is not None
        if own and number in self.laid.trivia.blank:
            self._break()

    def is_ended(self, number: int) -> bool:
        """Whether a comment stands before this token, so that the token begins a line."""
        return self._ended or number in self.laid.trivia.leading

    def put(self, number: int) -> None:
        """One token, with its comments and its comma."""
        self.before(number)
        laid = self.laid
        text, comma = laid.texts[number], laid.comma.get(number, "")
        if text or comma:
            self._start(number)
            if number in laid.blocks:
                pieces, written = laid.blocks[number]
                text = f'"""{moved(pieces, written, self.begin + STEP)}"""'
            self._write(text + comma)
        if number in laid.trivia.trailing:
            self._comment(number)

    def flat(self, first: int, last: int) -> None:
        """These tokens on one line."""
        self.put(first)
        if first < last:
            self._write("".join(self.laid.glued[first + 1 : last + 1]))
            if last in self.laid.trivia.trailing:
                self._comment(last)

    def fits(self, first: int, last: int, trail: int) -> bool:
        """Whether these tokens can go on in the line, and have room in it with `trail` characters behind them."""
        if not self.laid.flat(first, last):
            return False
        self.before(first)
        column = self.begin if self.fresh else self.column + self.laid.spaced[first]
        return column + self.laid.width(first, last) + trail <= WIDTH or self._noted or self._ends_with_a_note(last)

    def stays(self, first: int, last: int) -> bool:
        """Whether a note is about these tokens that begin a line, and they stand on one: no block in them is broken."""
        self.before(first)
        return self.fresh and self.laid.is_one_line(first, last) and (self._noted or self._ends_with_a_note(last))

    def _ends_with_a_note(self, number: int) -> bool:
        """Whether a note stands behind this token, or behind the `{` of the block whose head goes on with it."""
        laid = self.laid
        end = laid.end_after(number) - 1
        if _NOTE.match(laid.trivia.trailing.get(end, "")) is None:
            return False
        return end == number or (end in laid.blocks_begin and laid.flat(number, end))

    def is_apart(self, number: int) -> bool:
        """Whether a blank line stands before a token, and before its comments."""
        own = self.laid.trivia.leading.get(number)
        return own[0].blank if own else number in self.laid.trivia.blank

    def _start(self, number: int) -> None:
        if self.fresh:
            self.out.append(" " * self.begin)
            self.column = self.begin
        elif self.laid.spaced[number]:
            self.out.append(" ")
            self.column += 1

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.fresh = self.closed = False
        if "\n" in text:
            self.breaks += text.count("\n")
            self.column = len(text) - text.rindex("\n") - 1
            self.ragged = True
        else:
            self.column += len(text)

    def _comment(self, number: int) -> None:
        self.out.append(f" {self.laid.trivia.trailing[number]}")
        self._ended = True
