"""What services of teams read: GitHub's annotations, SARIF, JUnit."""

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.problems import Problems
from dsl.diagnostics.reports import FORMATS, PLAIN
from dsl.source import Source, Span
from tests.live.other_servers import MODULES, needed

SARIF_SCHEMA = MODULES / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"
ONE = Source("flows/a, b.flow", "let\n  x\n")
CLEAN = Source("clean.flow", "edition 1\n")
ERROR = Diagnostic(
    "SF101",
    "no `x` at 100 %\nof <all>",
    Label(Span(6, 7)),
    (Label(Span(0, 3), "here"),),
    "give it",
    Fix(Span(6, 7), "y"),
)
WARNING = Diagnostic("SF603", "un\u202eused", Label(Span(0, 8)), severity="warning")
PROBLEMS: Problems = [(ONE, (ERROR, WARNING)), (CLEAN, ())]


def test_github_shows_each_at_its_line() -> None:
    first, second = FORMATS["github"](PROBLEMS, PLAIN).splitlines()
    assert first == (
        f"::error file=flows/a%2C b.flow,line=2,col=3,endLine=2,endColumn=4,title=SF101%3A {CODES['SF101']}"
        "::no `x` at 100 %25%0Aof <all>%0Ahelp: give it"
    )
    assert second.startswith("::warning file=flows/a%2C b.flow,line=1,col=1,endLine=3,title=SF603%3A ")
    assert second.endswith("::un\\u202eused")


def test_no_text_of_others_makes_a_command_of_its_own() -> None:
    hostile = Diagnostic("SF101", "no\r\n::set-output name=a::b", Label(Span(0, 1)))
    lines = FORMATS["github"]([(ONE, (hostile,))], PLAIN).splitlines()
    assert [line[:8] for line in lines] == ["::error "]


def test_sarif_says_all_there_is() -> None:
    log = json.loads(FORMATS["sarif"](PROBLEMS, PLAIN))
    (run,) = log["runs"]
    first, second = run["results"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SF101", "SF603"]
    assert [(result["ruleIndex"], result["level"]) for result in (first, second)] == [(0, "error"), (1, "warning")]
    assert place(first["locations"][0]) == ("flows/a%2C%20b.flow", (2, 3, 2, 4))
    assert place(first["relatedLocations"][0]) == ("flows/a%2C%20b.flow", (1, 1, 1, 4))
    (change,) = first["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"] == {"text": "y"}
    assert region(replacement["deletedRegion"]) == (2, 3, 2, 4)
    assert "fixes" not in second


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    (run,) = json.loads(FORMATS["sarif"]([(CLEAN, ())], PLAIN))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("problems", [PROBLEMS, [(CLEAN, ())], []])
class TestSchema:
    """OASIS's schema of SARIF 2.1.0, which comes with a package."""

    pytestmark = needed(SARIF_SCHEMA)

    def test_sarif_is_what_its_schema_says(self, problems: Problems) -> None:
        schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))
        log = json.loads(FORMATS["sarif"](problems, PLAIN))
        assert [error.message for error in Draft4Validator(schema).iter_errors(log)] == []
        log["runs"][0]["columnKind"] = "bytes"
        assert not Draft4Validator(schema).is_valid(log)


def test_junit_has_a_case_for_each_file() -> None:
    suite = ET.fromstring(FORMATS["junit"](PROBLEMS, PLAIN)).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failing, clean = suite.findall("testcase")
    failure = failing.find("failure")
    assert failure is not None
    assert (failing.get("name"), failure.get("type"), len(clean)) == ("flows/a, b.flow", "SF101", 0)
    assert "of <all>" in (failure.text or "")
    assert "SF603" in (failing.findtext("system-out") or "")


@dataclass(frozen=True)
class Allowed:
    """What an element has to have, may have, and holds, in this order."""

    required: frozenset[str]
    optional: frozenset[str]
    inside: tuple[str, ...]


def _allowed(required: str, optional: str, inside: str = "") -> Allowed:
    return Allowed(frozenset(required.split()), frozenset(optional.split()), tuple(inside.split()))


READERS = {
    "Maven Surefire 3": {
        "testsuite": _allowed("name time tests errors skipped failures", "group", "properties testcase"),
        "testcase": _allowed(
            "name time", "classname group", "failure rerunFailure skipped error rerunError system-out system-err"
        ),
        "failure": _allowed("type", "message"),
        "system-out": _allowed("", ""),
    },
    "Jenkins (xUnit)": {
        "testsuites": _allowed("", "name time tests failures disabled errors", "testsuite"),
        "testsuite": _allowed(
            "name", "tests failures errors group time skipped timestamp hostname id package file", "testcase"
        ),
        "testcase": _allowed(
            "name", "assertions time classname status class file line", "skipped error failure system-out system-err"
        ),
        "failure": _allowed("", "type message"),
        "system-out": _allowed("", ""),
    },
}
"""What two readers say in their schemas of what we write, written down anew: element by element."""


@pytest.mark.parametrize("reader", READERS)
def test_junit_is_as_those_who_read_it_have_said(reader: str) -> None:
    root = ET.fromstring(FORMATS["junit"](PROBLEMS, PLAIN))
    known = READERS[reader]
    tops = [root] if root.tag in known else list(root)
    for element in (each for top in tops for each in top.iter()):
        allowed = known[element.tag]
        has = set(element.attrib)
        assert allowed.required <= has <= allowed.required | allowed.optional, element.tag
        order = [allowed.inside.index(each.tag) for each in element]
        assert order == sorted(order), element.tag
        assert all(element.attrib[name].isdigit() for name in has & {"tests", "failures", "errors", "skipped", "time"})


def place(location: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], region(physical["region"])


def region(region: dict[str, int]) -> tuple[int, ...]:
    return region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]
