"""What stands between the tokens: comments, and blank lines.

A comment on the line of a token belongs to that token, whatever follows; one on a line of its own belongs to the token
behind it. So a comment stays where it is, wherever the token goes.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dsl.syntax.token import Token


class Comment(NamedTuple):
    """`blank`: whether a blank line stands before it."""

    text: str
    blank: bool


class Trivia:
    """By the number of a token: `leading` and `trailing` comments, whether a `blank` line or a `broken` one is right
    before it."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.leading: dict[int, list[Comment]] = {}
        self.trailing: dict[int, str] = {}
        self.blank: set[int] = set()
        self.broken: set[int] = set()
        end = 0
        for number, token in enumerate(tokens):
            start = token.span.start
            if start > end + 1 or (start > end and text[end] == "\n"):
                gap = text[end:start]
                if "#" in gap:
                    self._comments(number, gap)
                elif "\n" in gap:
                    self.broken.add(number)
                    if gap.count("\n") > 1:
                        self.blank.add(number)
            end = token.span.end

    def _comments(self, number: int, gap: str) -> None:
        self.broken.add(number)
        lines = gap.split("\n")
        if number and (behind := lines[0].strip()):
            self.trailing[number - 1] = behind
        if number:
            del lines[0]
        own: list[Comment] = []
        blank = False
        for at, line in enumerate(lines):
            if comment := line.strip():
                own.append(Comment(comment, blank))
                blank = False
            elif at + 1 < len(lines):
                blank = True
        if own:
            self.leading[number] = own
        if blank:
            self.blank.add(number)

    def give_away(self, comma: int) -> None:
        """The comments of a comma that is printed where its item ends, to the tokens around it."""
        # Before what follows, `##` would say something about it.
        own = [_plain(each.text, each.blank) for each in self.leading.pop(comma, ())]
        behind = self.trailing.pop(comma, None)
        if behind is not None:
            if own or comma - 1 in self.trailing:
                own.append(_plain(behind, False))
            else:
                self.trailing[comma - 1] = behind
        if own:
            self.leading[comma + 1] = own + self.leading.get(comma + 1, [])


def _plain(text: str, blank: bool) -> Comment:
    return Comment("#" + text.lstrip("#"), blank)
