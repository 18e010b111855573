"""Cases of checks: flows whose expected diagnostics stand at the end of the line that each begins on.

    if vredict.ok { … }  # error SF101 there is no name `vredict`

is an error with that code whose message contains those words; ` | ` stands between a message and its help, where both
are looked at. A line may hold several. That a file has more than one main flow is only looked at where SF106 itself is
tested: otherwise a case may have as many flows as it likes. So it is with a `let`, a declaration and a parameter that
nobody uses.

Beside a case stand its places: line and columns of what each diagnostic is about, and below it those of its second
places, with what they say, what it says to do, and what an editor would write where.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dsl.analysis import analyse
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.source import Source

_IDLE = re.compile(r"nobody uses `\w+`")
FOLDER = Path(__file__).parents[1] / "cases" / "checks"
_EXPECTATION = re.compile(r"# (error|warning) (SF\d{3})(?: (.*?))?(?= # (?:error|warning) SF|$)")


@dataclass(frozen=True, order=True)
class Expected:
    line: int
    severity: str
    code: str
    words: str


def files() -> list[Path]:
    return sorted(FOLDER.rglob("*.flow"))


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


def read(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


def expected(source: Source) -> list[Expected]:
    return [
        Expected(number, severity, code, words.strip())
        for number, line in enumerate(source.text.splitlines(), 1)
        for severity, code, words in _EXPECTATION.findall(line)
    ]


def found(path: Path) -> list[Expected]:
    source = read(path)
    return [_seen(source, each) for each in _shown(path)]


@cache
def _shown(path: Path) -> list[Diagnostic]:
    told = analyse(read(path)).diagnostics
    shown = [each for each in told if each.code not in ("SF106", "SF608", "SF611") or path.parent.name == each.code]
    return [each for each in shown if path.parent.name == "SF603" or not _IDLE.fullmatch(each.message)]


def places_file(path: Path) -> Path:
    return path.with_suffix(".places")


def places(path: Path) -> str:
    """Where the diagnostics of a case stand, as its file of places has it."""
    source = read(path)
    lines = []
    for each in _shown(path):
        lines.append(f"{_place(source, each.primary)} {each.code}")
        lines += [f"  {_place(source, label)} {label.text}".rstrip() for label in each.secondary]
        lines += [f"  help: {each.help}"] if each.help is not None else []
        if each.fix is not None:
            lines.append(f"  fix: {_place(source, Label(each.fix.span))} {each.fix.replacement!r}")
    return "".join(f"{line}\n" for line in lines)


def _place(source: Source, label: Label) -> str:
    start, end = source.position(label.span.start), source.position(label.span.end)
    over = "" if end.line == start.line else f"{end.line}:"
    return f"{start.line}:{start.column}-{over}{end.column}"


def _seen(source: Source, diagnostic: Diagnostic) -> Expected:
    line = source.position(diagnostic.primary.span.start).line
    return Expected(line, diagnostic.severity, diagnostic.code, f"{diagnostic.message} | {diagnostic.help}")
