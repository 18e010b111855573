"""SF011 and SF609: warnings that a note ignores, with a reason, and notes that ignore nothing.

Only warnings can be ignored: whatever is an error would be one where it runs. That a note ignores nothing is told of a
file without errors, since what it ignores may not be told beside them.
"""

from collections.abc import Iterator

from dsl.checks.program import nearest
from dsl.dataclass import dataclass
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Source, Span
from dsl.syntax.notes import Code, Note

IGNORE = "ignore"
NEVER = ("SF011", "SF609")
"""What is said about notes."""
_EXAMPLE = "`# dsl: ignore[SF603] why it may stay`"


def heeded(found: list[Diagnostic], notes: tuple[Note, ...], source: Source) -> list[Diagnostic]:
    """`found` without the warnings that notes ignore, and with what is wrong with the notes; by place."""
    if not notes:
        return found
    placed = [(source.position(each.primary.span.start).line, each) for each in found]
    severities: dict[int, dict[str, str]] = {}
    for line, each in placed:
        codes = severities.setdefault(line, {})
        codes[each.code] = max(each.severity, codes.get(each.code, ""))  # of both, "warning"
    wrong: list[Diagnostic] = []
    idle: list[Diagnostic] = []
    ignored: set[tuple[int, str]] = set()
    for note in notes:
        if (amiss := _of_the_note(note)) is not None:
            wrong.append(amiss)
        elif note.word == IGNORE:
            here = _Here(note, severities.get(note.about, {}))
            wrong += here.wrong()
            idle += here.idle()
            ignored |= {(note.about, code) for code in here.met()}
    kept = [each for line, each in placed if each.severity == "error" or (line, each.code) not in ignored]
    broken = any(each.severity == "error" for each in found)
    return sorted([*kept, *wrong, *(() if broken else idle)], key=lambda each: (each.primary.span.start, each.code))


def _of_the_note(note: Note) -> Diagnostic | None:
    """What is wrong with it as a whole, so that it ignores nothing."""
    if note.word != IGNORE:
        unknown = note.codes is not None  # without brackets, it is a comment like any other
        return _wrong(note.span, f"the check knows no note `{note.word}`", f"write {_EXAMPLE}") if unknown else None
    if not note.codes:
        return _wrong(note.span, "this does not say which warnings to ignore", f"name their codes: {_EXAMPLE}")
    if not note.reason:
        return _wrong(
            note.span, "this does not say why the warning may stay", f"write the reason behind it: {_EXAMPLE}"
        )
    return None


@dataclass(frozen=True)
class _Here:
    """A note, and the severities of the codes in the line that it is about: of a code that is both, a warning."""

    note: Note
    severities: dict[str, str]

    @property
    def codes(self) -> tuple[Code, ...]:
        return self.note.codes or ()

    def met(self) -> set[str]:
        return {one.text for one in self.codes if self.severities.get(one.text) == "warning"} - set(NEVER)

    def wrong(self) -> Iterator[Diagnostic]:
        for one in self.codes:
            if one.text in NEVER:
                yield _wrong(one.span, f"`{one.text}` cannot be ignored", "mend the note that it is about")
            elif one.text not in CODES:
                here = tuple(code for code, severity in self.severities.items() if severity == "warning")
                close = nearest(one.text, here) or nearest(one.text, tuple(CODES))
                advice = "`dsl check` says the code with each warning" if close is None else f"did you mean `{close}`?"
                fix = None if close is None else Fix(one.span, close)
                yield _wrong(one.span, f"there is no code `{one.text}`", advice, fix)
            elif self.severities.get(one.text) == "error":
                yield _wrong(one.span, f"`{one.text}` is an error here, and only warnings can be ignored", "mend it")

    def idle(self) -> Iterator[Diagnostic]:
        for one in self.codes:
            if one.text not in CODES or one.text in NEVER or one.text in self.severities:
                continue
            message = f"there is no warning {one.text} here that could be ignored"
            others = [each.text for each in self.codes if each is not one]
            fix = Fix(self.note.whole, "")
            if others:
                fix = Fix(self.codes[0].span.to(self.codes[-1].span), ", ".join(others))
            yield Diagnostic("SF609", message, Label(one.span), help="leave it out", fix=fix, severity="warning")


def _wrong(span: Span, message: str, advice: str, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic("SF011", message, Label(span), help=advice, fix=fix, severity="warning")
