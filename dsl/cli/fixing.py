"""`dsl check --fix`: files mended by the fixes of what is wrong with them, one file after the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import click

from dsl.cli.checking import Checking, models_for
from dsl.cli.internal import blaming_ourselves
from dsl.cli.kept.answers import Answers
from dsl.cli.mending import Applied, Mended, as_bytes, mended
from dsl.cli.progress import shown
from dsl.cli.reading import Given, read
from dsl.cli.searching import STDIN
from dsl.cli.writing import show_diff, written
from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.inert import inert
from dsl.source import Source

LONGEST = 60
"""Characters of a text that is shown as left out or put in."""


@dataclass(frozen=True)
class Outcome:
    """`left`: severities of what is wrong afterwards; `failed`: files that could not be written."""

    changed: int
    failed: int
    left: Counter[str]


def fix(names: Sequence[str], answers: Answers, *, diff: bool) -> Outcome:
    """Mend the files, or (`diff`) show how they would be mended, and say how many of which code."""
    counts: Counter[str] = Counter()
    left: Counter[str] = Counter()
    changed = failed = 0
    checking = Checking(names, answers)
    for name, given, after in shown(_mended(names, checking), len(names)):
        left.update(each.severity for each in after.left)
        if not after.applied:
            continue
        if diff:
            show_diff(given.source.name, given.source.text, after.text)
        elif not written(name, given.data, as_bytes(given.data, given.source.text, after.text)):
            failed += 1
            continue
        changed += 1
        counts.update(each.code for each in after.applied)
        for each in after.applied:
            click.echo(_line(given.source.name, each), err=True)
    click.echo(_summary(counts, changed, diff=diff), err=True)
    return Outcome(changed, failed, left)


def _mended(names: Sequence[str], checking: Checking) -> Iterator[tuple[str, Given, Mended]]:
    for name in names:
        given = read(name)
        if given.unreadable is not None:
            yield name, given, Mended("", (), [given.unreadable])
            continue
        source, found = checking.check_given(name, given)
        if given.form is not None:
            said = "a definition as data is not mended: mend its text, and compile that"
            click.echo(f"{inert(given.source.name)}: {said}", err=True)
            yield name, given, Mended("", (), found)
            continue
        with blaming_ourselves(source):
            yield name, given, mended(given.source.text, found, partial(_check, given.source.name))


def _check(name: str, text: str) -> Sequence[Diagnostic]:
    from dsl.analysis import analyse
    from dsl.linking.files import files_of

    return analyse(Source(name, text), models_for(name), files_of(name)).diagnostics


def _line(name: str, applied: Applied) -> str:
    before, after = _short(applied.before), _short(applied.after)
    change = f"{before} → {after}" if applied.before and applied.after else f"{after} put in"
    change = change if applied.after else f"{before} left out"
    return f"{inert(name)}:{applied.line}:{applied.column}: {applied.code} {change}"


def _short(text: str) -> str:
    return f"`{inert(text[:LONGEST])}{'…' if len(text) > LONGEST else ''}`"


def _summary(counts: Counter[str], changed: int, *, diff: bool) -> str:
    """`3 problems mended in 2 files: 2 SF101, 1 SF609`."""
    number = counts.total()
    problems = "1 problem" if number == 1 else f"{number} problems"
    if number == 0:
        return "nothing to mend"
    files = "1 file" if changed == 1 else f"{changed} files"
    each = ", ".join(f"{count} {code}" for code, count in sorted(counts.items()))
    return f"{problems} {'would be mended' if diff else 'mended'} in {files}: {each}"


def refuse_standard_input(names: Sequence[str]) -> None:
    """It has no file to be written."""
    if STDIN in names:
        raise click.UsageError("`-` is no file that could be mended: `--fix --diff` shows how it would be")
