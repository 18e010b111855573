"""A type that is called converts out of json and text, or says what else."""

from typing import Any

import pytest

from interpreter.simulation.world import Returns
from tests.heart.played import play

DECLARED = """edition 1
type Kind = "a" | "b"
type Page { title: text, size: int at most 9 = 1, score: number, next: text? }
type Pages = [Page at most 2]
type Prices = map[decimal]
type Maybe = Page?
type Word = text?
type Count = int?
"""

PAGE = {"title": "x", "score": 1, "more": True}
WHOLE = {"title": "x", "size": 1, "score": 1.0, "next": None}
CASES: dict[str, tuple[str, str, Any, Any]] = {
    "a record": ("Page", "Page(j)", PAGE, WHOLE),
    "a record that a text writes": ("Page", "Page(t)", '{"title": "x", "score": 1}', WHOLE),
    "a list": ("[Page]", "Pages(j)", [PAGE], [WHOLE]),
    "a map": ("map[decimal]", "Prices(j)", {"a": "0.10"}, {"a": "0.10"}),
    "digits of a decimal in a text": (
        "map[decimal]",
        "Prices(t)",
        '{"a": 12345678901234567.89}',
        {"a": "12345678901234567.89"},
    ),
    "a record that may be null": ("Page?", "Maybe(t)", '{"title": "x", "score": 1}', WHOLE),
    "null that a text writes": ("Page?", "Maybe(t)", "null", None),
    "the word null": ("text?", "Word(t)", "null", "null"),
    "an int that may be null": ("int?", "Count(t)", "7", 7),
    "an enumeration": ("Kind", "Kind(t)", "b", "b"),
    "an enumeration in json": ("Kind", "Kind(j)", "b", "b"),
    "another one": ("Kind", 'Kind(t, or: "a")', "z", "a"),
    "null": ("Page?", "Page(j, or: null)", {"title": 5}, None),
    "a bound that is broken": ("Page?", "Page(j, or: null)", {**PAGE, "size": 10}, None),
    "a time": ("time", "time(t)", "2026-11-21T09:13:00+01:00", "2026-11-21T08:13:00Z"),
    "a duration": ("duration", "duration(j)", "90s", "1m30s"),
    "a number": ("number", "number(t, or: 0)", "1.5", 1.5),
    "a zero": ("int", "int(t, or: 7)", "0", 0),
    "no number": ("int", "int(t, or: 7)", "x", 7),
    "a truth": ("bool", "bool(t)", "true", True),
    "optional-field-of-json": ("json", "j?.a?.b", {"c": 1}, None),
    "what is there": ("json", "j?.a?.b", {"a": {"b": 2}}, 2),
}


@pytest.mark.parametrize("name", CASES)
def test_a_conversion(name: str) -> None:
    returns, expression, given, expected = CASES[name]
    text = f'{DECLARED}flow main(j: json = null, t: text = "") -> {returns} {{ return {expression} }}'
    run = play(text, {}, input={"j" if "(j" in expression or "j?" in expression else "t": given})
    assert run.outcome == "completed", run.failure
    assert repr(run.value) == repr(expected)


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("Page(j).title", {"title": "x"}),
        ("Kind(text(j))", "z"),
        ("text(time(text(j)))", "yesterday"),
        ("Page(j).title", None),
    ],
)
def test_what_does_not_fit_fails(expression: str, given: Any) -> None:
    run = play(f"{DECLARED}flow main(j: json) -> text {{ return {expression} }}", {}, input={"j": given})
    assert (run.outcome, run.failure.kind) == ("failed", "ExpressionFailed")
    assert isinstance(run.failure.details, dict)
    assert run.failure.details["reason"] == "InvalidArgument"


@pytest.mark.parametrize("declared", [", order_key: text", ', order_key: text = "none"', ""])
def test_key_as_a_declared_parameter(declared: str) -> None:
    """It is filled in where it is required, has a default or is not declared; its undo reads a declared one."""
    undone_by = "order_key" if declared else "result.id"
    text = f"""edition 1
    tool open(subject: text{declared}) -> {{ id: text }} write keyed {{
      key as order_key
      compensate close(id: {undone_by})
    }}
    tool close(id: text) idempotent
    flow main() -> text {{ step c = open(subject: "a") fail c.id }}
    """
    run = play(text, {"open": [Returns({"id": "7"})], "close": [Returns(None)]})
    assert (run.outcome, run.failure.message, run.ledger) == ("failed", "7", {"c": "undone"})
    (entry,) = run.run.state.ledger.values()
    assert entry.undo_arguments["id"] != "none"


@pytest.mark.parametrize(
    "compared",
    [
        "at == j",
        "j == at",
        "[at] == [j]",
        "[[at]] == [[j]]",
        "at in [j]",
        "j in [at]",
        "[at] in [[j]]",
        "contains([[j]], [at])",
        "{ [t]: at } == { [t]: j }",
        "{ a: at } == { a: j }",
    ],
)
def test_a_time_is_what_json_says_of_it_also_in_lists_and_maps(compared: str) -> None:
    text = f'edition 1\nflow main(at: time, j: json, t: text = "a") -> bool {{ return {compared} }}'
    for said, expected in (("2026-11-21T08:13:00Z", True), ("2026-11-21T08:13:01Z", False)):
        run = play(text, {}, input={"at": "2026-11-21T08:13:00Z", "j": said})
        assert run.outcome == "completed", run.failure
        assert run.value is expected
