"""A report as lines for a terminal or a log."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from dsl.diagnostics.inert import inert
from dsl.differences import wording
from dsl.differences.changes import Change
from dsl.differences.report import Comparison, FlowReport, Report

WIDTH = 100
MARGIN = 12
MOST_LINES = 16
"""Of one text of several lines that has changed."""

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
            yield f"{' ' * (MARGIN + 2)}{paint(f'{mark} {_cut(inert(text), width - MARGIN - 4)}', role)}".rstrip()
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
            found += [("-", line) for line in old[i:j]] + [("+", line) for line in new[k:m]]
    more = len(found) - MOST_LINES
    return found if more <= 0 else [*found[:MOST_LINES], (" ", f"… {more} lines more")]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= max(width, 20) else f"{text[: max(width, 20) - 1]}…"


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
