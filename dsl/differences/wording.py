"""Changes, costs and waits in words, the same for every writer. Who writes them out makes inert what others wrote."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from dsl.differences.changes import Change, Weight
from dsl.differences.costing import ROWS, Cost
from dsl.differences.report import Comparison, FlowReport, PinnedRun, Report
from dsl.differences.waits import Wait
from dsl.planning.page import money, time

PINNED = "A run keeps the definition that it was started with: no run that is under way changes."
LAYOUT = "nothing but layout"


def summary(report: Report) -> str:
    """One line: the verdict, and how much there is of each weight."""
    verdict = report.verdict
    if verdict == "layout":
        return f"{LAYOUT}: every flow means what it meant"
    counts = dict.fromkeys(("breaking", "weaker", "stronger", "compatible"), 0)
    for each in (*report.changes, *report.follows):
        counts[each.weight] += 1
    said = [
        _count(counts["breaking"], "has to be followed by others", "have to be followed by others"),
        _count(counts["weaker"], "makes a promise weaker", "make a promise weaker"),
        _count(counts["stronger"], "makes one stronger", "make one stronger"),
        _count(counts["compatible"], "is compatible", "are compatible"),
    ]
    return f"{verdict}: {', '.join(each for each in said if each)}"


def overview(of: Comparison) -> str:
    """Of several files."""
    changed = len(of.told)
    same = len(of.reports) - changed
    if not changed:
        return f"{LAYOUT}: every flow of {same} files means what it meant"
    rest = f", {same} as {'it was' if same == 1 else 'they were'}" if same else ""
    return f"{of.verdict}: {changed} {'file has' if changed == 1 else 'files have'} changed{rest}"


def pinned(runs: Sequence[PinnedRun]) -> str:
    if not runs:
        return "no run under way keeps an old definition"
    return "1 run keeps its old definition" if len(runs) == 1 else f"{len(runs)} runs keep their old definitions"


def _count(number: int, one: str, several: str) -> str:
    return "" if number == 0 else f"{number} {one if number == 1 else several}"


def heading(of: str, name: str) -> str:
    return "the whole file" if of == "file" else f"{of} {name}"


def groups(changes: Iterable[Change]) -> dict[tuple[str, str], list[Change]]:
    """By declaration, in the order in which they come."""
    found: dict[tuple[str, str], list[Change]] = {}
    for each in changes:
        found.setdefault((each.of, each.name), []).append(each)
    return found


def subject(change: Change) -> str:
    """What has changed, up to the values: `step case: argument to`, `removed`, `renamed`."""
    parts = [change.label] if change.label and change.label != change.what else []
    match change.verb:
        case "renamed":
            parts.append(f"{change.what} renamed".lstrip())
        case "moved":
            parts.append(f"{change.what} changed" if change.what else "moved")
        case "added" | "removed" if change.follows:
            parts.append(f"{change.what} {'now' if change.verb == 'added' else 'no more'}")
        case "added" | "removed":
            parts.append(f"{change.what} {change.verb}".lstrip())
        case "changed" if change.before is None and change.after is None:
            parts.append(f"{change.what} no longer the same" if not change.why else change.what)
        case _:
            parts.append(change.what)
    return ": ".join(parts)


def in_a_line(change: Change) -> str:
    """All of it, but for values that have lines of their own."""
    before, after = (None if each is not None and "\n" in each else each for each in values(change))
    said = subject(change)
    if before is not None and after is not None:
        return f"{said}: {before} → {after}"
    return said if before is None and after is None else f"{said}: {before or after}"


def values(change: Change) -> tuple[str | None, str | None]:
    """What is shown of before and after; what follows says it in its subject already."""
    if change.follows:
        return None, None
    before, after = (None if each == change.label else each for each in (change.before, change.after))
    return before, after


def reason(change: Change) -> str | None:
    flows = (
        f"flow{'s' * (len(change.flows) > 1)} {', '.join(change.flows)}" if change.of == "file" and change.flows else ""
    )
    return ": ".join(each for each in (flows, change.why) if each) or None


WORDS: dict[Weight, str] = {"breaking": "BREAKING", "weaker": "weaker", "stronger": "stronger", "compatible": ""}


# -- flows


def flow_line(flow: FlowReport) -> str:
    if flow.old is None:
        return f"flow {flow.new} is new, {_short(flow.new_hash)}"
    if flow.new is None:
        return f"flow {flow.old} is gone, {_short(flow.old_hash)}"
    name = flow.new if flow.old == flow.new else f"{flow.new}, which was {flow.old},"
    return f"flow {name} {_short(flow.old_hash)} → {_short(flow.new_hash)}"


def _short(hash_: str | None) -> str:
    return (hash_ or "")[:12]


def because(flow: FlowReport) -> str:
    """The declarations of others by which it is another."""
    others = [f"{of} {name}" for of, name in flow.because if (of, name) != ("flow", flow.new)]
    own = ("flow", flow.new) in flow.because
    return ", ".join([*(["itself"] if own and others else []), *others])


def cost_text(cost: Cost, value: int | Decimal | None) -> str:
    if value is None:
        return "?"
    if cost.of in ("time", "undo"):
        return time(int(value))
    if cost.of == "usd":
        return money(Decimal(value))
    return f"{value:,}"


def cost_name(cost: Cost) -> str:
    return ROWS[cost.of]


def wait_text(wait: Wait) -> str:
    if wait.why_not is None:
        return f"waiting at `{wait.label}`: could go on with the new definition"
    return f"waiting at `{wait.label}`: could not: {wait.why_not}"


def without_text(report: Report) -> str | None:
    names = report.without_text
    if not names:
        return None
    return f"{' and '.join(names)}: a definition without its text, so cost and sensitive data are not compared"
