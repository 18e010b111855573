"""What comments say to the check: `# dsl: ignore[SF603, SF608] a reason`.

A note is a whole comment, and its reason ends with the line or at the next `#`. It is about the line that it stands in,
or alone in a line about the next one that is no comment.
"""

import re
from collections.abc import Iterable

from dsl.dataclass import dataclass
from dsl.regex import regex
from dsl.source import Source, Span

MARK = "dsl:"
_COMMENT = regex(r"#[^\n]*")
_NOTE = regex(rf"#[ \t]*{MARK}[ \t]*(\w+)[ \t]*(?:\[([^\]\n#]*)\])?([^\n#]*)")
_CODE = regex(r"[^,\s]+")


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is written; it may be none."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Note:
    """`word` is what is asked for, `about` the number of a line; `codes` is None where there are no brackets. `whole`
    is what to take out to have no note."""

    word: str
    codes: tuple[Code, ...] | None
    reason: str
    about: int
    span: Span
    whole: Span


def notes_in(source: Source, comments: Iterable[Span]) -> tuple[Note, ...]:
    """`comments` are stretches of blanks and comments, in order."""
    found = (
        (comment.start(), note)
        for stretch in comments
        for comment in _COMMENT.finditer(source.text, stretch.start, stretch.end)
        if (note := _NOTE.match(comment.group())) is not None
    )
    notes: list[Note] = []
    for start, note in found:
        notes.append(_note(source, start, note, notes[-1].about if notes else 1))
    return tuple(notes)


def _note(source: Source, start: int, note: re.Match[str], behind: int) -> Note:
    """`behind`: what the note before is about. Up to there are comments only, and they are not gone through again."""
    word, inside, reason = note.groups()
    at = start + note.start(2)
    codes = None
    if inside is not None:
        pieces = _CODE.finditer(inside)
        codes = tuple(Code(one.group(), Span(at + one.start(), at + one.end())) for one in pieces)
    line = source.line_start(start)
    alone = source.text[line:start].strip() == ""
    about = max(source.position(start).line + alone, behind)
    while alone and about <= len(source.line_starts) and source.line(about).lstrip().startswith("#"):
        about += 1
    end = start + len(note.group().rstrip())
    rest = source.line_end(start)
    if source.text[end:rest].strip():
        whole = Span(start, end)
    elif alone:
        whole = Span(line, min(rest + 1, len(source.text)))
    else:
        whole = Span(line + len(source.text[line:start].rstrip()), rest)
    return Note(word, codes, reason.strip(), about, Span(start, end), whole)
