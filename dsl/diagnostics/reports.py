"""Diagnostics in each format that they are shown in. A report is the text for one source; the caller joins them."""

import json
from collections.abc import Callable
from typing import Any

from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.frame import PLAIN, Style, frame
from dsl.diagnostics.inert import inert, inert_json
from dsl.diagnostics.problems import Problems
from dsl.source import Source, Span

VERSION = 1
"""Of the JSON document; it changes when a program that reads it would have to."""


def text(problems: Problems, style: Style = PLAIN) -> str:
    """Frames, an empty line after each."""
    return "".join(f"{frame(source, each, style)}\n\n" for source, found in problems for each in found)


def concise(problems: Problems, _style: Style = PLAIN) -> str:
    """`path:line:column: CODE message`, one line for each."""
    return "".join(f"{_concise_line(source, each)}\n" for source, found in problems for each in found)


def as_json(problems: Problems, _style: Style = PLAIN) -> str:
    """One JSON document, as `schemas/diagnostics.json` describes it."""
    found = [as_data(source, each) for source, diagnostics in problems for each in diagnostics]
    return inert_json(json.dumps({"version": VERSION, "diagnostics": found}, indent=2, ensure_ascii=False)) + "\n"


def github(problems: Problems, _style: Style = PLAIN) -> str:
    from dsl.diagnostics.annotations import github_commands

    return github_commands(problems)


def sarif(problems: Problems, _style: Style = PLAIN) -> str:
    from dsl.diagnostics.annotations import sarif_log

    return sarif_log(problems)


def junit(problems: Problems, _style: Style = PLAIN) -> str:
    from dsl.diagnostics.annotations import junit_suites

    return junit_suites(problems)


FORMATS: dict[str, Callable[[Problems, Style], str]] = {
    "text": text,
    "concise": concise,
    "json": as_json,
    "github": github,
    "sarif": sarif,
    "junit": junit,
}
ONE_BY_ONE = ("text", "concise", "github")
"""Those that are made of lines: reports of several files are those of each, one after the other."""


def as_data(source: Source, diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain data."""
    return {
        "file": source.at(diagnostic.primary.span.start)[0].name,
        "code": diagnostic.code,
        "title": CODES[diagnostic.code],
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "primary": _label(source, diagnostic.primary),
        "secondary": [_second(source, diagnostic.primary, label) for label in diagnostic.secondary],
        "help": diagnostic.help,
        "fix": _fix(source, diagnostic.fix),
    }


def in_words(errors: int, warnings: int, files: int) -> str:
    """`2 errors and 1 warning in 3 files`."""
    counts = [_count(errors, "error")] if errors else []
    counts += [_count(warnings, "warning")] if warnings else []
    return f"{' and '.join(counts) or 'no problems'} in {_count(files, 'file')}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _concise_line(source: Source, diagnostic: Diagnostic) -> str:
    position = source.position(diagnostic.primary.span.start)
    name = source.at(diagnostic.primary.span.start)[0].name
    return inert(f"{name}:{position.line}:{position.column}: {diagnostic.code} {diagnostic.message}")


def _label(source: Source, label: Label) -> dict[str, Any]:
    return {"span": _span(source, label.span), "text": label.text}


def _second(source: Source, primary: Label, label: Label) -> dict[str, Any]:
    """With its file, where that is another one than that of the problem."""
    file = source.at(label.span.start)[0]
    other = {} if file is source.at(primary.span.start)[0] else {"file": file.name}
    return {**other, **_label(source, label)}


def _fix(source: Source, fix: Fix | None) -> dict[str, Any] | None:
    return None if fix is None else {"span": _span(source, fix.span), "replacement": fix.replacement}


def _span(source: Source, span: Span) -> dict[str, Any]:
    source, span = source.within(span)
    start, end = source.position(span.start), source.position(span.end)
    return {
        "offset": span.start,
        "length": span.end - span.start,
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }
