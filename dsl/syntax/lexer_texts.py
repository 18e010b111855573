"""The half of the lexer that reads texts: quotes, `{{ }}` inside them to any depth, and what is never closed.

A text in `"…"` ends with its line, whatever is open in it; that is what confines a forgotten quote or `{{` to one line.
"""

import re

from dsl.regex import regex
from dsl.source import Span
from dsl.syntax.scanner import Opener, Scanner
from dsl.syntax.unclosed import close_at_line_end

SHORT, LONG = '"', '"""'
_QUOTED = regex(r'"""(?:[^"\\]|\\.|"(?!""))*?"""|"(?!"")(?:[^"\\\n]|\\.)*"|""(?!")', re.DOTALL)
_STRAY = regex(r'(?:^[ \t]*|\b(?:prompt|instructions)[ \t]+)(""?)[ \t]*$', re.MULTILINE)
"""One or two quotes where three begin or end a text of several lines."""

_BEFORE_A_TEXT = regex(r"(?:\b(?:prompt|instructions|return)|[=(:])(?=[ \t]*\n)")
_DECLARED = regex(r"^(?:type|tool|agent|flow|fn)\b", re.MULTILINE)


def stray_quotes(text: str) -> Span | None:
    """Of a file whose long quotes do not pair: the quotes that were probably meant as one."""
    if text.count(LONG) % 2 == 0:
        return None
    found = _STRAY.search(text)
    return _unopened(text) if found is None else Span(*found.span(1))


def _unopened(text: str) -> Span | None:
    """Of long quotes that close what nothing has opened: the end of the line on which the text was to begin."""
    for count, found in enumerate(re.finditer(LONG, text)):
        line = text.rfind("\n", 0, found.start()) + 1
        if count % 2 == 0 and not text[line : found.start()].strip():
            starts = list(_BEFORE_A_TEXT.finditer(text, 0, line))
            declared = [each.start() for each in _DECLARED.finditer(text, 0, line)]
            inside = starts and starts[-1].start() >= max(declared, default=0)
            return Span(starts[-1].end(), starts[-1].end()) if inside else None
    return None


def begins_unquoted(scanner: Scanner) -> bool:
    """Whether a text of several lines was to begin here, whose quotes are missing."""
    return scanner.stray is not None and scanner.stray.start == scanner.stray.end == scanner.at


_CHUNK = regex(r'(?:[^"\\{\n]|\\[^\n]|\{(?!\{))+')
_LONG_CHUNK = regex(r'(?:[^"\\{]|\\.|\{(?!\{)|"(?!""))+', re.DOTALL)


def quote(scanner: Scanner) -> None:
    """At a quote in code: a whole text when it has no `{{`, else the beginning of one that comes in pieces."""
    if scanner.stray and scanner.at == scanner.stray.start:
        _report_stray(scanner, "begins")
        scanner.open(LONG)
        scanner.token("TEXT_START", scanner.stray.end - scanner.at)
        if scanner.stray.start == scanner.stray.end:
            scanner.stray = None
        return
    kind = LONG if scanner.startswith(LONG) else SHORT
    whole = _QUOTED.match(scanner.text, scanner.at, _as_far_as(scanner))
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
    chunk = (_LONG_CHUNK if opener.kind == LONG else _CHUNK).match(scanner.text, scanner.at, _as_far_as(scanner))
    if opener.kind == LONG and scanner.stray and scanner.at == scanner.stray.start:
        _report_stray(scanner, "ends")
        scanner.openers.pop()
        scanner.token("_TEXT_END", scanner.stray.end - scanner.at)
    elif scanner.startswith("{{"):
        scanner.open("{{")
        scanner.token("_INTERPOLATION_START", 2)
    elif scanner.startswith(opener.kind):
        scanner.openers.pop()
        scanner.token("_TEXT_END", len(opener.kind))
    elif chunk:
        scanner.token("TEXT_PART", len(chunk.group()))
    else:
        _text_unclosed(scanner, opener)


def _as_far_as(scanner: Scanner) -> int:
    """No text goes past the quotes that were meant to end it."""
    stray = scanner.stray
    return stray.start if stray and scanner.at < stray.start else len(scanner.text)


def _report_stray(scanner: Scanner, what: str) -> None:
    assert scanner.stray is not None
    message = f"a text of several lines {what} with three quotes"
    written = LONG if scanner.stray.start < scanner.stray.end else f" {LONG}"
    scanner.problem(scanner.stray, message, f"write `{LONG}`", written, code="SF006")


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
    scanner.openers.pop()
    if opener.kind == SHORT and scanner.startswith("\n"):
        close_at_line_end(scanner, opener)
        return
    scanner.at = len(scanner.text)
    _report_text(scanner, opener, opener.start + len(opener.kind))


def _forget_text(scanner: Scanner, opener: Opener) -> None:
    """What seemed to open a text was the quote that closes the one around."""
    scanner.openers.pop()
    while scanner.tokens[-1].span.start >= opener.start:
        scanner.tokens.pop()


def _report_interpolation(scanner: Scanner, opener: Opener) -> None:
    end = scanner.line_end(opener.start)
    span = Span(opener.start, opener.start + 2)
    if '\\"' in scanner.text[opener.start : end]:
        advice = 'quotes inside `{{ }}` stand as they are: `{{ join(xs, "; ") }}`'
        scanner.problem(span, "no backslash is needed inside `{{ }}`", advice, code="SF006")
    else:
        scanner.problem(span, "this `{{` is never closed", "end it with `}}`", code="SF006")
    scanner.spoiled.append(Span(opener.start, end))
    scanner.token("_INTERPOLATION_END", 0)


def _report_text(scanner: Scanner, opener: Opener, end: int) -> None:
    advice = f"end it with `{opener.kind}`"
    scanner.problem(Span(opener.start, end), "this text is never closed", advice, code="SF006")
    scanner.swallowed = True
    scanner.spoiled.append(Span(opener.start, len(scanner.text)))
    scanner.token("_TEXT_END", 0)
