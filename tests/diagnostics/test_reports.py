"""The formats for people and programs, and the schema of the one that programs read."""

import json

import jsonschema

from dsl.diagnostics import schema
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.frame import PLAIN
from dsl.diagnostics.reports import FORMATS, as_json, concise, in_words, text
from dsl.source import Source, Span

ONE = Source("a.flow", "let\n  x\n")
TWO = Source("b.flow", "é")
ERROR = Diagnostic("SF101", "no `x`", Label(Span(6, 7)), (Label(Span(0, 3), "here"),), "give it", Fix(Span(6, 7), "y"))
WARNING = Diagnostic("SF603", "unused", Label(Span(0, 1)), severity="warning")
PROBLEMS = [(ONE, (ERROR, WARNING)), (TWO, (WARNING,))]


def test_concise_is_a_line_for_each() -> None:
    assert concise(PROBLEMS) == (
        "a.flow:2:3: SF101 no `x`\n"
        "a.flow:1:1: SF603 unused\n"
        "b.flow:1:1: SF603 unused\n"
    )  # fmt: skip


def test_text_is_a_frame_for_each() -> None:
    assert text(PROBLEMS).count("\n\n") == 3
    assert text([(ONE, ())]) == ""


def test_json_says_all_there_is() -> None:
    document = json.loads(as_json(PROBLEMS))
    first = document["diagnostics"][0]
    assert first["primary"]["span"] == {
        "offset": 6,
        "length": 1,
        "start": {"line": 2, "column": 3},
        "end": {"line": 2, "column": 4},
    }
    assert (first["file"], first["code"], first["title"]) == ("a.flow", "SF101", CODES["SF101"])
    assert (first["secondary"][0]["text"], first["help"], first["fix"]["replacement"]) == ("here", "give it", "y")
    assert document["diagnostics"][2]["file"] == "b.flow"


def test_json_fits_its_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema.diagnostics_schema())
    document = json.loads(as_json(PROBLEMS))
    assert [error.message for error in validator.iter_errors(document)] == []
    for broken in ({"version": 2}, {"diagnostics": [{}]}, {"more": 1}):
        assert not validator.is_valid(document | broken)


def test_the_schema_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run python -m dsl.diagnostics.schema"


def test_the_summary_counts() -> None:
    assert in_words(1, 2, 2) == "1 error and 2 warnings in 2 files"
    assert in_words(0, 0, 1) == "no problems in 1 file"


def test_no_problems_are_an_empty_report() -> None:
    assert [name for name, form in FORMATS.items() if form([], PLAIN)] == ["json", "sarif", "junit"]
    assert json.loads(FORMATS["json"]([], PLAIN))["diagnostics"] == []
