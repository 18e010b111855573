"""Source text and places in it. The only module that does arithmetic on lines and columns.

A `Span` holds offsets in code points; it is cheap, has no reference to its text, and takes no part in equality.
Lines and columns are computed from a `Source` only when someone is shown a place.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from dsl.dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range `[start, end)` of code points in one source."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count: line and column from 1; `utf16` is the column from 0 that editors use."""

    line: int
    column: int
    utf16: int


@dataclass(frozen=True)
class Source:
    """One text with the name it is shown under (a path, or `<stdin>`).

    Files that are linked are one source too: their texts one after the other, so that an offset says also in which of
    them it is. `parts` are they, each with its first offset; a source that is one file has none.
    """

    name: str
    text: str
    parts: tuple[tuple[int, "Source"], ...] = field(default=(), compare=False, repr=False)

    def at(self, offset: int) -> tuple["Source", int]:
        """The file of `offset`, and its own offset there."""
        if not self.parts:
            return self, offset
        start, part = self.parts[max(0, bisect_right(self.parts, offset, key=lambda each: each[0]) - 1)]
        return part, offset - start

    def within(self, span: Span) -> tuple["Source", Span]:
        """The file of `span`, and its own span there."""
        part, start = self.at(span.start)
        return part, Span(start, start + span.end - span.start)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        return (0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1]))

    def line_start(self, offset: int) -> int:
        """Where the line of `offset` begins."""
        return self.line_starts[bisect_right(self.line_starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of `offset` ends, without its line break."""
        line = bisect_right(self.line_starts, offset)
        return self.line_starts[line] - 1 if line < len(self.line_starts) else len(self.text)

    def position(self, offset: int) -> Position:
        """In the file of `offset`."""
        if self.parts:
            part, offset = self.at(offset)
            return part.position(offset)
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.line_starts, offset)
        start = self.line_starts[line - 1]
        before = self.text[start:offset]
        return Position(line, offset - start + 1, len(before.encode("utf-16-le", "surrogatepass")) // 2)

    def line(self, number: int) -> str:
        """The text of a line (counted from 1), without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]


def joined(files: list[Source]) -> Source:
    """Files as one source, shown under the name of the first."""
    parts: list[tuple[int, Source]] = []
    start = 0
    for file in files:
        parts.append((start, file))
        start += len(file.text) + 1
    return Source(files[0].name, "\n".join(file.text for file in files), tuple(parts) if len(files) > 1 else ())


class Damage:
    """Stretches of a text, asked for quickly whether they touch another one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans: list[Span] = []
        for span in sorted(spans, key=lambda each: each.start):
            if self.spans and span.start <= self.spans[-1].end:
                self.spans[-1] = self.spans[-1].to(span)
            else:
                self.spans.append(span)
        self._starts = [span.start for span in self.spans]

    def touches(self, span: Span) -> bool:
        """Whether any stretch has a place in common with `span`, ends included."""
        return self.index(span) is not None

    def index(self, span: Span) -> int | None:
        """Which stretch touches `span`: the last, when several do."""
        at = bisect_right(self._starts, span.end) - 1
        return at if at >= 0 and self.spans[at].end >= span.start else None
