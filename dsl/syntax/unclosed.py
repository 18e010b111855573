"""A text in `"…"` whose line ends before it is closed: where it began, and what behind it was meant as code.

Of `{ return "done }` the brace was hardly meant as text: what stands at the end of the line and closes what the line
has opened is given back, so that one quote too few does not open every block behind it.
"""

from collections.abc import Sequence
from itertools import pairwise

from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.scanner import Opener, Scanner
from dsl.syntax.token import Token

_PAIRS = {")": "(", "]": "[", "}": "{"}
_TAIL = " \t\r),]}{"


def close_at_line_end(scanner: Scanner, opener: Opener) -> None:
    """Report it, and go on behind the text, before the code that its line ends with."""
    line = scanner.text.rfind("\n", 0, opener.start) + 1
    end = scanner.at
    here = [token for token in _since(scanner.tokens, line) if token.span.start < opener.start]
    first = _first_astray(here) or Token("TEXT_START", '"', Span(opener.start, opener.start + 1))
    swallowed = scanner.text[opener.start + 1 : end]
    if first.kind == "TEXT_START" and not swallowed.strip(_TAIL) and here:
        message, advice = "this quote closes no text", "put the one that is missing before it, on this line"
        scanner.problem(Span(opener.start, opener.start + 1), message, advice, code="SF006")
    else:
        advice = 'end it with `"`'
        scanner.problem(Span(first.span.start, end), "this text is never closed", advice, code="SF006")
    scanner.spoiled.append(Span(line, end))
    back = _code_behind(scanner, line, max(opener.start + 1, _written_from(scanner)), end)
    if back < end:
        _cut(scanner, back)
    scanner.token("_TEXT_END", 0)


def _since(tokens: Sequence[Token], start: int) -> list[Token]:
    """The tokens from `start` on, without looking through all of them."""
    at = len(tokens)
    while at > 0 and tokens[at - 1].span.start >= start:
        at -= 1
    return list(tokens[at:])


def _first_astray(here: Sequence[Token]) -> Token | None:
    """The first text of the line that has a name right behind it: there the quotes went wrong."""
    for token, after in pairwise(here):
        if token.kind == "STRING" and after.kind == "NAME" and not after.word:
            return token
    return None


def _written_from(scanner: Scanner) -> int:
    """Where the last plain stretch of the text begins; nothing before it can be given back."""
    last = scanner.tokens[-1]
    return last.span.start if last.kind == "TEXT_PART" else scanner.at


def _code_behind(scanner: Scanner, line: int, start: int, end: int) -> int:
    """From where on the end of the line reads as code that fits what the line has opened."""
    text = scanner.text
    at = end
    while at > start and text[at - 1] in _TAIL:
        at -= 1
    opened = [each.kind for each in scanner.openers if each.start >= line]
    return next((begin for begin in range(at, end) if _closes(text[begin:end], opened.copy())), end)


def _closes(code: str, opened: list[str]) -> bool:
    if not code.strip() or code[0] in " \t":
        return False
    for position, symbol in enumerate(code):
        if symbol in _PAIRS:
            if not opened or opened.pop() != _PAIRS[symbol]:
                return False
        elif (symbol == "," and not opened) or (symbol == "{" and code[position + 1 :].strip()):
            return False
    return True


def _cut(scanner: Scanner, at: int) -> None:
    """End the text before `at`, and read on from there."""
    last = scanner.tokens[-1]
    if last.kind == "TEXT_PART":
        written = scanner.text[last.span.start : at].rstrip()
        scanner.tokens.pop()
        if written:
            scanner.put(replace(last, text=written, span=Span(last.span.start, last.span.start + len(written))))
    scanner.at = at
