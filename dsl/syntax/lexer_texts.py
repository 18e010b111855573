"""The half of the lexer that reads texts: quotes, `{{ }}` inside them to any depth, and what is never closed.

A text in `"…"` ends with its line, whatever is open in it; that is what confines a forgotten quote or `{{` to one line.
"""

import re

from dsl.source import Span
from dsl.syntax.scanner import Opener, Scanner

SHORT, LONG = '"', '"""'
_QUOTED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*?"""|"(?!"")(?:[^"\\\n]|\\.)*"|""(?!")', re.DOTALL)
_CHUNK = re.compile(r'(?:[^"\\{\n]|\\[^\n]|\{(?!\{))+')
_LONG_CHUNK = re.compile(r'(?:[^"\\{]|\\.|\{(?!\{)|"(?!""))+', re.DOTALL)


def quote(scanner: Scanner) -> None:
    """At a quote in code: a whole text when it has no `{{`, else the beginning of one that comes in pieces."""
    kind = LONG if scanner.startswith(LONG) else SHORT
    whole = _QUOTED.match(scanner.text, scanner.at)
    if kind == LONG and any(opener.kind == LONG for opener in scanner.openers):
        interpolation_unclosed(scanner)
    elif whole and "{{" not in whole.group():
        scanner.token("STRING", len(whole.group()))
    else:
        scanner.open(kind)
        scanner.token("TEXT_START", len(kind))


def inside_text(scanner: Scanner) -> None:
    """The next piece of the text that is open."""
    opener = scanner.openers[-1]
    chunk = (_LONG_CHUNK if opener.kind == LONG else _CHUNK).match(scanner.text, scanner.at)
    if scanner.startswith("{{"):
        scanner.open("{{")
        scanner.token("_INTERPOLATION_START", 2)
    elif scanner.startswith(opener.kind):
        scanner.openers.pop()
        scanner.token("_TEXT_END", len(opener.kind))
    elif chunk:
        scanner.token("TEXT_PART", len(chunk.group()))
    else:
        _text_unclosed(scanner, opener)


def line_break(scanner: Scanner) -> bool:
    """A line break in code: inside `"… {{ …"` the text ends here, so its `{{` was never closed."""
    if all(opener.kind != SHORT for opener in scanner.openers):
        return False
    interpolation_unclosed(scanner)
    return True


def interpolation_unclosed(scanner: Scanner) -> None:
    """Close the innermost `{{`, and what was opened in it, where its text ends."""
    while not scanner.inside("{{"):
        scanner.openers.pop()
    _report_interpolation(scanner, scanner.openers.pop())
    kind = scanner.openers[-1].kind
    end = scanner.text.find("\n" if kind == SHORT else LONG, scanner.at)
    scanner.at = end if end >= 0 else len(scanner.text)
    if kind == SHORT:
        scanner.openers.pop()
        scanner.token("_TEXT_END", 0)


def close_at_end(scanner: Scanner) -> None:
    """The file ends: report the texts and `{{` that are still open. Brackets are the grammar's business."""
    for opener in reversed(scanner.openers):
        if opener.kind == "{{":
            _report_interpolation(scanner, opener)
        elif opener.kind in (SHORT, LONG):
            _report_text(scanner, opener, opener.start + len(opener.kind))


def _text_unclosed(scanner: Scanner, opener: Opener) -> None:
    """The line of a short text ends, or the file does: go on as if it were closed."""
    if len(scanner.openers) > 1 and scanner.openers[-2].kind == "{{":
        _forget_text(scanner, opener)
        interpolation_unclosed(scanner)
        return
    line_end = scanner.text.find("\n", opener.start)
    end = line_end if line_end >= 0 and opener.kind == SHORT else opener.start + len(opener.kind)
    scanner.openers.pop()
    if not scanner.startswith("\n"):
        scanner.at = len(scanner.text)
    _report_text(scanner, opener, end)


def _forget_text(scanner: Scanner, opener: Opener) -> None:
    """What seemed to open a text was the quote that closes the one around."""
    scanner.openers.pop()
    while scanner.tokens[-1].span.start >= opener.start:
        scanner.tokens.pop()


def _report_interpolation(scanner: Scanner, opener: Opener) -> None:
    scanner.problem(Span(opener.start, opener.start + 2), "this `{{` is never closed", "end it with `}}`")
    scanner.token("_INTERPOLATION_END", 0)


def _report_text(scanner: Scanner, opener: Opener, end: int) -> None:
    scanner.problem(Span(opener.start, end), "this text is never closed", f"end it with `{opener.kind}`")
    scanner.token("_TEXT_END", 0)
