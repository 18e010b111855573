"""A report as a comment on GitHub: what counts first, all else folded, and nothing that others wrote is markup.

Whatever comes from a flow stands between backticks, or inside a fence that is longer than any in it, on lines that we
have made. There a `@name`, a link, an image, a tag or a heading is text: GitHub mentions nobody in code, and a code
span ends only at as many backticks as it began with. What a terminal would obey is made inert first, so no line ends
early. A cell of a table ends at a `|` even in code, and a backslash before it does not always help: there is none.
"""

from collections.abc import Iterator

from dsl.diagnostics.inert import inert
from dsl.differences import wording
from dsl.differences.changes import Change, Verdict
from dsl.differences.report import Comparison, FlowReport, Report
from dsl.differences.text import changed_lines, focused
from dsl.regex import regex

MOST_SHOWN = 60_000
"""Characters: GitHub takes no longer comment than 65,536."""
MOST_OF_A_FOLD = 15_000
MOST_OF_A_CELL = 120
SIGNS: dict[str, str] = {"breaking": "🛑", "weaker": "⚠️", "stronger": "🔒", "compatible": "▫️"}
_BACKTICKS = regex("`+")


def markdown(of: Comparison) -> str:
    """At most so long as a comment may be; the sections that fit no more are left out, and that is said."""
    parts = list(_all_parts(of))
    text, left = parts[0], 0
    for part in parts[1:]:
        if len(text) + len(part) > MOST_SHOWN:
            left += 1
        else:
            text += part
    return text if left == 0 else f"{text}\n_{left} more parts do not fit here: `dsl diff` shows all._\n"


def _all_parts(of: Comparison) -> Iterator[str]:
    if len(of.reports) > 1:
        yield f"### {_sign(of.verdict)} {wording.overview(of).capitalize()}\n\n"
    for each in of.told:
        yield from _parts(each)
    if of.runs is not None:
        lines = [[f"- {code(each.run)}: {code(f'flow {each.flow}, {each.hash[:12]}')}"] for each in of.runs]
        yield _folded(wording.pinned(of.runs), len(of.runs), lines)


def _sign(verdict: Verdict) -> str:
    return "✅" if verdict == "layout" else SIGNS[verdict]


def _parts(report: Report) -> Iterator[str]:
    yield "\n".join(_head(report)) + "\n"
    for (of, name), changes in wording.groups(report.changes).items():
        yield _folded(wording.heading(of, name), len(changes), [list(_change(each)) for each in changes])
    if report.follows:
        yield _folded("what follows", len(report.follows), [list(_change(each)) for each in report.follows])
    if report.flows:
        rows = [list(_flow(flow)) for flow in report.flows]
        if report.same:
            rows.append(["", f"As they were: {', '.join(map(code, report.same))}"])
        yield _folded("flows, cost and runs under way", len(report.flows), rows)


def _head(report: Report) -> Iterator[str]:
    yield f"### {_sign(report.verdict)} {wording.summary(report).capitalize()}"
    yield ""
    yield f"{code(report.old.name)} → {code(report.new.name)}"
    heavy = [each for each in (*report.changes, *report.follows) if each.weight in ("breaking", "weaker")]
    if heavy:
        yield ""
        yield "| | where | what | why |"
        yield "|---|---|---|---|"
        for each in heavy:
            cells = (SIGNS[each.weight], _where(each), _what(each), "" if each.why is None else code(each.why))
            yield f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"
    if report.without_text:
        names = ", ".join(map(code, report.without_text))
        yield ""
        yield f"_Without its text, cost and sensitive data are not compared: {names}._"


def _where(change: Change) -> str:
    return "" if change.of == "file" else code(wording.heading(change.of, change.name))


def _what(change: Change) -> str:
    """On one line."""
    values = [code(each) for each in _short(*wording.values(change)) if each is not None]
    subject = code(wording.subject(change))
    return f"{subject}: {' → '.join(values)}" if values else subject


def _short(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """On one line each, and where they differ."""
    before, after = (None if each is None else " ".join(each.split()) for each in (before, after))
    if before is not None and after is not None and max(len(before), len(after)) > MOST_OF_A_CELL:
        before, after = focused(before, after)
    return _cut(before), _cut(after)


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MOST_OF_A_CELL else f"{text[: MOST_OF_A_CELL - 1]}…"


def _change(change: Change) -> Iterator[str]:
    before, after = wording.values(change)
    reason = wording.reason(change)
    why = f" — {code(reason)}" if reason is not None else ""
    if any(each is not None and ("\n" in each or len(each) > 80) for each in (before, after)):
        yield f"- {SIGNS[change.weight]} {code(wording.subject(change))}{why}"
        yield ""
        yield from fenced([f"{mark} {inert(line)}" for mark, line in changed_lines(before, after)])
        yield ""
    else:
        yield f"- {SIGNS[change.weight]} {_what(change)}{why}"


def _flow(flow: FlowReport) -> Iterator[str]:
    yield f"- {code(wording.flow_line(flow))}"
    if because := wording.because(flow):
        yield f"  - because of {code(because)}"
    if flow.callers:
        yield f"  - called by {', '.join(map(code, flow.callers))}"
    for each in flow.cost or ():
        before, after = wording.cost_text(each, each.before), wording.cost_text(each, each.after)
        yield f"  - {wording.cost_name(each)}, at most: {before} → {after}"
    if flow.old is not None:
        yield f"  - {wording.PINNED}"
    for wait in flow.waits:
        yield f"  - {code(wording.wait_text(wait))}"


def _folded(title: str, number: int, entries: list[list[str]]) -> str:
    """Of the entries, as many as fit: none is cut in the middle."""
    kept: list[str] = []
    size = 0
    for lines in entries:
        size += sum(map(len, lines))
        if size > MOST_OF_A_FOLD:
            kept.append(f"- … {len(entries) - len(kept)} more: `dsl diff` shows all")
            break
        kept.append("\n".join(lines))
    inside = "\n".join(kept)
    return f"\n<details><summary><code>{_escaped(title)}</code> ({number})</summary>\n\n{inside}\n\n</details>\n"


def _escaped(text: str) -> str:
    """In HTML, where Markdown does nothing."""
    text = inert(text)
    return "".join(each if each.isalnum() or each in " .,_-" else f"&#{ord(each)};" for each in text)


def code(text: str) -> str:
    """A span that nothing inside ends."""
    text = inert(text)
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) or not text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def fenced(lines: list[str]) -> Iterator[str]:
    longest = max((len(each) for line in lines for each in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"  {fence}diff"
    yield from (f"  {line}" for line in lines)
    yield f"  {fence}"
