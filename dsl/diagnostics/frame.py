"""A diagnostic as a person reads it: the message, the lines it is about with carets below, and the help.

    error[SF101]: unknown name `vredict`
      --> support.flow:12:8
       |
     4 |   step verdict = triage(ticket)
       |        ------- defined here
    12 |   if vredict.kind == "refund" {
       |      ^^^^^^^
       |
       = help: did you mean `verdict`?

Widths are those of a terminal: a tab is drawn as four columns, wide characters take two, combining ones none. Of a very
long line, such as JSON without line ends, a part around what it is about is shown.
"""

import unicodedata
from collections.abc import Iterator

from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.diagnostics.inert import inert, inert_lines, is_active
from dsl.source import Source

_TAB = "    "
_LONGEST = 240
"""Characters of a line that is shown whole."""
_BEFORE, _PART = 60, 160
"""Of a longer one, so many before the mark, and so many in all."""
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Style:
    """How the parts are coloured: ANSI codes, or nothing."""

    error: str = ""
    warning: str = ""
    place: str = ""
    strong: str = ""
    end: str = ""


PLAIN = Style()
COLOURED = Style("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m")


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stands under one line of text."""

    line: int
    start: int
    end: int
    text: str
    primary: bool


def frame(source: Source, diagnostic: Diagnostic, style: Style = PLAIN) -> str:
    """The whole message with its place in the text, without a line break at the end. What stands in other files comes
    below the place, each file with its own."""
    files = _by_file(source, diagnostic)
    width = len(str(max(mark.line for _, marks in files for mark in marks)))
    bar = f"{' ' * width} {style.place}|{style.end}"
    tone = _tone(diagnostic, style)
    lines = [_headline(diagnostic, style)]
    for number, (file, marks) in enumerate(files):
        lines.append(_place(file, marks, width, style, "-->" if number == 0 else ":::"))
        lines += [bar, *_lines(file, sorted(marks, key=_order), width, bar, tone, style)]
    return "\n".join([*lines, *_help(diagnostic, width, bar, style)])


def _order(mark: _Mark) -> tuple[int, bool, int]:
    return mark.line, not mark.primary, mark.start


def _by_file(source: Source, diagnostic: Diagnostic) -> list[tuple[Source, list[_Mark]]]:
    """The marks in each file, that of the mistake first."""
    found: dict[int, tuple[Source, list[_Mark]]] = {}
    for label in (diagnostic.primary, *diagnostic.secondary):
        file, span = source.within(label.span)
        marks = found.setdefault(id(file), (file, []))[1]
        marks.append(_mark(file, Label(span, label.text), primary=label is diagnostic.primary))
    return list(found.values())


def _tone(diagnostic: Diagnostic, style: Style) -> str:
    return style.error if diagnostic.severity == "error" else style.warning


def _headline(diagnostic: Diagnostic, style: Style) -> str:
    kind = f"{_tone(diagnostic, style)}{diagnostic.severity}[{diagnostic.code}]{style.end}"
    return f"{kind}{style.strong}: {inert(diagnostic.message)}{style.end}"


def _place(file: Source, marks: list[_Mark], width: int, style: Style, arrow: str) -> str:
    first = marks[0]
    return f"{' ' * width}{style.place}{arrow}{style.end} {inert(file.name)}:{first.line}:{first.start + 1}"


def _help(diagnostic: Diagnostic, width: int, bar: str, style: Style) -> Iterator[str]:
    if diagnostic.help:
        yield bar
        yield f"{' ' * width} {style.place}={style.end} {style.strong}help{style.end}: {inert_lines(diagnostic.help)}"


def _lines(source: Source, marks: list[_Mark], width: int, bar: str, tone: str, style: Style) -> Iterator[str]:
    shown, part = 0, range(0)
    for mark in marks:
        line = source.line(mark.line)
        if mark.line != shown or mark.start not in part:
            if shown and mark.line > shown + 1:
                yield f"{' ' * width}{style.place}...{style.end}"
            shown, part = mark.line, _part(line, mark)
            yield f"{style.place}{mark.line:>{width}} |{style.end} {_cut(line, part)}".rstrip()
        yield f"{bar} {_carets(line, part, mark, tone if mark.primary else style.place, style)}"


def _part(line: str, mark: _Mark) -> range:
    """Of the line, what is shown: one place behind its end is in it, for what is missing there."""
    if len(line) <= _LONGEST:
        return range(len(line) + 1)
    first = max(0, mark.start - _BEFORE)
    last = first + _PART
    return range(first, len(line) + 1 if last >= len(line) else last)


def _cut(line: str, part: range) -> str:
    before, after = _CUT if part.start else "", _CUT if part.stop <= len(line) else ""
    return f"{before}{_drawn(line[part.start : part.stop])}{after}"


def _carets(line: str, part: range, mark: _Mark, tone: str, style: Style) -> str:
    indent = " " * ((1 if part.start else 0) + _width(line[part.start : mark.start]))
    length = max(1, _width(line[mark.start : min(mark.end, part.stop)]))
    text = f" {inert(mark.text)}" if mark.text else ""
    return f"{indent}{tone}{('^' if mark.primary else '-') * length}{text}{style.end}"


def _mark(source: Source, label: Label, *, primary: bool) -> _Mark:
    """What goes over several lines is marked on the first, where its first words stand."""
    start, end = source.position(label.span.start), source.position(label.span.end)
    length = len(source.line(start.line))
    stop = end.column - 1 if end.line == start.line else length
    return _Mark(start.line, start.column - 1, max(start.column - 1, stop), label.text, primary)


def _drawn(line: str) -> str:
    """The line as it is shown: what a terminal would obey rather than draw becomes visible."""
    line = line.replace("\t", _TAB)
    return "".join("�" if is_active(character) else character for character in line)


def _width(text: str) -> int:
    """Columns that a terminal takes for `text` once drawn."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if is_active(character):
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
