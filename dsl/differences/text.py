"""A report as lines for a terminal or a log."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from textwrap import wrap

from dsl.diagnostics.inert import inert
from dsl.differences import wording
from dsl.differences.changes import Change
from dsl.differences.report import Comparison, FlowReport, Report

WIDTH = 100
MARGIN = 12
MOST_LINES = 16
"""Of one text of several lines that has changed."""
MOST_ROWS = 6
"""For one line of it."""
LONG, AROUND = 200, 40
"""Characters: a line that is longer is shown where it differs, with so many around."""

Paint = Callable[[str, str], str]
"""From a text and what it is (`breaking`, `weaker`, `stronger`, `head`, `gone`, `come`) to the text as it is shown."""


def plainly(text: str, role: str) -> str:
    return text


def lines(of: Comparison, paint: Paint = plainly, width: int = WIDTH) -> Iterator[str]:
    if len(of.reports) > 1:
        yield paint(wording.overview(of), of.verdict)
    for number, report in enumerate(of.told):
        if number or len(of.reports) > 1:
            yield ""
        yield from _report(report, paint, width)
    yield from _pinned(of, paint)


def _report(report: Report, paint: Paint, width: int) -> Iterator[str]:
    yield inert(f"{report.old.name} → {report.new.name}")
    yield paint(wording.summary(report), report.verdict)
    for (of, name), changes in wording.groups(report.changes).items():
        yield ""
        yield paint(inert(wording.heading(of, name)), "head")
        for each in changes:
            yield from _change(each, paint, width)
    if report.follows:
        yield ""
        yield paint("what follows", "head")
        for each in report.follows:
            yield from _change(each, paint, width)
    if report.flows:
        yield ""
        yield paint("flows", "head")
        for flow in report.flows:
            yield from _flow(flow)
        if report.same:
            yield inert(f"  as they were: {', '.join(report.same)}")
    if (note := wording.without_text(report)) is not None:
        yield inert(f"  {note}")
    yield from _waits(report, paint)


def _change(change: Change, paint: Paint, width: int) -> Iterator[str]:
    word = wording.WORDS[change.weight]
    margin = f"  {paint(word, change.weight)}{' ' * (MARGIN - 2 - len(word))}"
    subject = inert(wording.subject(change))
    before, after = wording.values(change)
    line = _on_one_line(subject, before, after, change.verb == "renamed")
    if line is not None and len(line) + MARGIN <= width:
        yield f"{margin}{line}".rstrip()
    else:
        yield f"{margin}{subject}".rstrip()
        for mark, text in changed_lines(before, after):
            role = {"-": "gone", "+": "come"}.get(mark, "same")
            for at, row in enumerate(_rows(inert(text), max(width - MARGIN - 4, 20))):
                line = f"{mark if at == 0 else ' '} {row}"
                yield f"{' ' * (MARGIN + 2)}{paint(line, role)}".rstrip()
    if (why := wording.reason(change)) is not None:
        yield f"{' ' * (MARGIN + 2)}{inert(why)}"


def _on_one_line(subject: str, before: str | None, after: str | None, renamed: bool) -> str | None:
    """None where a value has lines of its own."""
    if any(text is not None and "\n" in text for text in (before, after)):
        return None
    if before is None and after is None:
        return subject
    if before is None or after is None:
        return f"{subject}: {inert(before or after or '')}"
    return f"{subject}: {inert(before)} → {inert(after)}"


def changed_lines(before: str | None, after: str | None) -> list[tuple[str, str]]:
    """Each with `-`, `+` or a blank; of what is the same, one line on each side."""
    old, new = ([] if text is None else text.split("\n") for text in (before, after))
    found: list[tuple[str, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            same = [(" ", line) for line in old[i:j]]
            found += same if len(same) <= 2 else [same[0], (" ", "…"), same[-1]]
        else:
            found += _marked(old[i:j], new[k:m])
    more = len(found) - MOST_LINES
    return found if more <= 0 else [*found[:MOST_LINES], (" ", f"… {more} lines more")]


def _marked(gone: list[str], come: list[str]) -> list[tuple[str, str]]:
    """Of two lines that are long, only what differs."""
    if len(gone) == len(come) == 1 and min(len(gone[0]), len(come[0])) > LONG:
        one, other = focused(gone[0], come[0])
        gone, come = [one], [other]
    return [("-", line) for line in gone] + [("+", line) for line in come]


def _rows(text: str, width: int) -> list[str]:
    """A line, on as many as it needs."""
    rows = wrap(text, width, drop_whitespace=False, break_on_hyphens=False) or [""]
    return rows if len(rows) <= MOST_ROWS else [*rows[:MOST_ROWS], "…"]


def focused(before: str, after: str) -> tuple[str, str]:
    """Two long lines without what both begin and end with, but for a few words of it."""
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    start, end = max(0, first - AROUND), max(0, last - AROUND)
    return _middle(before, start, end), _middle(after, start, end)


def _alike(one: str, other: str) -> int:
    """How many characters at the beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (this, that) in enumerate(pairs) if this != that), min(len(one), len(other)))


def _middle(text: str, start: int, end: int) -> str:
    stop = len(text) - end
    return f"{'…' * (start > 0)}{text[start:stop]}{'…' * (end > 0)}"


def _flow(flow: FlowReport) -> Iterator[str]:
    yield inert(f"  {wording.flow_line(flow)}")
    if because := wording.because(flow):
        yield inert(f"      because of {because}")
    if flow.callers:
        yield inert(f"      called by {', '.join(flow.callers)}")
    rows = [
        (wording.cost_name(each), wording.cost_text(each, each.before), wording.cost_text(each, each.after))
        for each in flow.cost or ()
    ]
    if rows:
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        yield "      at most"
        for name, before, after in rows:
            yield f"        {name:<{widths[0]}}  {before:>{widths[1]}} → {after}"


def _waits(report: Report, paint: Paint) -> Iterator[str]:
    changed = [flow for flow in report.flows if flow.old is not None]
    if not changed:
        return
    yield ""
    yield paint("runs under way", "head")
    yield f"  {wording.PINNED}"
    for flow in changed:
        for wait in flow.waits:
            yield inert(f"  {flow.old}, {wording.wait_text(wait)}")


def _pinned(of: Comparison, paint: Paint) -> Iterator[str]:
    if of.runs is None:
        return
    yield ""
    yield paint(wording.pinned(of.runs), "head")
    for each in of.runs:
        yield inert(f"  {each.run}  flow {each.flow}, {each.hash[:12]}, since {each.started}")
