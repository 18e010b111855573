"""Diagnostics for the services that a team works with: GitHub's annotations, SARIF 2.1.0, and JUnit's XML.

- GitHub: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
- SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
- JUnit: the format that its Ant task writes, which CI services read; a file is a test case.
"""

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.frame import frame
from dsl.diagnostics.inert import inert, inert_json
from dsl.diagnostics.problems import Problems
from dsl.source import Source, Span

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def github_commands(problems: Problems) -> str:
    """A workflow command for each problem: GitHub shows it at its line."""
    return "".join(f"{_command(source, each)}\n" for source, found in problems for each in found)


def sarif_log(problems: Problems) -> str:
    """One log with one run. Columns count characters, as everywhere here."""
    codes = sorted({each.code for _, found in problems for each in found})
    rules = [{"id": code, "shortDescription": {"text": CODES[code]}, "help": _help(code)} for code in codes]
    results = [_result(source, each, codes) for source, found in problems for each in found]
    driver = {"name": "dsl check", "rules": rules}
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return inert_json(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def junit_suites(problems: Problems) -> str:
    """A test case for each file, which fails with its errors; warnings are what it has printed."""
    failed = sum(any(each.severity == "error" for each in found) for _, found in problems)
    cases = "".join(_case(source, found) for source, found in problems)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites>\n<testsuite name="dsl check" tests="{len(problems)}" failures="{failed}" errors="0" skipped="0"'
        f' time="0">\n'
        f"{cases}</testsuite>\n</testsuites>\n"
    )


# -- GitHub


def _command(source: Source, each: Diagnostic) -> str:
    file, span = source.within(each.primary.span)
    start, end = file.position(span.start), file.position(span.end)
    properties = {"file": file.name, "line": start.line, "col": start.column, "endLine": end.line}
    if end.line == start.line:
        properties["endColumn"] = end.column
    properties["title"] = f"{each.code}: {CODES[each.code]}"
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    words = each.message if each.help is None else f"{each.message}\nhelp: {each.help}"
    return f"::{each.severity} {told}::{_data(words)}"


def _data(text: str) -> str:
    return "%0A".join(inert(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# -- SARIF


def _result(source: Source, each: Diagnostic, codes: list[str]) -> dict[str, Any]:
    words = each.message if each.help is None else f"{each.message}\n{each.help}"
    result: dict[str, Any] = {
        "ruleId": each.code,
        "ruleIndex": codes.index(each.code),
        "level": each.severity,
        "message": {"text": words},
        "locations": [_location(source, each.primary)],
    }
    if each.secondary:
        result["relatedLocations"] = [
            {"id": number, **_location(source, label)} for number, label in enumerate(each.secondary, start=1)
        ]
    if each.fix is not None:
        result["fixes"] = [_fix(source, each.fix, each.help)]
    return result


def _location(source: Source, label: Label) -> dict[str, Any]:
    file, span = source.within(label.span)
    physical = {"artifactLocation": {"uri": _uri(file.name)}, "region": _region(file, span)}
    return {"physicalLocation": physical, **({"message": {"text": label.text}} if label.text else {})}


def _region(file: Source, span: Span) -> dict[str, int]:
    start, end = file.position(span.start), file.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(source: Source, fix: Fix, help: str | None) -> dict[str, Any]:
    file, span = source.within(fix.span)
    change = {
        "artifactLocation": {"uri": _uri(file.name)},
        "replacements": [{"deletedRegion": _region(file, span), "insertedContent": {"text": fix.replacement}}],
    }
    return {**({"description": {"text": help}} if help else {}), "artifactChanges": [change]}


def _uri(name: str) -> str:
    return quote(PurePath(name).as_posix())


def _help(code: str) -> dict[str, str]:
    return {"text": f"dsl explain {code}"}


# -- JUnit


def _case(source: Source, found: Sequence[Diagnostic]) -> str:
    errors = [each for each in found if each.severity == "error"]
    warnings = [each for each in found if each.severity != "error"]
    inside = ""
    if errors:
        words = quoteattr(inert(errors[0].message))
        inside += f"<failure message={words} type={quoteattr(errors[0].code)}>{_frames(source, errors)}</failure>\n"
    if warnings:
        inside += f"<system-out>{_frames(source, warnings)}</system-out>\n"
    name = quoteattr(inert(source.at(0)[0].name))
    return f'<testcase classname="dsl check" name={name} time="0">\n{inside}</testcase>\n'


def _frames(source: Source, found: Sequence[Diagnostic]) -> str:
    return escape("\n\n".join(frame(source, each) for each in found))
