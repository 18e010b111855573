"""What a check reads of other files, noted while it reads; and what it found, as plain data and back."""

import os
from typing import Any

from dsl.cli.kept.answers import Answer, Answers
from dsl.cli.kept.stamps import digest
from dsl.dataclass import dataclass, field
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.linking.files import Files, Refused, Used
from dsl.linking.project import ENDING
from dsl.source import Source, Span, joined


@dataclass(frozen=True)
class Recording(Files):
    """`read`: by its path, place and digest of each file that was found; `in_vain`: paths that led to none."""

    answers: Answers = field(kw_only=True)
    read: dict[str, tuple[str, str]] = field(default_factory=dict, kw_only=True)
    named: dict[str, str] = field(default_factory=dict, kw_only=True)
    in_vain: list[str] = field(default_factory=list, kw_only=True)
    asked: list[bool] = field(default_factory=list, kw_only=True)

    def find(self, path: str, by: Used, ending: str = ENDING) -> Used | Refused:
        found = super().find(path, by, ending)
        way = os.path.join(os.path.dirname(by.place), path)
        if isinstance(found, Refused):
            self.in_vain.append(way)
            return found
        place = found.place
        known = place, digest(found.source.text)
        if self.read.setdefault(way, known) != known:
            self.in_vain.append(way)  # it has just been written: who knows which of the two was checked
        if self.named.setdefault(found.source.name, place) != place:
            self.in_vain.append(way)
        return found

    def is_used_by_others(self) -> bool:
        self.asked.append(self.answers.is_used(self.place))
        return self.asked[-1]

    def answer(self, source: Source, diagnostics: tuple[Diagnostic, ...]) -> Answer | None:
        """What was found, to be kept; None where it may be another one although nothing changes that was read."""
        if self.in_vain:
            return None
        named = {source.name: self.place, **self.named}
        parts = [part.name for _, part in source.parts] or [source.name]
        read = [(path, *known) for path, known in self.read.items()]
        files = [(name, named[name]) for name in parts]
        return Answer(list(map(_as_data, diagnostics)), files, read, self.asked[-1] if self.asked else None)


def source_of(name: str, text: str, answer: Answer, answers: Answers) -> Source:
    """The text that an answer is about, with those of the files that it uses."""
    used = [(other, answers.text(place)) for other, place in answer.files[1:]]
    return joined([Source(name, text), *(Source(other, known[0]) for other, known in used if known is not None)])


def diagnostics_of(answer: Answer) -> tuple[Diagnostic, ...]:
    return tuple(map(_from_data, answer.found))


def _as_data(each: Diagnostic) -> list[Any]:
    fix = None if each.fix is None else [*_pair(each.fix.span), each.fix.replacement]
    labels = [[*_pair(label.span), label.text] for label in (each.primary, *each.secondary)]
    return [each.code, each.message, labels, each.help, fix, each.severity]


def _pair(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _from_data(data: list[Any]) -> Diagnostic:
    code, message, labels, help_, fix, severity = data
    primary, *secondary = (Label(Span(start, end), text) for start, end, text in labels)
    mended = None if fix is None else Fix(Span(fix[0], fix[1]), fix[2])
    return Diagnostic(code, message, primary, tuple(secondary), help_, mended, severity)
